"""What only one process may do at a time: it is leased, and renewed while one lives."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.service.ports import Store

log = structlog.get_logger()

LEASE: Final = timedelta(seconds=6)
"""How long others wait for a process that says nothing any more."""
RENEW: Final = 2.0
SEATS: Final = 1_000


def sending(channel: str) -> str:
    """Return the name of the lease to send through a channel."""
    return f"send {channel}"


class Leases:
    """The leases of this process. Where it is alone with its store, it has them all."""

    def __init__(self, store: Store, clock: Clock, holder: str) -> None:
        self._store = store
        self._clock = clock
        self._holder = holder
        self._until: dict[str, float] = {}
        self._wanted: list[str] = []

    def holds(self, name: str) -> bool:
        """Say whether this process may do what is named, for now."""
        if not self._store.shared:
            return True
        return self._until.get(name, 0.0) > asyncio.get_running_loop().time()

    async def seat(self) -> int:
        """Take the first number that no other worker has, and return it."""
        if not self._store.shared:
            return 0
        for number in range(SEATS):
            if await self._take(f"worker {number}"):
                self._wanted.append(f"worker {number}")
                return number
        raise StoreUnavailable(f"There are {SEATS} workers already; stop some.")

    async def run(self, names: Sequence[str]) -> None:
        """Take what is free of these, and renew what we have, until cancelled."""
        if not self._store.shared:
            return
        while True:
            for name in (*self._wanted, *names):
                try:
                    await self._take(name)
                except StoreUnavailable as error:
                    log.warning("leases_wait", error=str(error))
            await asyncio.sleep(RENEW)

    async def drop(self) -> None:
        """Give up all that this process holds, so that others need not wait."""
        if not self._store.shared:
            return
        self._until.clear()
        async with self._store.transaction() as work:
            await work.drop_leases(self._holder)

    async def _take(self, name: str) -> bool:
        """Take or renew a lease; it counts from before we asked."""
        asked = asyncio.get_running_loop().time()
        now = self._clock()
        async with self._store.transaction() as work:
            got = await work.lease(name, self._holder, now, now + LEASE)
        if got:
            self._until[name] = asked + LEASE.total_seconds()
        else:
            self._until.pop(name, None)
        return got
