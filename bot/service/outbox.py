"""Send what is due: claimed with a lease, asked about, marked, sent, settled."""

import asyncio
from asyncio import FIRST_COMPLETED
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from time import perf_counter
from typing import Final

import structlog

from bot.errors import ChannelError, StoreUnavailable, Throttled, VoxpopError
from bot.model.changes import Changes, Sent, Standing
from bot.model.contact import Address
from bot.model.message import Delivery, Reach, State
from bot.model.session import Session
from bot.policy.decide import Never, Outdated, Send, decide
from bot.service import witness
from bot.service.bell import Bell
from bot.service.desk import Desk
from bot.service.leases import Leases, sending
from bot.service.ports import Channels, Work
from bot.service.pushes import Push, Pushes
from bot.service.tally import ASKING, LEFT, Tally

log = structlog.get_logger()

LEASE: Final = timedelta(seconds=30)
CLAIM: Final = 200
NEWEST: Final = 2**63 - 1
"""An id after all others."""
RECENT: Final = 1_000
"""Messages of which we know that they were shown here before the store does."""
TOGETHER: Final = 0.025
"""Seconds for which arrivals are collected, to be noted together."""
PAUSE: Final = 1.0
"""Seconds after which the outbox is looked through although nobody stored anything."""

SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(minutes=15)
"""How long a message waits after its first vain try, and at most; twice as long each
time."""
TRIES: Final = 100
"""After so many a message has failed; that is about a day."""


