"""Photos, voice notes and files that come through services: fetched, looked at, kept.

What is to be fetched is a row of the message's own batch, so that nothing is lost.
What a service says of a file is not believed: its first bytes tell its type. It is kept
under a name that its row decides, so that fetching it twice keeps it once.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from datetime import timedelta
from typing import Final

import structlog
from msgspec.structs import replace

from bot.errors import AccountRefused, ChannelError, StoreUnavailable, Throttled
from bot.model.changes import InboundRow, MediaRow
from bot.model.files import LARGEST, TYPES, fits, type_of
from bot.model.message import Media
from bot.service.batch import Batch
from bot.service.desk import Desk
from bot.service.filed import Files
from bot.service.ports import Gives

log = structlog.get_logger()

LEASE: Final = "fetch media"
"""The name of the lease to do it."""
AT_ONCE: Final = 8
MOST: Final = 200
"""Files of one contact that are kept."""
PAUSE: Final = 1.0
PATIENCE: Final = 180.0
"""Seconds that one file may take."""
SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(minutes=15)
"""How long a file waits after its first vain try, and at most; twice as long each time,
as in the outbox."""
TRIES: Final = 100
ROOM: Final = timedelta(minutes=1)
"""How long it waits where the files themselves cannot be kept; that is no try."""


def file_away(batch: Batch, row: InboundRow, media: Media | None) -> None:
    """Note what is to be fetched of a message, where its channel gives files."""
    if media is None or media.kind == "location":
        return
    if row.channel not in batch.desk.gives:
        return
    due = MediaRow(
        id=batch.desk.new_id(),
        contact=row.contact,
        inbound=row.id,
        channel=row.channel,
        kind=media.kind,
        reference=media.reference,
        due_at=batch.now,
    )
    batch.changes.media.append(due)


class Fetching:
    """What fetches files; `ours` says whether it is for this process to do."""

    def __init__(
        self,
        desk: Desk,
        channels: Mapping[str, Gives],
        files: Files,
        ours: Callable[[], bool] = lambda: True,
    ) -> None:
        self._desk = desk
        self._channels = channels
        self._files = files
        self._ours = ours

    async def run(self) -> None:
        """Fetch what becomes due until cancelled."""
        while self._channels:
            try:
                if self._ours():
                    await self.tick()
            except StoreUnavailable as error:
                log.warning("media_waits", error=str(error))
            await asyncio.sleep(PAUSE)

    async def tick(self) -> int:
        """Fetch some of what is due now; return how many files it was."""
        now = self._desk.clock()
        async with self._desk.store.reading() as work:
            due = await work.due_media(now, self._channels.keys(), AT_ONCE)
            kept = await work.kept_media({row.contact for row in due})
        full = {contact for contact, many in kept.items() if many >= MOST}
        tasks = [self._one(row, full=row.contact in full) for row in due]
        for fault in await asyncio.gather(*tasks, return_exceptions=True):
            if fault is not None:
                raise fault
        return len(due)

    async def _one(self, row: MediaRow, *, full: bool) -> None:
        """Fetch one file and store what became of it."""
        done = await self._tried(row, full=full)
        async with self._desk.store.transaction() as work:
            await work.settle_media(done)
        log.info(
            "media_tried",
            media=row.id,
            state=done.state,
            contact=row.contact,
            channel=row.channel,
            reason=done.reason,
        )

    async def _tried(self, row: MediaRow, *, full: bool) -> MediaRow:
        if full:
            return replace(row, state="refused", reason="too many files of one contact")
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._kept(row)
        except StoreUnavailable as error:
            log.warning("media_waits", error=str(error))
            return self._later(row, ROOM)
        except ChannelError as error:
            return self._failed(row, error)
        except TimeoutError:
            return self._failed(row, ChannelError("It took too long.", retryable=True))
        except Exception as error:
            log.exception("media_broke", media=row.id)
            fault = ChannelError(type(error).__name__, retryable=True)
            return self._failed(row, fault)

    async def _kept(self, row: MediaRow) -> MediaRow:
        fetched = await self._channels[row.channel].fetch(row.reference)
        async with aclosing(fetched.parts) as parts, aclosing(_bounded(parts)) as few:
            name, size = await self._files.keep(few, lambda start: _name(row, start))
        kept = TYPES[name.rpartition(".")[2]]
        return replace(
            row, state="kept", name=name, size=size, media_type=kept.media_type
        )

    def _failed(self, row: MediaRow, error: ChannelError) -> MediaRow:
        """Return a file to be tried again later, or the end of it."""
        reason = str(error)
        if not error.retryable:
            return replace(row, state="refused", reason=reason)
        if isinstance(error, AccountRefused):
            return self._later(row, LONGEST)
        tried = replace(row, attempts=row.attempts + 1, reason=reason)
        if tried.attempts >= TRIES:
            return replace(tried, state="failed")
        doublings = min(row.attempts, 10)
        wait = min(SHORTEST * 2**doublings, LONGEST)
        if isinstance(error, Throttled):
            wait = max(wait, error.retry_after)
        return self._later(tried, wait)

    def _later(self, row: MediaRow, wait: timedelta) -> MediaRow:
        return replace(row, due_at=self._desk.clock() + wait)


async def _bounded(parts: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in parts:
        size += len(part)
        if size > LARGEST:
            raise ChannelError("It is too large.", code="refused")
        yield part


def _name(row: MediaRow, start: bytes) -> str:
    """Return what a file is kept under; raise ChannelError where it never is."""
    found = type_of(start)
    if found is None:
        raise ChannelError("Files of this type are not kept.", code="refused")
    if not fits(row.kind, found):
        raise ChannelError(f"It is no {row.kind}.", code="refused")
    return f"{row.channel}/{row.contact}/{row.id}.{found.ending}"
