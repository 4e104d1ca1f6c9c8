"""What providers sent is kept for a while, and then forgotten: the rows stay.

Ids grow with time, so that what is old is a range of them; how far we came is kept.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from msgspec import Struct, json

from bot.clock import first_id
from bot.errors import StoreUnavailable
from bot.service.desk import Desk
from bot.service.ports import Work

log = structlog.get_logger()

SWEEP_SECONDS: Final = 600.0
BATCH: Final = 500
"""Messages of one transaction, so that those that come in meanwhile hardly wait."""
LEASE: Final = "forget"
"""The name of the lease to do it."""
PROGRESS: Final = "raw payloads forgotten"


class Progress(Struct, frozen=True):
    """Until which id all is forgotten, but for those that were stuck by then."""

    until: int = 0
    stuck: tuple[int, ...] = ()


class Retention:
    """What forgets what providers sent.

    `scrub` is called after a sweep that forgot something, so that it leaves the disk;
    `ours` says whether it is for this process to do.
    """

    def __init__(
        self,
        desk: Desk,
        span: timedelta,
        scrub: Callable[[], Awaitable[None]],
        ours: Callable[[], bool] = lambda: True,
    ) -> None:
        self._desk = desk
        self._span = span
        self._scrub = scrub
        self._ours = ours

    async def run(self) -> None:
        """Forget what has become too old now and then, until cancelled."""
        while True:
            try:
                if self._ours():
                    await self.sweep()
            except StoreUnavailable as error:
                log.warning("retention_waits", error=str(error))
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> int:
        """Forget all that is too old, in small transactions; return of how many."""
        before = first_id(self._desk.clock() - self._span)
        forgotten = await self._unstuck()
        while (done := await self._some(before)) is not None:
            forgotten += done
        if forgotten:
            await self._scrub()
            log.info("raw_forgotten", messages=forgotten)
        return forgotten

    async def _some(self, before: int) -> int | None:
        """Forget the next few; return of how many, None where none are left."""
        async with self._desk.store.reading() as work:
            known = await _progress(work)
            until = await work.stretch(known.until, before, BATCH)
        if until is None:
            return None
        async with self._desk.store.transaction() as work:
            forgotten = await work.empty(known.until, until)
            passed = [row.id for row in await work.stuck()]
            stuck = {id_ for id_ in passed if known.until < id_ <= until}
            await _note(work, until, stuck.union(known.stuck))
        return forgotten

    async def _unstuck(self) -> int:
        """Forget what was stuck when its turn came and has been handled since."""
        async with self._desk.store.reading() as work:
            known = await _progress(work)
            still = {row.id for row in await work.stuck()} if known.stuck else set()
        handled = sorted(set(known.stuck) - still)
        if not handled:
            return 0
        async with self._desk.store.transaction() as work:
            forgotten = await work.empty_some(handled)
            await _note(work, known.until, set(known.stuck) & still)
        return forgotten


async def _progress(work: Work) -> Progress:
    kept = await work.kept(PROGRESS)
    return json.decode(kept, type=Progress) if kept else Progress()


async def _note(work: Work, until: int, stuck: set[int]) -> None:
    progress = Progress(until, tuple(sorted(stuck)))
    await work.note(PROGRESS, json.encode(progress).decode())
