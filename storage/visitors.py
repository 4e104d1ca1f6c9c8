"""Visitors of the web chat: what they are shown, and those who never said a word."""

from collections.abc import Sequence

from bot.model.changes import InboundRow
from bot.model.message import Delivery
from storage.inbound import as_inbound
from storage.outbox import as_delivery
from storage.table import Table


class Visitors(Table):
    """What the chat page shows, and what is forgotten."""

    async def shown(self, handle: str, after: int, limit: int) -> list[Delivery]:
        """Return the last messages that went to a visitor after an id, oldest first."""
        rows = await self._db.fetch("outbox_shown", handle, after, limit)
        return [as_delivery(row) for row in reversed(rows)]

    async def written(self, handle: str, after: int, limit: int) -> list[InboundRow]:
        """Return the last messages that a visitor sent after an id, oldest first."""
        first, end = _keys(handle)
        rows = await self._db.fetch("inbound_written", first, end, after, limit)
        return [as_inbound(row) for row in reversed(rows)]

    async def silent_beyond(self, count: int) -> list[int]:
        """Return all but the newest so many of those who never said a word."""
        rows = await self._db.fetch("contacts_silent_beyond", count)
        return [contact for (contact,) in rows]

    async def forget_silent(self, contacts: Sequence[int]) -> int:
        """Delete those of these who never said a word, with all that stands of them.

        Counts stay: they were asked. Return how many it were.
        """
        rows = await self._db.fetch("contacts_silent_of", list(contacts))
        gone = sorted({contact for contact, _ in rows})
        handles = sorted({handle for _, handle in rows})
        await self._db.write(
            [("inbound_forget", [_keys(handle) for handle in handles])]
        )
        await self._db.fetch("outbox_forget", handles)
        for name in ("plans", "sessions", "addresses", "contacts"):
            await self._db.fetch(f"{name}_forget", gone)
        return len(gone)


def _keys(handle: str) -> tuple[str, str]:
    """Return where the keys of a visitor's messages begin, and where they end."""
    return f"{handle}:", f"{handle};"
