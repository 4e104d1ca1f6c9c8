"""Play the talks of a `*.test.yaml` through the real house, on a clock of its own."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from bot.engine.heard import Begun
from bot.model.answer import Value
from bot.model.changes import Changes
from bot.model.contact import Address, Contact
from bot.model.message import Delivery, Inbound, Outbound, State, Tap
from bot.service.desk import Desk, zone_named
from bot.service.effects import typed
from bot.service.inbound import Inbox
from bot.service.leavings import Left, differences
from bot.service.outbox import Outbox
from bot.service.starting import start_flow
from bot.service.timers import Timers
from flows.language.model import EventTrigger
from flows.language.talks import (
    Bot,
    Command,
    Event,
    Keyword,
    Leaves,
    Passed,
    Referral,
    Talk,
    TalkLine,
    Tapped,
    Told,
    Typed,
)

MONDAY_NOON: Final = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001 - local to the contact


class Failure(Exception):
    """A talk did not go as its test says; `line` counts its lines from 0, -1: after."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        self.message = message
        super().__init__(message)


class Hands:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.at = MONDAY_NOON.replace(tzinfo=ZoneInfo("UTC"))

    def __call__(self) -> datetime:
        """Return the moment the clock shows."""
        return self.at


class Listener:
    """A channel that keeps what it is given, for the test to look at."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.at_once: int | None = 1
        self.heard: list[Delivery] = []

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Keep the message; it counts as delivered."""
        self.heard.append(delivery)
        return "delivered", None


class Stage(Struct, frozen=True, kw_only=True):
    """All that one rehearsal needs, freshly opened: nothing is shared between two."""

    desk: Desk
    hands: Hands
    inbox: Inbox
    outbox: Outbox
    timers: Timers
    listener: Listener


async def rehearse(stage: Stage, flow: str, talk: Talk) -> None:
    """Play one talk; raise Failure at the first thing that differs."""
    play = _Play(stage, flow, talk)
    await play.begin()
    play.expect_start()
    for number, line in enumerate(talk.talk):
        await play.line(number, line)
    play.expect_silence(len(talk.talk))
    await play.check(talk.leaves)


