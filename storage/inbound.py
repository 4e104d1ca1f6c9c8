"""Messages as they came: what is known already, and what got stuck."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

from bot.model.changes import Changes, InboundRow
from bot.model.contact import Address
from storage.driver import Row, Write
from storage.rows import micros, moment
from storage.table import Table


class Inbound(Table):
    """The inbox."""

    async def seen(self, keys: Sequence[tuple[Address, str]]) -> set[tuple[str, str]]:
        """Return which (channel, key) pairs are stored already.

        A key is asked about with the address that it came from.
        """
        asked: dict[str, list[Row]] = {}
        for address, key in keys:
            asked.setdefault(address.channel, []).append((address.handle, key))
        seen: set[tuple[str, str]] = set()
        for channel, own in asked.items():
            rows = await self._db.fetch("inbound_seen", channel, own)
            seen.update((channel, key) for (key,) in rows)
        return seen

    async def stuck(self) -> list[InboundRow]:
        """Return the messages that could not be handled, oldest first."""
        rows = await self._db.fetch("inbound_stuck")
        return [as_inbound(row) for row in rows]

    async def stuck_ids(self) -> list[int]:
        """Return the ids of the messages that could not be handled, oldest first."""
        return [id_ for (id_,) in await self._db.fetch("inbound_stuck_ids")]

    async def inbound(self, ids: Sequence[int]) -> list[InboundRow]:
        """Return these messages as they are kept, oldest first."""
        rows = await self._db.fetch("inbound", list(ids))
        return sorted(map(as_inbound, rows), key=attrgetter("id"))

    async def take_stuck(self, ids: Sequence[int]) -> list[InboundRow]:
        """Take stuck messages out, oldest first, for `save` to put them back changed.

        They are kept by their address, which may be known only now.
        """
        rows = await self._db.fetch("inbound_take_stuck", list(ids))
        return sorted(map(as_inbound, rows), key=attrgetter("id"))

    async def stretch(self, after: int, before: int, limit: int) -> int | None:
        """Return where the next so many messages between two ids end, if there are any.

        Both ends are left out.
        """
        [[last]] = await self._db.fetch("inbound_next", after, before, limit)
        return None if last is None else int(last)

    async def empty(self, after: int, until: int) -> int:
        """Forget what providers sent after one id and until another, but what is stuck.

        Return of how many messages.
        """
        return len(await self._db.fetch("inbound_empty", after, until))

    async def empty_some(self, ids: Sequence[int]) -> int:
        """Forget what providers sent as these messages; return of how many it was."""
        return len(await self._db.fetch("inbound_empty_some", list(ids)))


def as_inbound(row: Row) -> InboundRow:
    """Return the message that a row holds."""
    id_, channel, handle, key, contact, at, raw, state, error = row
    return InboundRow(id_, channel, handle, key, contact, moment(at), raw, state, error)


def writes(changes: Changes) -> Iterator[Write]:
    """Yield what is to be written of the messages that came."""
    yield (
        "inbound_add",
        [
            (
                row.id,
                row.channel,
                row.handle,
                row.key,
                row.contact,
                micros(row.received_at),
                row.raw,
                row.state,
                row.error,
            )
            for row in changes.inbound
        ],
    )
