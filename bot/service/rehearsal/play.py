"""One talk while it is played: what it does line by line, and what it expects."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from bot.engine.heard import Begun
from bot.model.changes import PlanRow
from bot.model.contact import Address, Contact
from bot.model.message import Delivery, Inbound, Tap
from bot.service.desk import zone_named
from bot.service.inbound import received
from bot.service.leavings import Difference, Left, differences
from bot.service.rehearsal.cast import BadLine, contact_of
from bot.service.rehearsal.matching import matches
from bot.service.rehearsal.showing import offers, shown_text
from bot.service.rehearsal.stage import LAST, MONDAY_NOON, Stage
from bot.service.starting import Start
from bot.service.telling import Told, as_declared
from flows.language import talks
from flows.language.talks import Talk, TalkLine

Path = tuple[str | int, ...]
Act = Start | Told | Inbound | datetime
"""What the house must do next: begin, be told, take a message, or let time pass."""
Acts = Generator[Act, Sequence[PlanRow], None]


class Failure(Exception):
    """A talk did not go as its test says.

    `path` leads from the talk to the value of the file that is at fault; `expected` and
    `said` are there where a message read otherwise, or one of them was missing.
    """

    def __init__(
        self,
        path: Path,
        message: str,
        *,
        expected: str | None = None,
        said: str | None = None,
        differences: Sequence[Difference] = (),
    ) -> None:
        self.path = path
        self.message = message
        self.expected = expected
        self.said = said
        self.differences = tuple(differences)
        super().__init__(message)


class Spoken(NamedTuple):
    """A line of the talk as it went: who, and what."""

    who: str
    words: str


class Play:
    """One talk while it is played.

    A `lenient` one passes by what its test expects, and only keeps what was said before
    each line.
    """

    def __init__(
        self, stage: Stage, flow: str, talk: Talk, number: int, *, lenient: bool = False
    ) -> None:
        self.flow = flow
        self.talk = talk
        self.address = Address(talk.channel, f"rehearsal-{number}")
        self.contact = Contact(id=stage.desk.new_id())
        self.so_far: list[Spoken] = []
        self.said: list[list[str]] = [[] for _ in range(len(talk.talk) + 1)]
        """What was said before each line, and at the end, that no line before had."""
        self.left: Left | None = None
        self._lenient = lenient
        web = talk.channel == "web"  # where buttons show, and no line is added
        self._limits = None if web else stage.limits.get(talk.channel)
        self._stage = stage
        self._next = 0
        self._keys = 0

    @property
    def starts_at(self) -> datetime:
        """Return when the talk begins, on the contact's own clock."""
        zone = zone_named(self.talk.contact.get("zone")) or self._stage.desk.zone
        return (self.talk.at or MONDAY_NOON).replace(tzinfo=zone).astimezone(UTC)

    @property
    def session(self) -> int | None:
        """Return the newest talk of the flow: others may begin behind it."""
        return self._stage.watch.newest.get((self.contact.id, self.flow))

    # ── lines ────────────────────────────────────────────────────────────────────

    def acts(self) -> Acts:
        """Yield what the talk does, one act after the other; raise Failure."""
        try:
            self.contact = contact_of(
                self._stage.desk, self.contact.id, self.talk.contact
            )
        except BadLine as error:
            raise Failure(("contact", *error.path), str(error)) from None
        yield from self._begin()
        if self.session is None:
            path: Path = ("trigger",) if self.talk.trigger else ("talk",)
            raise Failure(path, f"nothing started the flow {self.flow}")
        for number, line in enumerate(self.talk.talk):
            yield from self._line(number, line)
        self._expect_silence(len(self.talk.talk))

    def _begin(self) -> Acts:
        """Start the flow, directly or as the talk's trigger says."""
        match self.talk.trigger:
            case talks.Keyword(keyword=words):
                yield self._start(None)
                yield self._message(text=words)
            case talks.Command(command=command):
                yield self._start(None)
                yield self._message(text=f"/{command}")
            case talks.Event(event=event, with_=carried):
                yield from self._begin_by(event, carried)
            case talks.Referral():
                yield self._start(Begun(flow=self.flow, trigger="referral"))
            case _:
                yield self._start(Begun(flow=self.flow, trigger="test"))

    def _begin_by(self, event: str, carried: Mapping[str, str]) -> Acts:
        told = self._told(event, carried, only=self.flow)
        plans = yield told
        if not plans:
            why = f"the event {event} does not start the flow {self.flow}"
            raise Failure(("trigger", "event"), why)
        if plans[0].due_at > LAST:
            raise Failure(("trigger",), "the clock goes no further")
        yield plans[0].due_at

    def _line(self, number: int, line: TalkLine) -> Acts:
        """Play one line of the talk."""
        if isinstance(line, talks.Bot):
            self._expect(number, line.bot)
            return
        self._expect_silence(number)
        self.so_far.append(_spoken(line))
        match line:
            case talks.Typed(contact=words):
                yield self._message(text=words)
            case talks.Tapped(tap=options):
                yield self._message(tap=self._tap(number, options))
            case talks.Passed(wait=span):
                yield from self._pass(number, span)
            case talks.Told(event=told):
                [(event, carried)] = told.items()
                yield self._told(event, carried)

    # ── what happens ─────────────────────────────────────────────────────────────

    def _start(self, begun: Begun | None) -> Start:
        return Start(begun=begun, address=self.address, newcomer=self.contact)

    def _told(
        self, event: str, carried: Mapping[str, str], only: str | None = None
    ) -> Told:
        return Told(
            event=event,
            address=self.address,
            data=as_declared(self._stage.desk, event, carried),
            newcomer=self.contact,
            flows=frozenset({only}) if only else None,
        )

    def _tap(self, number: int, options: Sequence[str]) -> Tap:
        asked = next((each for each in reversed(self._heard) if each.asks), None)
        path = ("talk", number, "tap")
        if asked is None or asked.session is None or asked.asks is None:
            raise Failure(path, "there is no question to tap on")
        offered = offers(asked.content)
        skips = list(options) == ["skip"] and "skip" not in offered
        keys = () if skips else tuple(options)
        unknown = [key for key in keys if key not in offered]
        if unknown:
            names = ", ".join(unknown)
            raise Failure(path, f"nothing to tap is called {names}")
        return Tap(asked.session, asked.asks, keys)

    def _message(self, *, text: str | None = None, tap: Tap | None = None) -> Inbound:
        self._keys += 1
        key = f"{self.address.handle}-{self._keys}"
        if text is not None:
            return received(self.address, text, key, self._stage.hands.at)
        at = self._stage.hands.at
        return Inbound(address=self.address, key=key, at=at, tap=tap)

    def _pass(self, number: int, span: timedelta) -> Acts:
        moment = self._stage.hands.at + span
        if moment > LAST:
            raise Failure(("talk", number, "wait"), "the clock goes no further")
        yield moment

    # ── what is expected ─────────────────────────────────────────────────────────

    @property
    def _heard(self) -> Sequence[Delivery]:
        audience = self._stage.channels[self.talk.channel]
        return audience.heard.get(self.address.handle, ())

    def _unmatched(self) -> Iterator[str]:
        """Yield what was said and no line has matched, and take it as heard."""
        while self._next < len(self._heard):
            content = self._heard[self._next].content
            self._next += 1
            said = shown_text(content, self._limits).strip()
            self.so_far.append(Spoken("bot", said))
            yield said

    def _expect_silence(self, number: int) -> None:
        """Fail where the bot said something that no line matches."""
        for said in self._unmatched():
            if self._lenient:
                self.said[number].append(said)
                continue
            self.so_far.pop()
            last = len(self.talk.talk) - 1
            path: Path = ("talk", min(number, last)) if last >= 0 else ("talk",)
            raise Failure(path, f"the bot also said: {said}", said=said)

    def _expect(self, number: int, words: str) -> None:
        if self._lenient:
            return
        path = ("talk", number)
        said = next(self._unmatched(), None)
        if said is None:
            message = f"the bot said nothing more; expected: {words}"
            raise Failure(path, message, expected=words)
        if not matches(words, said):
            self.so_far.pop()
            message = f"expected: {words}\n    said: {said}"
            raise Failure(path, message, expected=words, said=said)

    def judge(self, left: Left) -> None:
        """Hold what the talk left against what the test says of it; raise Failure."""
        self.left = left
        found = list(differences(left, self.talk.leaves))
        if found and not self._lenient:
            message = "\n".join(map(str, found))
            raise Failure(("leaves", *found[0].path), message, differences=found)


_UNITS: Final = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60))


def spanned(span: timedelta) -> str:
    """Return a length of time as a test file writes it.

    >>> spanned(timedelta(hours=22)), spanned(timedelta(days=1))
    ('22 hours', '1 day')
    """
    seconds = int(span.total_seconds())
    fits = ((name, size) for name, size in _UNITS if seconds % size == 0)
    name, size = next(fits, ("second", 1))
    count = seconds // size
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _spoken(line: TalkLine) -> Spoken:
    """Return a line as people read it."""
    match line:
        case talks.Bot(bot=words):
            return Spoken("bot", words)
        case talks.Typed(contact=words):
            return Spoken("contact", words)
        case talks.Tapped(tap=options):
            return Spoken("tap", ", ".join(options))
        case talks.Passed(wait=span):
            return Spoken("wait", spanned(span))
        case talks.Told(event=told):
            return Spoken("event", ", ".join(told))
