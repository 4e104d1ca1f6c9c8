"""A talk at arm's length: flows as text in, what the bot says out."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from bot.engine.heard import Begun, Facts, Gave, Heard, Said, Sprint, Tapped, TimePassed
from bot.engine.run import resume
from bot.engine.script import Script, Shelf
from bot.engine.wake import next_wake
from bot.model import event as told
from bot.model.answer import Value
from bot.model.contact import Address, Contact
from bot.model.event import Event, MessageCreated
from bot.model.message import Media
from bot.model.programme import Programme, Reward
from bot.model.session import Session
from bot.model.world import World
from flows.language.document import load_flow

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORLD = World(
    brand="Acme",
    languages=("en", "es"),
    teams=("support", "care"),
    attributes={"plan": "text", "visits": "number"},
    events={"order.paid": {"total": "number"}},
    programmes={
        "friends": Programme(
            name="friends",
            friend_reward=Reward(amount="10", unit="EUR", says={"en": "€10 off"}),
        )
    },
)

E = TypeVar("E", bound=Event)


def shelf_of(*sources: str) -> Shelf:
    """Return the shelf that holds these flows, all current."""
    scripts = []
    for source in sources:
        document = load_flow("flow.yaml", source.encode())
        assert document.flow is not None, document.problems
        scripts.append(Script(document.hash, document.flow))
    return Shelf(scripts, {script.name: script.revision for script in scripts})


class Chat:
    """One contact in front of some flows; every session goes through JSON."""

    def __init__(
        self,
        *sources: str,
        language: str | None = "en",
        first_name: str | None = None,
        world: World = WORLD,
        start_flow: str | None = None,
    ) -> None:
        self.shelf = shelf_of(*sources)
        self.contact = Contact(id=1, language=language, first_name=first_name)
        self.world = world
        self.now = NOON
        self.start_flow = start_flow
        self.address = Address("web", "1")
        self.session: Session | None = None
        self.events: list[Event] = []
        self._sessions = 100

    def begin(
        self, flow: str, trigger: str = "test", event: Mapping[str, Value] | None = None
    ) -> list[str]:
        """Start a flow; return what the bot says."""
        return self.hear(Begun(flow=flow, trigger=trigger, event=event or {}))

    def say(self, *texts: str) -> list[str]:
        """Type something; return what the bot says to the last of it."""
        said: list[str] = []
        for text in texts:
            said = self.hear(Said(text))
        return said

    def tap(self, step: str, *options: str, session: int | None = None) -> list[str]:
        """Press options of a question; return what the bot says."""
        own = self.talk.id if session is None else session
        return self.hear(Tapped(own, step, options))

    def give(self, kind: str, reference: str, text: str | None = None) -> list[str]:
        """Send something that is not words; return what the bot says."""
        media = msgspec.convert({"kind": kind, "reference": reference}, Media)
        return self.hear(Gave(media, text))

    def wait(self, **span: float) -> list[str]:
        """Let time pass, stopping where something is due; return what the bot says."""
        target = self.now + timedelta(**span)
        said: list[str] = []
        while self.session and (due := next_wake(self.shelf, self.session)):
            if due > target:
                break
            self.now = max(due, self.now)
            said += self.hear(TimePassed())
        self.now = target
        return said

    @property
    def talk(self) -> Session:
        """Return the talk, which must be there."""
        assert self.session is not None
        return self.session

    def told(self, kind: type[E]) -> list[E]:
        """Return all events of one kind that were told so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def hear(self, heard: Heard) -> list[str]:
        """Push the talk; return what the bot says."""
        self._sessions += 1
        facts = Facts(
            now=self.now,
            today=self.now.date(),
            contact=self.contact,
            address=self.address,
            world=self.world,
            new_session=self._sessions,
            start_flow=self.start_flow,
        )
        sprint = resume(self.shelf, self.session, heard, facts)
        self._keep(sprint)
        return [e.content.text for e in sprint.events if isinstance(e, MessageCreated)]

    def _keep(self, sprint: Sprint) -> None:
        if sprint.session is not None:
            saved = msgspec.json.encode(sprint.session)
            self.session = msgspec.json.decode(saved, type=Session)
        self.events.extend(sprint.events)
        for event in sprint.events:
            self._change_contact(event)

    def _change_contact(self, event: Event) -> None:
        """Change the contact as the service would."""
        match event:
            case told.Stopped():
                self.contact = replace(self.contact, stopped=True, doubting=False)
            case told.Restarted():
                self.contact = replace(self.contact, stopped=False, doubting=False)
            case told.StopDoubted(open=open_):
                self.contact = replace(self.contact, doubting=open_)
            case told.LanguageChosen(language=language):
                self.contact = replace(self.contact, language=language)
            case told.IdleTold(day=day):
                self.contact = replace(self.contact, idle_told=day)
            case _:
                pass
