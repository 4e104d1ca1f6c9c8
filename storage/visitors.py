"""Visitors of the web chat: what they are shown, and those who never said a word."""

from collections.abc import Sequence
from typing import Final

from bot.model.changes import InboundRow
from bot.model.message import Delivery
from storage.inbound import as_inbound
from storage.outbox import as_delivery
from storage.table import Table

OPENED: Final = "opened:"
"""What the keys of messages begin with that only opened the page."""


class Visitors(Table):
    """What the chat page shows, and what is forgotten."""

    async def shown(self, handle: str, after: int, limit: int) -> list[Delivery]:
        """Return the last messages that went to a visitor after an id, oldest first."""
        rows = await self._db.fetch("outbox_shown", handle, after, limit)
        return [as_delivery(row) for row in reversed(rows)]

    async def written(self, handle: str, after: int, limit: int) -> list[InboundRow]:
        """Return the last messages that a visitor sent after an id, oldest first."""
        first, end = _keys(handle)
        rows = await self._db.fetch("inbound_written", first, end, after, limit, handle)
        return [as_inbound(row) for row in reversed(rows)]

    async def silent_beyond(self, count: int) -> list[tuple[int, str]]:
        """Return all but the newest so many of those who never said a word.

        With the handle of each; who has a case or another address is left out.
        """
        rows = await self._db.fetch("contacts_silent_beyond", count)
        return [(contact, handle) for contact, handle in rows]

    async def forget(self, contacts: Sequence[tuple[int, str]]) -> None:
        """Delete these contacts with all that was made for them; counts stay."""
        ids = [contact for contact, _ in contacts]
        handles = [handle for _, handle in contacts]
        keys = [
            (*_keys(prefix + handle), handle)
            for handle in handles
            for prefix in ("", OPENED)
        ]
        await self._db.write([("inbound_forget", keys)])
        await self._db.fetch("outbox_forget", handles)
        for name in ("tags", "plans", "sessions", "addresses", "contacts"):
            await self._db.fetch(f"{name}_forget", ids)


def _keys(handle: str) -> tuple[str, str]:
    """Return where the keys of a visitor's messages begin, and where they end."""
    return f"{handle}:", f"{handle};"
