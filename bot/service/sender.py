"""The way out through one channel: within its rates, one message an address at a time.

A message is marked as *sending* in the transaction that claims it, before its request
begins; what became of it is stored as soon as it is known.
"""

import asyncio
from asyncio import FIRST_COMPLETED, Task
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec.structs import replace

from bot.errors import (
    AccountRefused,
    Blocked,
    ChannelError,
    StoreUnavailable,
    Throttled,
    VoxpopError,
)
from bot.model.changes import Changes, Reaches, Sent
from bot.model.message import Delivery, Reach, State
from bot.model.session import Session
from bot.service import witness
from bot.service.claims import Allowed, Claims
from bot.service.desk import Desk
from bot.service.pace import Pace
from bot.service.ports import Channel, Work
from bot.service.tally import ASKING, LEFT, Tally

log = structlog.get_logger()

PAUSE: Final = 1.0
"""Seconds after which we look for what is due although nobody told us."""
SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(minutes=15)
"""How long a message waits after its first vain try, and at most; twice as long each
time."""
TRIES: Final = 100
"""After so many a message has failed; that is about a day."""
HELD: Final = timedelta(hours=1)
"""How long an account is held at most, however long it is told to be silent."""
REFUSED_FOR: Final = timedelta(minutes=1)
"""How long an account is left alone that the service does not let in."""


