"""Send what is due, through every channel there is."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import structlog

from bot.errors import StoreUnavailable
from bot.model.contact import Address
from bot.model.message import Delivery
from bot.service.bell import Bell
from bot.service.claims import LEASE, Claims
from bot.service.desk import Desk
from bot.service.leases import Leases, sending
from bot.service.ports import Channels
from bot.service.pushes import Pushes
from bot.service.sender import Sender
from bot.service.shows import Shows
from bot.service.tally import Tally

log = structlog.get_logger()

PAUSE: Final = 1.0
"""Seconds after which the outbox is looked through although nobody stored anything."""


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
        self._channels = channels
        self._leases = leases
        self._bell = bell
        self.shows = Shows(desk, channels, pushes or Pushes(), bell)
        self._senders = {
            name: _sender(desk, channels, name) for name in self.in_turns()
        }
        self._mine: set[str] = set()
        self._rung = False

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
            tasks.create_task(self.shows.run(stopping))
            for name, sender in self._senders.items():
                tasks.create_task(sender.run(stopping, self._ours(name)))
            await self._look_on(stopping)
            self._wake_senders()

    def _ours(self, name: str) -> Callable[[], bool]:
        return lambda: name in self._mine and self._may_send(name)

    async def _look_on(self, stopping: asyncio.Event) -> None:
        """Look for what becomes due, until told to stop."""
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
                self._wake_senders()
                await self.shows.due(self._pushed())
                if self._bell and not told and self._mine < self.in_turns():
                    await self._bell.due()
            except StoreUnavailable as error:
                log.warning("outbox_waits", error=str(error))
                await asyncio.sleep(PAUSE)
            await _either(self._desk.stored, PAUSE)

    def _wake_senders(self) -> None:
        for sender in self._senders.values():
            sender.woken.set()

    def wake(self) -> None:
        """Look at what is due, for another worker told of something."""
        self._rung = True
        self._desk.stored.set()

    async def catch_up(self, address: Address) -> None:
        """Show somebody who is connected here what was sent while they were not."""
        await self.shows.catch_up(address)

    async def arrived(self, deliveries: Sequence[Delivery]) -> None:
        """Mark sent messages as delivered, and count the questions among them."""
        await self.shows.arrived(deliveries)

    def in_turns(self) -> set[str]:
        """Return the channels through which one process sends at a time."""
        return {name for name, c in self._channels.items() if c.at_once is not None}

    def _pushed(self) -> list[str]:
        return [n for n in sorted(self._channels) if self._channels[n].at_once is None]

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

    def next_room(self) -> datetime | None:
        """Return when more may leave than may now, None where nothing is held back."""
        turns = (sender.pace.next_room() for sender in self._senders.values())
        return min((at for at in turns if at is not None), default=None)

    async def drain(self, mine: Address | None = None) -> int:
        """Send all that may leave now, or only to one address; return how many left.

        What is for channels that this process does not have stays due.
        """
        await self.shows.now()
        handle = mine.handle if mine else None
        names = [mine.channel] if mine else sorted(self._channels)
        pushed = self._pushed()
        left = await self.shows.due([n for n in names if n in pushed], handle)
        for name in names:
            if name in self._senders and self._may_send(name):
                left += await self._senders[name].drain(handle)
        return left


def _sender(desk: Desk, channels: Channels, name: str) -> Sender:
    tally = Tally(desk)
    return Sender(desk, channels[name], Claims(desk, tally), tally)


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, no longer than so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
