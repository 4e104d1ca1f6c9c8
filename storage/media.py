"""Files that contacts sent through services, and what became of them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from bot.model.changes import Changes, MediaRow
from storage.driver import Row, Write
from storage.rows import micros, moment
from storage.table import Table


class Media(Table):
    """The files of services."""

    async def due_media(
        self, now: datetime, channels: Collection[str], limit: int
    ) -> list[MediaRow]:
        """Return files of these channels that are to be fetched, oldest first."""
        rows = await self._db.fetch("media_due", micros(now), sorted(channels), limit)
        return [_as_media(row) for row in rows]

    async def kept_media(self, contacts: Collection[int]) -> dict[int, int]:
        """Return how many files of each of these contacts are kept."""
        return dict(await self._db.fetch("media_kept", sorted(contacts)))

    async def settle_media(self, row: MediaRow) -> None:
        """Store what became of a file that was due."""
        settled = (row.contact, row.id, *_rest(row))
        await self._db.write([("media_settle", [settled])])

    async def old_media(self, before: int, limit: int) -> list[MediaRow]:
        """Return kept files that came before an id, oldest first."""
        rows = await self._db.fetch("media_old", before, limit)
        return [_as_media(row) for row in rows]

    async def forget_media(self, rows: Sequence[MediaRow]) -> None:
        """Store that these files are kept no more."""
        gone = [(row.contact, row.id) for row in rows]
        await self._db.write([("media_forget", gone)])

    async def media_of(self, contact: int) -> list[MediaRow]:
        """Return all files of a contact, oldest first."""
        rows = await self._db.fetch("media_of", contact)
        return [_as_media(row) for row in rows]


def writes(changes: Changes) -> Iterator[Write]:
    """Yield the files that came."""
    yield "media_add", [_as_row(row) for row in changes.media]


def _as_row(row: MediaRow) -> Row:
    came = (row.id, row.contact, row.inbound, row.channel, row.kind, row.reference)
    return (*came, *_rest(row))


def _rest(row: MediaRow) -> Row:
    kept = (row.state, row.name, row.media_type, row.size)
    return (*kept, row.reason, row.attempts, micros(row.due_at))


def _as_media(row: Row) -> MediaRow:
    *fields, due_at = row
    names = MediaRow.__struct_fields__[: len(fields)]
    return MediaRow(**dict(zip(names, fields, strict=True)), due_at=moment(due_at))
