"""Photos, voice notes and files are kept for a while, and then deleted."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.clock import first_id
from bot.errors import StoreUnavailable
from bot.service.desk import Desk
from bot.service.filed import Files

log = structlog.get_logger()

PAUSE: Final = 600.0
EVERY: Final = timedelta(days=1)
"""How often we look; a bucket is looked through from end to end."""
BATCH: Final = 500


class Page(Protocol):
    """The files of the chat page, which have no rows."""

    async def delete_old(self, before: datetime) -> int:
        """Delete what was kept before an instant; return how many files."""
        ...


class Expiry:
    """What deletes old files; `ours` says whether it is for this process to do."""

    def __init__(
        self,
        desk: Desk,
        files: Files,
        page: Page,
        span: timedelta,
        ours: Callable[[], bool] = lambda: True,
    ) -> None:
        self._desk = desk
        self._files = files
        self._page = page
        self._span = span
        self._ours = ours
        self._last: datetime | None = None

    async def run(self) -> None:
        """Delete what has become too old once a day, until cancelled."""
        while True:
            try:
                if self._ours() and self._rested():
                    await self.sweep()
                    self._last = self._desk.clock()
            except StoreUnavailable as error:
                log.warning("expiry_waits", error=str(error))
            await asyncio.sleep(PAUSE)

    def _rested(self) -> bool:
        return self._last is None or self._desk.clock() - self._last >= EVERY

    async def sweep(self) -> int:
        """Delete all that is too old, whoever sent it; return how many files.

        Those of services go by when their message came, and their rows say so; those of
        the chat page by when they were kept.
        """
        before = self._desk.clock() - self._span
        deleted = 0
        while some := await self._some(first_id(before)):
            deleted += some
        deleted += await self._page.delete_old(before)
        if deleted:
            log.info("media_forgotten", files=deleted)
        return deleted

    async def _some(self, before: int) -> int:
        async with self._desk.store.reading() as work:
            rows = await work.old_media(before, BATCH)
        for row in rows:
            if row.name is not None:
                await self._files.delete(row.name)
        if rows:
            async with self._desk.store.transaction() as work:
                await work.forget_media(rows)
        return len(rows)