class Sender:
    """Sends what is due through one channel."""

    def __init__(
        self, desk: Desk, channel: Channel, claims: Claims, tally: Tally
    ) -> None:
        self.woken = asyncio.Event()
        self.pace = Pace(channel.rates, desk.clock)
        self._desk = desk
        self._channel = channel
        self._claims = claims
        self._tally = tally
        self._under_way: dict[Task[Sent], Delivery] = {}
        self._owed: list[tuple[Delivery, Sent]] = []

    async def run(
        self, stopping: asyncio.Event, ours: Callable[[], bool] = lambda: True
    ) -> None:
        """Send what becomes due while it is ours to, until told to stop.

        What is on its way by then is sent to its end.
        """
        while not stopping.is_set():
            self.woken.clear()
            try:
                await self._pay()
                while ours() and await self._start():
                    pass
                await self._wait()
            except StoreUnavailable as error:
                log.warning("sender_waits", channel=self._channel.name, why=str(error))
                await asyncio.sleep(PAUSE)
        for end in (self._finish, self._pay):
            with suppress(StoreUnavailable):
                await end()

    async def drain(self, handle: str | None = None) -> int:
        """Send all that may leave now, or only to one handle; return how many left.

        Raises StoreUnavailable once what is on its way has come to its end.
        """
        await self._pay()
        left = 0
        try:
            while await self._start(handle) or self._under_way:
                left += await self._settle_some()
        finally:
            await self._finish()
        return left

    # ── claim and begin ──────────────────────────────────────────────────────────

    async def _start(self, handle: str | None = None) -> bool:
        """Begin to send what may leave now; False where nothing was claimed."""
        room = min(self._room(), self.pace.room())
        if room <= 0:
            return False
        busy = (
            *self.pace.busy(),
            *(d.address.handle for d in self._under_way.values()),
        )
        reach = Reach((self._channel.name,), handle, singly=True, but=busy)
        now = self._desk.clock()
        begun: list[Allowed] = []
        try:
            async with self._desk.store.transaction() as work:
                found = await self._claims.take(work, now, room, reach)
                if not found.many:
                    return False
                begun = [self._tokened(each) for each in found.allowed]
                await self._begin(work, begun)
                await work.settle(found.refused)
                await work.save(found.changes)
        except StoreUnavailable:
            # Perhaps it is marked all the same, and it never left: it is due again.
            self._owed += [(a.delivery, _again(a.delivery, now)) for a in begun]
            raise
        for allowed in begun:
            self.pace.leave(allowed.delivery.address.handle)
            task = asyncio.create_task(self._send(allowed))
            self._under_way[task] = allowed.delivery
        return True

    def _room(self) -> int:
        return (self._channel.at_once or 1) - len(self._under_way)

    def _tokened(self, allowed: Allowed) -> Allowed:
        """Return a message with a token that no other try has, not even one undone.

        Were it only the next number, another sender would take the same after us where
        our transaction came to nothing, and what we owe would undo theirs.
        """
        delivery = allowed.delivery
        token = max(delivery.token + 1, self._desk.new_id())
        return allowed._replace(delivery=replace(delivery, token=token))

    async def _begin(self, work: Work, allowed: Sequence[Allowed]) -> None:
        tokens = [
            (a.delivery.contact, a.delivery.id, a.delivery.token) for a in allowed
        ]
        got = await work.start_sending(tokens) if tokens else set()
        if len(got) != len(tokens):
            raise RuntimeError("a claimed message was taken from its transaction")

    # ── send ─────────────────────────────────────────────────────────────────────

    async def _send(self, allowed: Allowed) -> Sent:
        delivery = allowed.delivery
        with witness.sending(delivery) as span:
            result = await self._sent(delivery)
            if allowed.lost and result.state in LEFT:
                result = result._replace(reach="back")
            witness.settled(delivery, result, span)
        return result

    async def _sent(self, delivery: Delivery) -> Sent:
        became = Sent(
            delivery.contact,
            delivery.id,
            delivery.token,
            "unknown",
            self._desk.clock(),
        )
        try:
            state, reference = await self._channel.send(delivery)
        except ChannelError as error:
            return self._not_taken(delivery, became, error)
        except VoxpopError as error:
            return became._replace(state="failed", reason=str(error), at=self._now())
        except Exception:
            log.exception("send_broke", delivery=delivery.id)
            return became._replace(reason="it broke", at=self._now())
        due_at = self._now() if state == "due" else None
        return became._replace(
            state=state, reference=reference, due_at=due_at, at=self._now()
        )

    def _not_taken(self, delivery: Delivery, became: Sent, error: ChannelError) -> Sent:
        """Return what becomes of a message that the service did not take."""
        now = self._now()
        pause = _pause(delivery, error)
        if isinstance(error, Throttled):
            self.pace.hold(min(error.retry_after, HELD))
        if isinstance(error, AccountRefused):
            log.error("account_refused", channel=self._channel.name, why=str(error))
            self.pace.hold(REFUSED_FOR)
        state: State = "failed"
        due_at: datetime | None = None
        counts = not isinstance(error, AccountRefused)
        if error.retryable and not (counts and delivery.attempts >= TRIES):
            state, due_at = "due", now + pause
        reach: Reaches | None = "lost" if isinstance(error, Blocked) else None
        return became._replace(
            state=state,
            reason=str(error),
            due_at=due_at,
            at=now,
            reach=reach,
            counts=counts,
        )

    def _now(self) -> datetime:
        return self._desk.clock()

    # ── settle ───────────────────────────────────────────────────────────────────

    async def _wait(self) -> None:
        """Wait until something is through, may leave, or was told of; settle it."""
        told = asyncio.create_task(self.woken.wait())
        try:
            await asyncio.wait(
                {told, *self._under_way},
                timeout=self._patience(),
                return_when=FIRST_COMPLETED,
            )
        finally:
            told.cancel()
        await self._settle_done()

    def _patience(self) -> float:
        """Return the seconds until more may leave, at most a second."""
        more = self.pace.next_room()
        if more is None:
            return PAUSE
        return min(max((more - self._now()).total_seconds(), 0.0), PAUSE)

    async def _finish(self) -> None:
        """See all that is on its way to its end."""
        away: StoreUnavailable | None = None
        while self._under_way:
            try:
                await self._settle_some()
            except StoreUnavailable as error:
                away = error
        if away is not None:
            raise away

    async def _settle_some(self) -> int:
        """Wait until something is through, and store it; return how many left."""
        if self._under_way:
            await asyncio.wait(self._under_way, return_when=FIRST_COMPLETED)
        return await self._settle_done()

    async def _settle_done(self) -> int:
        """Store what became of those that are through; return how many left.

        What nobody waits for any longer would else be unknown after a crash.
        """
        done = [task for task in self._under_way if task.done()]
        became = [(self._under_way.pop(task), task.result()) for task in done]
        if not became:
            return 0
        try:
            await self._settle(became)
        except StoreUnavailable:
            self._owed += became
            raise
        return sum(result.state in LEFT for _, result in became)

    async def _pay(self) -> None:
        """Store what became of messages while the store was away."""
        if not self._owed:
            return
        owed = list(self._owed)
        places = [(result.contact, result.id, result.token) for _, result in owed]
        async with self._desk.store.transaction() as work:
            open_ = await work.unsettled(places)
        left = [(d, result) for d, result in owed if result.id in open_]
        if left:
            await self._settle(left)
        del self._owed[: len(owed)]

    async def _settle(self, became: Sequence[tuple[Delivery, Sent]]) -> None:
        """Store what became of messages, and count the questions that left."""
        asked = {d.id: r for d, r in became if r.state in LEFT and d.role in ASKING}
        questions = [delivery for delivery, _ in became if delivery.id in asked]
        changes = Changes()
        changes.reaches = {
            d.address: r.at if r.reach == "lost" else None for d, r in became if r.reach
        }
        async with self._desk.store.transaction() as work:
            await work.hold_contacts(delivery.contact for delivery in questions)
            await work.settle([result for _, result in became])
            for session, delivery in await asking(self._desk, work, questions):
                self._tally.left(changes, session, delivery, asked[delivery.id])
            await work.save(changes)


async def asking(
    desk: Desk, work: Work, questions: Sequence[Delivery]
) -> list[tuple[Session, Delivery]]:
    """Return these questions with the talks they belong to."""
    if not questions:
        return []
    places = {(d.contact, d.session) for d in questions if d.session}
    sessions = await work.sessions(sorted(places))
    pins = {h for s in sessions.values() for h in s.pins.values()}
    await desk.library.ensure(work, pins)
    pairs = ((sessions.get(d.session or 0), d) for d in questions)
    return [(s, d) for s, d in pairs if s is not None]


def _again(delivery: Delivery, now: datetime) -> Sent:
    contact, id_, token = delivery.contact, delivery.id, delivery.token
    return Sent(contact, id_, token, "due", now, due_at=now)


def _pause(delivery: Delivery, error: ChannelError) -> timedelta:
    """Return how long a message waits that was tried in vain."""
    if isinstance(error, AccountRefused):
        return REFUSED_FOR
    pause = min(SHORTEST * (1 << min(delivery.attempts, 20)), LONGEST)
    if isinstance(error, Throttled):
        return max(pause, min(error.retry_after, HELD))
    return pause