class _Play:
    """One talk while it is played."""

    def __init__(self, stage: Stage, flow: str, talk: Talk) -> None:
        self._stage = stage
        self._flow = flow
        self._talk = talk
        self._contact = _contact(stage.desk, talk.contact)
        zone = zone_named(self._contact.zone) or stage.desk.zone
        stage.hands.at = (talk.at or MONDAY_NOON).replace(tzinfo=zone)
        self._address = Address(talk.channel, "rehearsal")
        self._next = 0
        self._keys = 0
        self._session: int | None = None

    # ── lines ────────────────────────────────────────────────────────────────────

    async def begin(self) -> None:
        """Start the flow, directly or as the talk's trigger says."""
        match self._talk.trigger:
            case Keyword(keyword=words):
                await self._meet()
                await self._type(words)
                return
            case Command(command=command):
                await self._meet()
                await self._type(f"/{command}")
                return
            case Event(event=name, with_=carried):
                event = self._typed(name, carried)
                self._expect_trigger(name)
                begun = Begun(flow=self._flow, trigger="event", event=event)
                await self._pass(self._waits_for(name))
            case Referral():
                begun = Begun(flow=self._flow, trigger="referral")
            case _:
                begun = Begun(flow=self._flow, trigger="test")
        await start_flow(self._stage.desk, begun, self._address, newcomer=self._contact)
        await self._settle()

    async def line(self, number: int, line: TalkLine) -> None:
        """Play one line of the talk."""
        if not isinstance(line, Bot):
            self.expect_silence(number)
        match line:
            case Bot(bot=words):
                self._expect(number, words)
            case Typed(contact=words):
                await self._type(words)
            case Tapped(tap=options):
                await self._tap(number, options)
            case Passed(wait=span):
                await self._pass(span)
            case Told():
                raise Failure(number, "events in mid-talk cannot be rehearsed yet")

    def expect_start(self) -> None:
        """Fail where what should start the flow did not."""
        if self._session is None:
            raise Failure(-1, f"nothing started the flow {self._flow}")

    def expect_silence(self, number: int) -> None:
        """Fail where the bot said something that no line matches."""
        for delivery in self._unmatched():
            said = delivery.content.text
            raise Failure(number, f"the bot also said: {said}")

    # ── what happens ─────────────────────────────────────────────────────────────

    async def _type(self, words: str) -> None:
        await self._send(text=words)

    async def _tap(self, number: int, options: Sequence[str]) -> None:
        asked = next((d for d in reversed(self._stage.listener.heard) if d.asks), None)
        if asked is None or asked.session is None or asked.asks is None:
            raise Failure(number, "there is no question to tap on")
        offered = offers(asked.content)
        skips = list(options) == ["skip"] and "skip" not in offered
        keys = () if skips else tuple(options)
        unknown = [key for key in keys if key not in offered]
        if unknown:
            raise Failure(number, f"nothing to tap is called {', '.join(unknown)}")
        await self._send(tap=Tap(asked.session, asked.asks, keys))

    async def _send(self, *, text: str | None = None, tap: Tap | None = None) -> None:
        self._keys += 1
        message = Inbound(
            address=self._address,
            key=str(self._keys),
            at=self._stage.hands.at,
            text=text,
            tap=tap,
        )
        await self._stage.inbox.take(message)
        await self._settle()

    async def _settle(self) -> None:
        """Let everything happen that is due at this moment."""
        await self._note()
        while await self._stage.outbox.drain() or await self._stage.timers.tick():
            pass

    async def _note(self) -> None:
        """Keep which is the newest talk of the flow: others may begin behind it."""
        async with self._stage.desk.store.reading() as work:
            owners = await work.contacts_at([self._address])
            ids = [owner.id for owner in owners.values()]
            for session in (await work.last_sessions(ids)).values():
                if session.flow == self._flow:
                    self._session = session.id

    async def _pass(self, span: timedelta) -> None:
        """Move the clock; what is due on the way happens in order, the end included."""
        hands, target = self._stage.hands, self._stage.hands.at + span
        while (due := await self._stage.timers.next_due()) and due <= target:
            hands.at = max(due, hands.at)
            await self._settle()
        hands.at = target

    async def _meet(self) -> None:
        """Take the contact in, before they write by themselves."""
        changes = Changes()
        changes.new_contacts.append((self._contact, self._stage.hands.at))
        changes.new_addresses.append((self._address, self._contact.id))
        async with self._stage.desk.store.transaction() as work:
            await work.save(changes)

    def _typed(self, event: str, carried: Mapping[str, str]) -> dict[str, Value]:
        fields = self._stage.desk.world.events.get(event, {})
        return {name: typed(v, fields.get(name, "text")) for name, v in carried.items()}

    def _expect_trigger(self, event: str) -> None:
        flow = self._stage.desk.library.shelf.current[self._flow].flow
        waited = [t.event for t in flow.triggers if isinstance(t, EventTrigger)]
        if event not in waited:
            raise Failure(-1, f"the flow does not wait for the event {event}")

    def _waits_for(self, event: str) -> timedelta:
        flow = self._stage.desk.library.shelf.current[self._flow].flow
        waits = (
            trigger.wait
            for trigger in flow.triggers
            if isinstance(trigger, EventTrigger) and trigger.event == event
        )
        return next((wait for wait in waits if wait), timedelta())

    # ── what is expected ─────────────────────────────────────────────────────────

    def _unmatched(self) -> Sequence[Delivery]:
        return self._stage.listener.heard[self._next :]

    def _expect(self, number: int, words: str) -> None:
        left = self._unmatched()
        if not left:
            raise Failure(number, f"the bot said nothing more; expected: {words}")
        said = left[0].content.text.strip()
        if not matches(words, said):
            raise Failure(number, f"expected: {words}\n    said: {said}")
        self._next += 1

    async def check(self, leaves: Leaves) -> None:
        """Hold what the talk left against what the test says of it."""
        async with self._stage.desk.store.reading() as work:
            owner = (await work.contacts_at([self._address]))[self._address]
            mine = [(owner.id, self._session)] if self._session else []
            sessions = await work.sessions(mine)
            traces = await work.traces(owner.id)
        scripts = self._stage.desk.library.shelf.current
        session = next(iter(sessions.values()), None)
        left = Left(self._flow, session, traces, scripts)
        found = list(differences(left, leaves))
        if found:
            raise Failure(-1, "\n".join(found))


def _contact(desk: Desk, said: Mapping[str, str]) -> Contact:
    """Return the contact that a test describes; other keys are attributes."""
    unknown = [n for n in said if n not in _OWN and n not in desk.world.attributes]
    if unknown:
        raise Failure(-1, f"contact: no attribute is called {', '.join(unknown)}")
    own = {name: said[name] for name in _OWN if name in said}
    attributes = {
        name: typed(value, desk.world.attributes.get(name, "text"))
        for name, value in said.items()
        if name not in _OWN
    }
    return replace(Contact(id=desk.new_id(), attributes=attributes), **own)


_OWN: Final = ("first_name", "last_name", "language", "zone")


def offers(content: Outbound) -> frozenset[str]:
    """Return the keys of all that a message offers to tap."""
    shown = content.shown
    if shown is None:
        return frozenset()
    if shown.minimum is not None and shown.maximum is not None:
        return frozenset(map(str, range(shown.minimum, shown.maximum + 1)))
    return frozenset(option.key for option in shown.options)


def matches(expected: str, said: str) -> bool:
    r"""Say whether a message reads as expected; `*` is anything, `\*` a star.

    >>> matches("*0*10*", "From 0 to 10, please."), matches("5 \\*", "5 *")
    (True, True)
    """
    parts = re.split(r"(\\\*|\*)", expected.strip())
    pattern = "".join(_PATTERN.get(part) or re.escape(part) for part in parts)
    return re.fullmatch(pattern, said, re.DOTALL) is not None


_PATTERN: Final = {"*": ".*", r"\*": r"\*"}
