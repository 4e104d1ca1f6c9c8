"""Flows as they were published, which revision is the current one, and its history."""

from collections.abc import Sequence

from bot.model.changes import Revision
from bot.model.publication import BY_NAME, Publication
from storage.rows import micros, moment
from storage.table import Table


class Revisions(Table):
    """The library's shelves."""

    async def hold_revisions(self) -> None:
        """Be the only one who publishes, until the transaction ends."""
        if self._db.shared:
            await self._db.fetch("publications_hold")

    async def publish(self, revisions: Sequence[Revision], how: str = BY_NAME) -> None:
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
        noted = [
            (flow, hash_, at, by, how)
            for hash_, flow, _source, _version, at, by in stored
        ]
        current = [(revision.flow, revision.hash) for revision in revisions]
        await self._db.write(
            [
                ("revisions_add", stored),
                ("publications_add", noted),
                ("revisions_point", current),
            ]
        )

    async def current(self) -> dict[str, str]:
        """Return the hash of the current revision of every flow."""
        return dict(await self._db.fetch("revisions_current"))

    async def rolled_back(self) -> set[tuple[str, str]]:
        """Return what was rolled back from, as flow and hash, and stayed so since."""
        return set(await self._db.fetch("publications_rolled_back"))

    async def publications(self, flow: str | None = None) -> list[Publication]:
        """Return what was published of a flow, or of all, by name and newest first."""
        return [
            Publication(
                flow=name,
                number=number,
                hash=hash_,
                at=moment(at),
                by=by,
                how=how,
                replaced=replaced,
            )
            for name, number, hash_, at, by, how, replaced in await self._db.fetch(
                "publications", flow
            )
        ]

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
