"""That contacts are one person, and the links that lead to it."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.model.changes import Changes
from bot.model.contact import Address
from bot.model.joins import Join, Link
from storage.driver import Write
from storage.rows import micros, moment
from storage.table import Table


class Joins(Table):
    """Who was joined to whom."""

    async def joins_of(self, contacts: Sequence[int]) -> list[Join]:
        """Return all joins that ever named one of these contacts, oldest first."""
        rows = await self._db.fetch("joins_of", list(contacts))
        return [_join(*row) for row in rows]

    async def join_by_id(self, id_: int) -> Join | None:
        """Return a join, None where there is none of this id."""
        rows = await self._db.fetch("joins_by_id", id_)
        return _join(*rows[0]) if rows else None

    async def links(self, hashes: Sequence[str]) -> dict[str, Link]:
        """Return the links of these codes by their hash."""
        rows = await self._db.fetch("links_at", list(hashes))
        return {row[0]: _link(*row) for row in rows}


def writes(changes: Changes) -> Iterator[Write]:
    """Yield what is to be written of sets and links."""
    undone = ((micros(j.undone_at), j.a, j.id) for j in changes.undone if j.undone_at)
    merged = sorted(changes.merged.items())
    yield "contacts_merge", [(survivor, contact) for contact, survivor in merged]
    yield (
        "joins_add",
        [(j.id, j.a, j.b, j.proof, j.by, micros(j.at)) for j in changes.joins],
    )
    yield "joins_undo", sorted(undone)
    yield (
        "links_add",
        [
            (
                one.hash,
                one.contact,
                one.flow,
                micros(one.made_at),
                micros(one.expires_at),
            )
            for one in changes.links
        ],
    )
    yield (
        "links_use",
        [
            (one.hash, micros(one.used_at), one.used_by.channel, one.used_by.handle)
            for one in changes.used_links
            if one.used_at and one.used_by
        ],
    )


def _join(*row: Any) -> Join:  # noqa: ANN401 - a row's columns
    id_, a, b, proof, by, at, undone_at = row
    undone = None if undone_at is None else moment(undone_at)
    return Join(id=id_, a=a, b=b, proof=proof, by=by, at=moment(at), undone_at=undone)


def _link(*row: Any) -> Link:  # noqa: ANN401 - a row's columns
    hash_, contact, flow, made_at, expires_at, used_at, channel, handle = row
    return Link(
        hash=hash_,
        contact=contact,
        flow=flow,
        made_at=moment(made_at),
        expires_at=moment(expires_at),
        used_at=None if used_at is None else moment(used_at),
        used_by=None if channel is None else Address(channel, handle),
    )
