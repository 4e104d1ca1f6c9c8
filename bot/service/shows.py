"""Messages through channels where sending waits for nothing, such as the web.

A reply leaves with the batch that makes it (`bot.service.pushes`) and is shown here;
what becomes due later is claimed, shown and settled in one transaction. What nobody is
shown stays *sent*, for them to fetch.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter
from typing import Final

import structlog

from bot.errors import StoreUnavailable
from bot.model.changes import Changes, Sent
from bot.model.contact import Address
from bot.model.message import Delivery, Reach, State
from bot.service import witness
from bot.service.bell import Bell
from bot.service.claims import Claims
from bot.service.desk import Desk
from bot.service.ports import Channel, Channels
from bot.service.pushes import Push, Pushes
from bot.service.sender import asking
from bot.service.tally import ASKING, LEFT, Tally

log = structlog.get_logger()

CLAIM: Final = 200
NEWEST: Final = 2**63 - 1
"""An id after all others."""
RECENT: Final = 1_000
"""Messages of which we know that they were shown here before the store does."""
TOGETHER: Final = 0.025
"""Seconds for which arrivals are collected, to be noted together."""
PAUSE: Final = 1.0


class Shows:
    """Shows messages to those who are there, and notes what arrived."""

    def __init__(
        self, desk: Desk, channels: Channels, pushes: Pushes, bell: Bell | None
    ) -> None:
        self._desk = desk
        self._channels = channels
        self._pushes = pushes
        self._bell = bell
        self._tally = Tally(desk)
        self._claims = Claims(desk, self._tally)
        self._arrivals: list[Push] = []
        self._arrived = asyncio.Event()
        self._recent: deque[int] = deque(maxlen=RECENT)

    async def run(self, stopping: asyncio.Event) -> None:
        """Show what left with its batch, and note what arrived, until told to stop."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._show_on(stopping))
            tasks.create_task(self._note_on(stopping))
            await stopping.wait()
            self._pushes.ready.set()
            self._arrived.set()
        with suppress(StoreUnavailable):
            await self.now()

    async def now(self) -> None:
        """Show what left with its batch by now, and note that it arrived."""
        await self.show()
        await self._note_arrivals()

    async def due(self, names: Sequence[str], handle: str | None = None) -> int:
        """Show what is due through these channels; return how many were claimed."""
        left = 0
        while names and (many := await self._push(Reach(tuple(names), handle))):
            left += many
        return left

    async def _show_on(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            await self._pushes.ready.wait()
            await self.show()

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

    async def show(self) -> None:
        """Show what left with its batch."""
        missed: set[str] = set()
        began = perf_counter()
        shown: list[tuple[Delivery, State]] = []
        for push in self._pushes.taken():
            delivery = push.delivery
            state = await _shown(self._channels[delivery.address.channel], delivery)
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
        await self._ring(missed)

    async def _ring(self, missed: set[str]) -> None:
        """Tell other workers of those who are not connected here."""
        if self._bell and missed:
            await self._bell.waits(sorted(missed))

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
            for session, delivery in await asking(self._desk, work, asked):
                self._tally.arrived(changes, session, delivery, now)
            await work.save(changes)
        witness.arrived([sent[id_] for id_ in fresh])

    async def _push(self, reach: Reach) -> int:
        """Claim, send and settle in one transaction; return how many were claimed.

        Only where sending waits for nothing and a message is known by its id: one that
        was shown although the transaction failed is then shown once all the same.
        """
        now = self._desk.clock()
        missed: set[str] = set()
        async with self._desk.store.transaction() as work:
            found = await self._claims.take(work, now, CLAIM, reach)
            results = found.refused
            for delivery, session, _ in found.allowed:
                result = await self._pushed(delivery)
                results.append(result)
                if session is not None and result.state in LEFT:
                    self._tally.left(found.changes, session, delivery, result)
                if result.state == "sent":
                    missed.add(delivery.address.handle)
            await work.settle(results)
            await work.save(found.changes)
        await self._ring(missed)
        return found.many

    async def _pushed(self, delivery: Delivery) -> Sent:
        with witness.sending(delivery) as span:
            state = await _shown(self._channels[delivery.address.channel], delivery)
            now = self._desk.clock()
            result = Sent(delivery.contact, delivery.id, delivery.token, state, now)
            witness.settled(delivery, result, span)
        return result


async def _shown(channel: Channel, delivery: Delivery) -> State:
    """Show one message; what nobody is shown stays sent, for them to fetch."""
    try:
        state, _ = await channel.send(delivery)
    except Exception:
        log.exception("send_broke", delivery=delivery.id)
        return "sent"
    return state
