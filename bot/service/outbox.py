"""Send what is due: claimed with a lease, asked about, marked, sent, settled."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec.structs import replace

from bot.engine.wake import next_wake
from bot.errors import StoreUnavailable, VoxpopError
from bot.model.changes import Changes, Sent, SessionRow, Standing
from bot.model.contact import Address
from bot.model.message import Delivery, Reach, State
from bot.model.session import Session
from bot.policy.decide import Never, Outdated, Send, decide
from bot.service.desk import Desk
from bot.service.effects import funnel
from bot.service.ports import Channels, Work

log = structlog.get_logger()

LEASE: Final = timedelta(seconds=30)
CLAIM: Final = 200
AT_ONCE: Final = timedelta(minutes=1)
"""A question that leaves within this time of being made counts as sent when made."""
PAUSE: Final = 1.0
"""Seconds after which the outbox is looked through although nobody stored anything."""
ASKING: Final = frozenset({"opens", "asks"})
"""The roles of messages that are counted."""
LEFT: Final[Mapping[str, tuple[str, ...]]] = {
    "sent": ("sent",),
    "delivered": ("sent", "delivered"),
}
"""What a question counts as when it left as far as this."""


class Outbox:
    """The one way out for what we say."""

    def __init__(self, desk: Desk, channels: Channels) -> None:
        self._desk = desk
        self._channels = channels
        self._reach = Reach(tuple(sorted(channels)))

    async def recover(self, mine: Address | None = None) -> None:
        """End leases that ran out: unsent rows are due again, others unknown.

        Those on an address that nobody but us sends to run out at once.
        """
        async with self._desk.store.transaction() as work:
            if mine is not None:
                await work.let_go(mine)
            await work.release(self._desk.clock())

    async def run(self, stopping: asyncio.Event) -> None:
        """Send what becomes due until told to stop; wait for a store that is away."""
        recovered = 0.0
        loop = asyncio.get_running_loop()
        while not stopping.is_set():
            self._desk.stored.clear()
            try:
                if loop.time() - recovered > LEASE.total_seconds() / 2:
                    await self.recover()
                    recovered = loop.time()
                await self.drain()
            except StoreUnavailable as error:
                log.warning("outbox_waits", error=str(error))
                await asyncio.sleep(PAUSE)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._desk.stored.wait(), PAUSE)

    async def arrived(self, deliveries: Sequence[Delivery]) -> None:
        """Mark sent messages as delivered, and count the questions among them."""
        sent = {d.id: d for d in deliveries if d.state in {"sent", "unknown"}}
        if not sent:
            return
        now = self._desk.clock()
        async with self._desk.store.transaction() as work:
            fresh = await work.arrived(sorted(sent), now)
            asked = [sent[id_] for id_ in sorted(fresh) if sent[id_].role in ASKING]
            changes = Changes()
            for session, delivery in await self._asking(work, asked):
                known = delivery.state == "sent"
                measures = ("delivered",) if known else LEFT["delivered"]
                self._count(changes, session, delivery, now, measures)
            await work.save(changes)

    async def drain(self, mine: Address | None = None) -> int:
        """Send all that is due now, or only to one address; return how many left.

        What is for channels that this process does not have stays due.
        """
        reach = Reach((mine.channel,), mine.handle) if mine else self._reach
        left = 0
        while claimed := await self._claim(reach):
            for group in _groups(claimed, self._channels):
                left += await self._send(group)
        return left

    # ── claim and ask ────────────────────────────────────────────────────────────

    async def _claim(self, reach: Reach) -> list[Delivery]:
        """Claim due rows; those that must not go out are settled with their reason."""
        now = self._desk.clock()
        allowed: list[Delivery] = []
        async with self._desk.store.transaction() as work:
            while not allowed:
                claimed = await work.claim(now, now + LEASE, CLAIM, reach)
                if not claimed:
                    break
                standings = await work.standings(sorted({d.contact for d in claimed}))
                refused: list[Sent] = []
                changes = Changes()
                for delivery in claimed:
                    standing = standings.get(delivery.contact, Standing())
                    verdict = decide(delivery, standing)
                    if isinstance(verdict, Send):
                        allowed.append(delivery)
                        continue
                    refused.append(_refused(delivery, verdict, now))
                    self._count_overtaken(changes, delivery, standing)
                await work.settle(refused)
                await work.save(changes)
        return allowed

    def _count_overtaken(
        self, changes: Changes, delivery: Delivery, standing: Standing
    ) -> None:
        """Count a first question that was answered before it left: it reached them."""
        session = standing.session
        if session is None or session.id != delivery.session:
            return
        if delivery.role == "opens" and session.answers:
            now = self._desk.clock()
            self._count(changes, session, delivery, now, LEFT["delivered"])

    # ── send and settle ──────────────────────────────────────────────────────────

    async def _send(self, group: Sequence[Delivery]) -> int:
        """Send one message to each of several addresses at once."""
        tokens = [(delivery.id, delivery.token + 1) for delivery in group]
        async with self._desk.store.transaction() as work:
            got = await work.start_sending(tokens)
        mine = [delivery for delivery in group if delivery.id in got]
        results = await asyncio.gather(*(self._send_one(d) for d in mine))
        await self._settle(mine, results)
        return sum(result.state in LEFT for result in results)

    async def _send_one(self, delivery: Delivery) -> Sent:
        channel = self._channels[delivery.address.channel]
        token = delivery.token + 1
        try:
            state, reference = await channel.send(delivery)
        except VoxpopError as error:
            return Sent(delivery.id, token, "failed", self._desk.clock(), str(error))
        except Exception:
            log.exception("send_broke", delivery=delivery.id)
            return Sent(delivery.id, token, "unknown", self._desk.clock(), "it broke")
        return Sent(delivery.id, token, state, self._desk.clock(), None, reference)

    async def _settle(
        self, deliveries: Sequence[Delivery], results: Sequence[Sent]
    ) -> None:
        """Store what became of messages, and count the questions that left."""
        asked = [
            (d, r)
            for d, r in zip(deliveries, results, strict=True)
            if r.state in LEFT and d.role in ASKING
        ]
        became = {delivery.id: result for delivery, result in asked}
        async with self._desk.store.transaction() as work:
            await work.settle(results)
            if asked:
                changes = Changes()
                for session, delivery in await self._asking(
                    work, [d for d, _ in asked]
                ):
                    result = became[delivery.id]
                    measures = LEFT[result.state]
                    self._count(changes, session, delivery, result.at, measures)
                    self._start_clock(changes, session, delivery, result)
                await work.save(changes)

    async def _asking(
        self, work: Work, asked: Sequence[Delivery]
    ) -> list[tuple[Session, Delivery]]:
        """Return these questions with the talks they belong to, if still the newest."""
        owners = sorted({delivery.contact for delivery in asked})
        sessions = await work.last_sessions(owners)
        pins = {h for s in sessions.values() for h in s.pins.values()}
        await self._desk.library.ensure(work, pins)
        pairs = ((sessions.get(delivery.contact), delivery) for delivery in asked)
        return [(s, d) for s, d in pairs if s is not None and s.id == d.session]

    def _count(
        self,
        changes: Changes,
        session: Session,
        delivery: Delivery,
        at: datetime,
        measures: Sequence[str],
    ) -> None:
        """Count a question that left; the one that opens its talk, for the talk too."""
        if session.test or delivery.asks is None:
            return
        day = self._desk.day(at)
        steps = ("", delivery.asks) if delivery.role == "opens" else (delivery.asks,)
        for measure in measures:
            for step in steps:
                changes.count(funnel(self._desk, day, session, measure, step))

    def _start_clock(
        self, changes: Changes, session: Session, delivery: Delivery, result: Sent
    ) -> None:
        """Let reminders and expiry count from when a question really left."""
        late = session.asked_at is not None and result.at - session.asked_at > AT_ONCE
        if late and session.asks == delivery.asks:
            session = replace(session, asked_at=result.at)
            wakes_at = next_wake(self._desk.library.shelf, session)
            changes.sessions[session.id] = SessionRow(session, wakes_at, new=False)


def _groups(claimed: Sequence[Delivery], channels: Channels) -> list[list[Delivery]]:
    """Part deliveries into groups that may leave at once, each address in its order."""
    groups: list[list[Delivery]] = []
    for name in dict.fromkeys(delivery.address.channel for delivery in claimed):
        own = [delivery for delivery in claimed if delivery.address.channel == name]
        at_once = channels[name].at_once
        turns = [own] if at_once is None else _one_an_address(own)
        size = at_once or len(own)
        groups += [
            turn[start : start + size]
            for turn in turns
            for start in range(0, len(turn), size)
        ]
    return groups


def _one_an_address(deliveries: Sequence[Delivery]) -> list[list[Delivery]]:
    """Part deliveries into turns in which each address has one, in their order."""
    turns: list[list[Delivery]] = []
    taken: Counter[Address] = Counter()
    for delivery in deliveries:
        turn = taken[delivery.address]
        taken[delivery.address] += 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(delivery)
    return turns


def _refused(delivery: Delivery, verdict: Never | Outdated, now: datetime) -> Sent:
    state: State = "superseded" if isinstance(verdict, Outdated) else "withheld"
    return Sent(delivery.id, delivery.token, state, now, verdict.reason)
