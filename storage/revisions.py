"""Flows as they were published, and which revision is the current one."""

from collections.abc import Sequence

from bot.model.changes import Revision
from storage.rows import micros, moment
from storage.table import Table


class Revisions(Table):
    """The library's shelves."""

    async def publish(self, revisions: Sequence[Revision]) -> None:
        """Store these revisions and make each the current one of its flow."""
        stored = [
            (
                revision.hash,
                revision.flow,
                revision.source,
                revision.language_version,
                micros(revision.published_at),
                revision.published_by,
            )
            for revision in revisions
        ]
        current = [(revision.flow, revision.hash) for revision in revisions]
        await self._db.write([("revisions_add", stored), ("revisions_point", current)])

    async def current(self) -> dict[str, str]:
        """Return the hash of the current revision of every flow."""
        return dict(await self._db.fetch("revisions_current"))

    async def revisions(self, hashes: Sequence[str]) -> dict[str, Revision]:
        """Return these revisions by hash."""
        rows = await self._db.fetch("revisions", list(hashes))
        return {
            hash_: Revision(
                hash=hash_,
                flow=flow,
                source=source,
                language_version=version,
                published_at=moment(at),
                published_by=by,
            )
            for hash_, flow, source, version, at, by in rows
        }
