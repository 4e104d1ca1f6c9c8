"""Three months of simulated customers, hour by hour, through the real house.

Whoever does something within the same hour does it together, so that batches form; of
each customer only one thing is under way, so that their words stay in order. What they
say follows from the crowd's seed; only ids and addresses differ from run to run.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from heapq import heappop, heappush
from secrets import token_hex
from typing import Final

from msgspec.structs import replace

from bot.engine.heard import Begun
from bot.model.contact import Contact
from bot.model.message import Delivery, Inbound, Opening, State
from bot.model.rates import FREE, Rates
from bot.service.demo.answers import Turn, reply
from bot.service.demo.customers import CHANNELS, VISITED, Crowd, Customer
from bot.service.demo.fence import Fence
from bot.service.demo.timeline import Timeline
from bot.service.desk import Desk
from bot.service.inbound import Inbox
from bot.service.outbox import Outbox
from bot.service.rehearsal import Hands
from bot.service.starting import start_flow
from bot.service.timers import Timers

HOUR: Final = timedelta(hours=1)
MANY, LONG = 2_000, 3 * HOUR
"""Of so many customers, what happens in a longer time happens together."""
TOGETHER: Final = 500
"""Messages that are handed in at once."""

Told = Callable[[int, datetime], None]
"""Is told how many customers came by when."""
Delivered = tuple[State, str | None]


class Simulation:
    """A crowd, a clock that moves as they act, and the house that they talk with."""

    def __init__(
        self,
        desk: Desk,
        hands: Hands,
        *,
        flow: str,
        crowd: Crowd,
        timeline: Timeline,
    ) -> None:
        self._fence = Fence(desk.store)
        self._desk = replace(desk, store=self._fence)
        self._hands = hands
        self._flow = flow
        self._crowd = crowd
        self._timeline = timeline
        self._run = token_hex(4)
        self._inbox = Inbox(self._desk)
        self._timers = Timers(self._desk)
        channels = {name: Line(name, self._deliver) for name, _ in CHANNELS}
        self._outbox = Outbox(self._desk, channels)
        self._span = LONG if crowd.size > MANY else HOUR
        self._came: dict[str, Customer] = {}
        self._acts: list[tuple[datetime, int, Customer]] = []
        self._heard: dict[int, Customer] = {}

    async def run(self, told: Told) -> None:
        """Let all customers come and talk, and leave nothing that wakes up later."""
        taking = asyncio.create_task(self._inbox.run())
        try:
            await self._play(told)
        finally:
            taking.cancel()
            with suppress(asyncio.CancelledError):
                await taking
            await self._fence.let_go()

    async def _play(self, told: Told) -> None:
        end = self._timeline.start
        while (begins := self._next(end)) is not None:
            hour = begins.replace(minute=0, second=0, microsecond=0)
            end = min(hour + self._span, self._timeline.end)
            await self._pass(end)
            told(len(self._came), end)

    def _next(self, since: datetime) -> datetime | None:
        """Return when something happens next, None where the time is over."""
        coming = self._coming()
        acting = self._acts[0][0] if self._acts else None
        moments = [m for m in (coming, acting, self._fence.next_wake()) if m]
        first = max(min(moments), since) if moments else self._timeline.end
        return first if first < self._timeline.end else None

    def _coming(self) -> datetime | None:
        number = len(self._came)
        return self._crowd.comes(number) if number < self._crowd.size else None

    async def _pass(self, end: datetime) -> None:
        """Let happen what people do before this moment, then what time does."""
        while (at := self._coming()) is not None and at < end:
            customer = self._crowd.customer(len(self._came), self._run)
            self._came[customer.address.handle] = customer
            heappush(self._acts, (at, customer.number, customer))
        while self._acts and self._acts[0][0] < end:
            self._hands.at = max(self._hands.at, self._acts[0][0])
            acting: list[Customer] = []
            while self._acts and self._acts[0][0] < end:
                acting.append(heappop(self._acts)[2])
            await self._act(acting)
            await self._settle()
        self._hands.at = end
        await self._timers.tick()
        await self._settle()

    async def _act(self, acting: Sequence[Customer]) -> None:
        messages: list[Inbound] = []
        for customer in acting:
            if customer.question is not None:
                messages.append(self._says(customer, customer.question))
            elif customer.address.channel in VISITED:
                messages.append(self._opens(customer))
            else:
                await self._write_first(customer)
        for start in range(0, len(messages), TOGETHER):
            several = messages[start : start + TOGETHER]
            await asyncio.gather(*map(self._inbox.take, several))

    async def _settle(self) -> None:
        """Send what is due; who heard a question decides when to reply."""
        await self._outbox.drain()
        for customer in self._heard.values():
            if customer.talks or not customer.replies():
                continue
            chance = self._crowd.chance(customer.number, customer.written + 1)
            at = self._hands.at + customer.delay(chance)
            customer.talks = True
            at = self._timeline.awake(at, chance.random())
            heappush(self._acts, (at, customer.number, customer))
        self._heard.clear()

    def _deliver(self, delivery: Delivery) -> Delivered:
        customer = self._came[delivery.address.handle]
        if not customer.reachable:
            return "sent", None
        customer.hear(delivery)
        self._heard[customer.number] = customer
        return "delivered", None

    # ── what customers do ────────────────────────────────────────────────────────

    def _opens(self, customer: Customer) -> Inbound:
        return Inbound(
            address=customer.address,
            key=f"{customer.address.handle}-0",
            at=self._hands.at,
            opens=Opening(self._flow),
            first_name=customer.name,
            language=customer.language if customer.told else None,
        )

    async def _write_first(self, customer: Customer) -> None:
        await start_flow(
            self._desk,
            Begun(flow=self._flow, trigger="send"),
            customer.address,
            newcomer=Contact(
                id=self._desk.new_id(),
                first_name=customer.name,
                language=customer.language if customer.told else None,
            ),
        )

    def _says(self, customer: Customer, question: Delivery) -> Inbound:
        customer.talks = False
        customer.question = None
        turn = Turn(
            customer=customer,
            question=question,
            chance=self._crowd.chance(customer.number, customer.written + 1),
            today=self._desk.today(self._hands.at, None),
        )
        said = reply(turn)
        return Inbound(
            address=customer.address,
            key=f"{customer.address.handle}-{customer.written}",
            at=self._hands.at,
            text=said.text,
            tap=said.tap,
            media=said.media,
        )


class Line:
    """A channel that takes messages to simulated customers."""

    at_once: int | None = None
    rates: Rates = FREE

    def __init__(self, name: str, deliver: Callable[[Delivery], Delivered]) -> None:
        self.name = name
        self.at_once: int | None = None
        self._deliver = deliver

    async def send(self, delivery: Delivery) -> Delivered:
        """Take a message to its customer."""
        return self._deliver(delivery)