class Outbox:
    """The one way out for what we say."""

    def __init__(
        self,
        desk: Desk,
        channels: Channels,
        *,
        leases: Leases | None = None,
        bell: Bell | None = None,
        pushes: Pushes | None = None,
    ) -> None:
        self._desk = desk
        self._pushes = pushes or Pushes()
        self._arrivals: list[Push] = []
        self._arrived = asyncio.Event()
        self._recent: deque[int] = deque(maxlen=RECENT)
        self._channels = channels
        self._leases = leases
        self._bell = bell
        self._tally = Tally(desk)
        self._mine: set[str] = set()
        self._rung = False
        self._owed: list[tuple[Sequence[Delivery], Sequence[Sent]]] = []

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
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._show_on(stopping))
            tasks.create_task(self._note_on(stopping))
            await self._send_on(stopping)
            self._pushes.ready.set()
            self._arrived.set()
        with suppress(StoreUnavailable):
            await self._show()
            await self._note_arrivals()

    async def _show_on(self, stopping: asyncio.Event) -> None:
        """Show what left with its batch, until told to stop."""
        while not stopping.is_set():
            await self._pushes.ready.wait()
            await self._show()

    async def _note_on(self, stopping: asyncio.Event) -> None:
        """Note what arrived, some batches together, until told to stop."""
        while not stopping.is_set():
            await self._arrived.wait()
            await asyncio.sleep(TOGETHER)
            try:
                await self._note_arrivals()
            except StoreUnavailable as error:
                log.warning("arrivals_wait", error=str(error))
                await asyncio.sleep(PAUSE)

    async def _show(self) -> None:
        """Show what left with its batch."""
        missed: set[str] = set()
        began = perf_counter()
        shown: list[tuple[Delivery, State]] = []
        for push in self._pushes.taken():
            delivery = push.delivery
            state = await self._pushed(delivery)
            shown.append((delivery, state))
            if state == "delivered":
                self._arrivals.append(push)
                self._recent.append(delivery.id)
            else:
                missed.add(delivery.address.handle)
        if shown:
            witness.pushed(shown, self._desk.clock(), perf_counter() - began)
        if self._arrivals:
            self._arrived.set()
        if self._bell and missed:
            await self._bell.waits(sorted(missed))

    async def _pushed(self, delivery: Delivery) -> State:
        """Show one message; what nobody is shown stays sent, for them to fetch."""
        try:
            state, _ = await self._channels[delivery.address.channel].send(delivery)
        except Exception:
            log.exception("send_broke", delivery=delivery.id)
            return "sent"
        return state

    async def _note_arrivals(self) -> None:
        """Mark what was shown as delivered."""
        self._arrived.clear()
        arrivals, self._arrivals = self._arrivals, []
        if not arrivals:
            return
        try:
            await self._count_arrivals(arrivals)
        except BaseException:
            self._arrivals = arrivals + self._arrivals
            self._arrived.set()
            raise

    async def _count_arrivals(self, arrivals: Sequence[Push]) -> None:
        now = self._desk.clock()
        places = {(d.contact, d.id): (d, session) for d, session in arrivals}
        changes = Changes()
        async with self._desk.store.transaction() as work:
            await work.hold_contacts(owner for owner, _ in places)
            fresh = await work.arrived(sorted(places), now)
            for delivery, session in places.values():
                if session and delivery.id in fresh and delivery.role in ASKING:
                    self._tally.arrived(changes, session, delivery, now)
            await work.save(changes)

    async def _send_on(self, stopping: asyncio.Event) -> None:
        """Send what becomes due, until told to stop."""
        recovered = 0.0
        loop = asyncio.get_running_loop()
        while not stopping.is_set():
            told, self._rung = self._rung, False
            self._desk.stored.clear()
            try:
                await self._take_over()
                if loop.time() - recovered > LEASE.total_seconds() / 2:
                    await self.recover()
                    recovered = loop.time()
                await self.drain()
                if self._bell and not told and self._mine < self.in_turns():
                    await self._bell.due()
            except StoreUnavailable as error:
                log.warning("outbox_waits", error=str(error))
                await asyncio.sleep(PAUSE)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._desk.stored.wait(), PAUSE)

    def wake(self) -> None:
        """Look at what is due, for another worker told of something."""
        self._rung = True
        self._desk.stored.set()

    async def catch_up(self, address: Address) -> None:
        """Show somebody who is connected here what was sent while they were not."""
        async with self._desk.store.reading() as work:
            missed = await work.shown(address.handle, NEWEST, CLAIM)
        channel = self._channels[address.channel]
        new = [each for each in missed if each.id not in self._recent]
        results = [(each, await channel.send(each)) for each in new]
        arrived = [d for d, (state, _) in results if state == "delivered"]
        self._recent.extend(each.id for each in arrived)
        await self.arrived(arrived)

    def in_turns(self) -> set[str]:
        """Return the channels through which one process sends at a time."""
        return {name for name, c in self._channels.items() if c.at_once is not None}

    async def _take_over(self) -> None:
        """Know what is ours to send; what its last sender left is released at once."""
        mine = {name for name in self.in_turns() if self._may_send(name)}
        fresh = sorted(mine - self._mine)
        if fresh:
            async with self._desk.store.transaction() as work:
                for name in fresh:
                    await work.abandon(name)
                await work.release(self._desk.clock())
        self._mine = mine

    def _may_send(self, channel: str) -> bool:
        return self._leases is None or self._leases.holds(sending(channel))

    async def arrived(self, deliveries: Sequence[Delivery]) -> None:
        """Mark sent messages as delivered, and count the questions among them."""
        sent = {d.id: d for d in deliveries if d.state in {"sent", "unknown"}}
        if not sent:
            return
        now = self._desk.clock()
        places = sorted((d.contact, d.id) for d in sent.values())
        async with self._desk.store.transaction() as work:
            await work.hold_contacts(owner for owner, _ in places)
            fresh = await work.arrived(places, now)
            asked = [sent[id_] for id_ in sorted(fresh) if sent[id_].role in ASKING]
            changes = Changes()
            for session, delivery in await self._asking(work, asked):
                self._tally.arrived(changes, session, delivery, now)
            await work.save(changes)
        witness.arrived([sent[id_] for id_ in fresh])

    async def drain(self, mine: Address | None = None) -> int:
        """Send all that is due now, or only to one address; return how many left.

        What is for channels that this process does not have stays due.
        """
        await self._show()
        await self._note_arrivals()
        handle = mine.handle if mine else None
        names = [mine.channel] if mine else sorted(self._channels)
        pushed = [name for name in names if self._channels[name].at_once is None]
        left = 0
        while many := await self._push(Reach(tuple(pushed), handle)):
            left += many
        await self._pay()
        turns = [name for name in names if name not in pushed and self._may_send(name)]
        others = Reach(tuple(turns), handle)
        while claimed := await self._claim(others):
            held: set[Address] = set()
            for group in _groups(claimed, self._channels):
                waiting = [each for each in group if each.address in held]
                await self._give_back(waiting)
                results = await self._send([d for d in group if d not in waiting])
                left += sum(result.state in LEFT for result in results)
                again = {result.id for result in results if result.state == "due"}
                held |= {each.address for each in group if each.id in again}
        return left

    # ── claim and ask ────────────────────────────────────────────────────────────

    async def _push(self, reach: Reach) -> int:
        """Claim, send and settle in one transaction; return how many were claimed.

        Only where sending waits for nothing and a message is known by its id: one that
        was shown although the transaction failed is then shown once all the same.
        """
        if not reach.channels:
            return 0
        now = self._desk.clock()
        async with self._desk.store.transaction() as work:
            claimed, allowed, results, changes = await self._judged(work, now, reach)
            for delivery, session in allowed:
                result = await self._send_one(delivery, delivery.token)
                results.append(result)
                if session is not None and result.state in LEFT:
                    self._tally.left(changes, session, delivery, result)
            await work.settle(results)
            await work.save(changes)
        missed = {result.id for result in results if result.state == "sent"}
        if self._bell and missed:
            handles = {d.address.handle for d, _ in allowed if d.id in missed}
            await self._bell.waits(sorted(handles))
        return claimed

    async def _claim(self, reach: Reach) -> list[Delivery]:
        """Claim due rows; those that must not go out are settled with their reason."""
        if not reach.channels:
            return []
        now = self._desk.clock()
        async with self._desk.store.transaction() as work:
            claimed = 1
            allowed: list[tuple[Delivery, Session | None]] = []
            while claimed and not allowed:
                claimed, allowed, refused, changes = await self._judged(
                    work, now, reach
                )
                await work.settle(refused)
                await work.save(changes)
        return [delivery for delivery, _ in allowed]

    async def _judged(
        self, work: Work, now: datetime, reach: Reach
    ) -> tuple[int, list[tuple[Delivery, Session | None]], list[Sent], Changes]:
        """Claim due rows and ask policy about each.

        Return how many they were, those that may go with the talk they belong to, the
        others with their reason, and what is counted of these.
        """
        claimed = await work.claim(now, now + LEASE, CLAIM, reach)
        allowed: list[tuple[Delivery, Session | None]] = []
        refused: list[Sent] = []
        changes = Changes()
        owners = sorted({delivery.contact for delivery in claimed})
        standings = await work.standings(owners) if owners else {}
        talks = [each.session for each in standings.values() if each.session]
        pins = {h for talk in talks for h in talk.pins.values()}
        await self._desk.library.ensure(work, pins)
        for delivery in claimed:
            standing = standings.get(delivery.contact, Standing())
            session = standing.session
            own = session if session and session.id == delivery.session else None
            verdict = decide(delivery, standing)
            if isinstance(verdict, Send):
                allowed.append((delivery, own))
                continue
            refused.append(_refused(delivery, verdict, now))
            witness.settled(delivery, refused[-1])
            if own is not None:
                self._tally.overtaken(changes, own, delivery, now)
        return len(claimed), allowed, refused, changes

    # ── send and settle ──────────────────────────────────────────────────────────

    async def _give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Have messages due again that stand behind one that is tried again."""
        if deliveries:
            now = self._desk.clock()
            back = [Sent(d.contact, d.id, d.token, "due", now) for d in deliveries]
            async with self._desk.store.transaction() as work:
                await work.settle(back)

    async def _send(self, group: Sequence[Delivery]) -> list[Sent]:
        """Send one message to each of several addresses at once."""
        if not group:
            return []
        tokens = [(each.contact, each.id, each.token + 1) for each in group]
        try:
            async with self._desk.store.transaction() as work:
                await work.hold_contacts(owner for owner, _, _ in tokens)
                got = await work.start_sending(tokens)
        except StoreUnavailable:
            # Perhaps it is marked all the same, and it never left: it is due again.
            now = self._desk.clock()
            unsent = [Sent(*token, "due", now, due_at=now) for token in tokens]
            self._owed.append((group, unsent))
            raise
        mine = [delivery for delivery in group if delivery.id in got]
        return await self._settle_each(mine)

    async def _settle_each(self, group: Sequence[Delivery]) -> list[Sent]:
        """Send messages at once, and store what became of each as it is known.

        What nobody waits for any longer would else be unknown after a crash.
        """
        under_way = {
            asyncio.create_task(self._send_one(each, each.token + 1)): each
            for each in group
        }
        results: list[Sent] = []
        away: StoreUnavailable | None = None
        while under_way:
            done, _ = await asyncio.wait(under_way, return_when=FIRST_COMPLETED)
            became = [task.result() for task in done]
            some = [under_way.pop(task) for task in done]
            results += became
            try:
                await self._settle(some, became)
            except StoreUnavailable as error:
                self._owed.append((some, became))
                away = error
        if away is not None:
            raise away
        return results

    async def _pay(self) -> None:
        """Store what became of messages while the store was away."""
        while self._owed:
            deliveries, results = self._owed[0]
            places = [(each.contact, each.id, each.token) for each in results]
            async with self._desk.store.transaction() as work:
                open_ = await work.unsettled(places)
            pairs = zip(deliveries, results, strict=True)
            left = [(d, r) for d, r in pairs if r.id in open_]
            if left:
                await self._settle([d for d, _ in left], [r for _, r in left])
            del self._owed[0]

    async def _send_one(self, delivery: Delivery, token: int) -> Sent:
        with witness.sending(delivery) as span:
            result = await self._sent(delivery, token)
            witness.settled(delivery, result, span)
        return result

    async def _sent(self, delivery: Delivery, token: int) -> Sent:
        channel = self._channels[delivery.address.channel]
        reference: str | None = None
        reason: str | None = None
        due_at: datetime | None = None
        state: State
        try:
            state, reference = await channel.send(delivery)
        except ChannelError as error:
            state, reason = "failed", str(error)
            if error.retryable and delivery.attempts < TRIES:
                state, due_at = "due", self._desk.clock() + _pause(delivery, error)
        except VoxpopError as error:
            state, reason = "failed", str(error)
        except Exception:
            log.exception("send_broke", delivery=delivery.id)
            state, reason = "unknown", "it broke"
        contact, id_, at = delivery.contact, delivery.id, self._desk.clock()
        return Sent(contact, id_, token, state, at, reason, reference, due_at)

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
            await work.hold_contacts(delivery.contact for delivery, _ in asked)
            await work.settle(results)
            if asked:
                changes = Changes()
                questions = [delivery for delivery, _ in asked]
                for session, delivery in await self._asking(work, questions):
                    self._tally.left(changes, session, delivery, became[delivery.id])
                await work.save(changes)

    async def _asking(
        self, work: Work, asked: Sequence[Delivery]
    ) -> list[tuple[Session, Delivery]]:
        """Return these questions with the talks they belong to."""
        places = {(d.contact, d.session) for d in asked if d.session}
        sessions = await work.sessions(sorted(places))
        pins = {h for s in sessions.values() for h in s.pins.values()}
        await self._desk.library.ensure(work, pins)
        pairs = ((sessions.get(d.session or 0), d) for d in asked)
        return [(s, d) for s, d in pairs if s is not None]


def _groups(claimed: Sequence[Delivery], channels: Channels) -> list[list[Delivery]]:
    """Part deliveries into groups that may leave at once, each address in its order."""
    groups: list[list[Delivery]] = []
    for name in dict.fromkeys(delivery.address.channel for delivery in claimed):
        own = [delivery for delivery in claimed if delivery.address.channel == name]
        size = channels[name].at_once or 1
        groups += [
            turn[start : start + size]
            for turn in _one_an_address(own)
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


def _pause(delivery: Delivery, error: ChannelError) -> timedelta:
    """Return how long a message waits that was tried in vain."""
    pause = min(SHORTEST * (1 << min(delivery.attempts, 20)), LONGEST)
    return max(pause, error.retry_after) if isinstance(error, Throttled) else pause


def _refused(delivery: Delivery, verdict: Never | Outdated, now: datetime) -> Sent:
    state: State = "superseded" if isinstance(verdict, Outdated) else "withheld"
    contact, id_, token = delivery.contact, delivery.id, delivery.token
    return Sent(contact, id_, token, state, now, verdict.reason)
