"""A session while it is pushed: open during a sprint, frozen at its end."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from bot.engine.heard import Facts, Sprint, Trod
from bot.engine.scope import Scope
from bot.engine.script import Script, Shelf
from bot.model.answer import Value
from bot.model.event import Event, MessageCreated, SessionEnded, WalkBounded
from bot.model.message import Outbound, Role, Shown
from bot.model.session import Ended, Frame, Offer, Session, Status, Waits
from flows.language.model import FRAMES_A_SESSION
from flows.language.template import Text


class Talk:
    """One session, open for one sprint; `freeze` gives it back with what was told."""

    def __init__(self, shelf: Shelf, session: Session, facts: Facts) -> None:
        if session.address != facts.address:
            session = replace(session, address=facts.address)
        self.shelf = shelf
        self.session = session
        self.facts = facts
        self.events: list[Event] = []
        self.status: Status = session.status
        self.stand(session.frames)
        self.language = session.language
        self.answers: dict[str, Value] = dict(session.answers)
        self.comments: Mapping[str, str] = session.comments
        self.trail = session.trail
        self.waits: Waits = session.waits
        self.offer: Offer | None = session.offer
        self.misses = session.misses
        self.reminded = session.reminded
        self.asked_at: datetime | None = session.asked_at
        self.wait_until: datetime | None = session.wait_until
        self.ended_at: datetime | None = session.ended_at
        self.correcting: str | None = session.correcting
        self.cause: str | None = None
        self.came_from: str | None = session.came_from
        self.ahead = session.ahead
        self.pressed = session.pressed
        self.passed: dict[str, int] = {}
        self.prompted = True
        self.trod: list[Trod] = []

    @property
    def values(self) -> Scope:
        """What conditions see."""
        return Scope(self, labelled=False)

    @property
    def words(self) -> Scope:
        """What texts see: answers in people's words."""
        return Scope(self, labelled=True)

    # ── where we stand ───────────────────────────────────────────────────────────

    def stand(self, frames: tuple[Frame, ...]) -> None:
        """Stand at the innermost of these frames: what depends on it is worked out."""
        here = frames[-1]
        self.frames = frames
        self.here = here
        self.script = self.shelf.by_hash[self.session.pins[here.flow]]
        self.prefix = f"{here.flow}." if len(frames) > 1 else ""
        self.key = self.prefix + here.step

    @property
    def outermost(self) -> Script:
        """Return the revision the whole talk runs, whose reminders and expiry hold."""
        frames = self.frames
        if len(frames) == 1:
            return self.script
        return self.shelf.by_hash[self.session.pins[frames[0].flow]]

    @property
    def place(self) -> str:
        """Return the way to where we stand, as the trail keeps it."""
        if len(self.frames) == 1:
            return self.here.step
        first, *inner = self.frames
        return ">".join([first.step, *(f"{f.flow}.{f.step}" for f in inner)])

    def go_to(self, place: str) -> None:
        """Stand where an entry of the trail says; running waits keep their end."""
        old = self.frames
        if self.waits == "time":
            here = Frame(self.here.flow, self.here.step, self.wait_until)
            old = (*old[:-1], here)
        first, *inner = place.split(">")
        frames = [Frame(self.frames[0].flow, first)]
        for name in inner:
            flow, _, step = name.rpartition(".")
            frames.append(Frame(flow, step))
        for depth, (new, was) in enumerate(zip(frames, old, strict=False)):
            if (new.flow, new.step) == (was.flow, was.step):
                frames[depth] = was
        self.stand(tuple(frames))

    # ── moving ───────────────────────────────────────────────────────────────────

    def move(self, step: str) -> None:
        """Stand at another step of the same flow."""
        self.here = Frame(self.here.flow, step)
        self.frames = (*self.frames[:-1], self.here)
        self.key = self.prefix + step

    def enter(self, flow: str) -> bool:
        """Stand at the first step of an inner flow; False where that goes too deep."""
        deep = len(self.frames) >= FRAMES_A_SESSION
        if deep or flow in {f.flow for f in self.frames}:
            return False
        pins = {**self.shelf.pins(flow), **self.session.pins}
        self.session = replace(self.session, pins=pins)
        if flow not in pins:
            return False
        first = self.shelf.by_hash[pins[flow]].first
        here = self.here
        if self.waits == "time":
            here = Frame(here.flow, here.step, self.wait_until)
        self.stand((*self.frames[:-1], here, Frame(flow, first)))
        return True

    def forget_run(self, flow: str) -> None:
        """Let go of the last run of an inner flow: its answers stand, and are not ours.

        Who asks for a flow once more answers it anew, and corrects nothing.
        """
        prefix = f"{flow}."
        self.answers = {
            key: value
            for key, value in self.answers.items()
            if not key.startswith(prefix)
        }
        self.comments = {
            key: words
            for key, words in self.comments.items()
            if not key.startswith(prefix)
        }
        self.trail = tuple(place for place in self.trail if f">{prefix}" not in place)

    def leave(self) -> bool:
        """Stand where the innermost flow was run; False where it is the outermost."""
        if len(self.frames) == 1:
            return False
        self.stand(self.frames[:-1])
        return True

    def end(self, status: Ended) -> None:
        """Close the talk: it waits for nothing more."""
        self.status = status
        self.waits = "nothing"
        self.offer = None
        self.pressed = ()
        self.corrected()
        self.ended_at = self.facts.now
        self.tell(SessionEnded(flow=self.frames[0].flow, status=status))

    def corrected(self) -> None:
        """End a correction: from here on everything is new again."""
        self.correcting = None
        self.came_from = None
        self.ahead = ()

    def bound(self) -> None:
        """End a talk whose flow goes on without ever waiting."""
        here = self.here
        self.tell(WalkBounded(flow=here.flow, step=here.step))
        self.end("completed")

    # ── telling ──────────────────────────────────────────────────────────────────

    def tread(self, part: str = "", way: str | int = "") -> None:
        """Note that this step was visited, or which way of one of its parts it was."""
        self.trod.append(Trod(self.here.flow, self.here.step, part, way))

    def tell(self, event: Event) -> None:
        """Add what happened to what the sprint tells."""
        self.events.append(event)

    def render(self, text: Text) -> str:
        """Return words with their names filled in, in the language of the talk."""
        fixed = text.fixed.get(self.language)
        if fixed is not None:
            return fixed
        return text.render(self.language, self.script.flow.languages, self.words)

    def value(self, text: Text) -> Value:
        """Return what words stand for, to be stored or told on: a number stays one."""
        found = text.value(self.language, self.script.flow.languages, self.values)
        if isinstance(found, int | float | str | tuple):
            return found
        return None if found is None else str(found)

    def say(self, text: str, shown: Shown | None = None, role: Role = "says") -> None:
        """Add a message; where it shows a question, the talk waits for its answer."""
        self.events.append(
            MessageCreated(
                content=Outbound(text=text, shown=shown),
                flow=self.frames[0].flow,
                asks=shown.step if shown else None,
                cause=self.cause,
                topic=self.outermost.flow.topic,
                prompted=self.prompted,
                role=role,
            )
        )

    def freeze(self) -> Sprint:
        """Return the session as it is now, and all that was told."""
        # Python passes up to fourteen keywords fast, and makes a dict of more.
        session = replace(
            self.session,
            status=self.status,
            frames=self.frames,
            language=self.language,
            answers=self.answers,
            comments=self.comments,
            trail=self.trail,
            waits=self.waits,
            offer=self.offer,
            misses=self.misses,
            reminded=self.reminded,
            asked_at=self.asked_at,
            wait_until=self.wait_until,
            ended_at=self.ended_at,
            sprints=self.session.sprints + 1,
        )
        if (self.correcting or session.correcting) is not None:
            session = replace(
                session,
                correcting=self.correcting,
                came_from=self.came_from,
                ahead=self.ahead,
            )
        if self.pressed or session.pressed:
            session = replace(session, pressed=self.pressed)
        return Sprint(session, tuple(self.events), tuple(self.trod))
