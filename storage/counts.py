"""The daily histograms, moved in the transaction of what they count."""

from collections.abc import Iterator

from bot.model.changes import Changes, CountKey
from storage.driver import Write
from storage.table import Table

Difference = tuple[CountKey, int, int]
"""A cell, what the histograms hold there, and what the answers say."""


class Counts(Table):
    """The cells that reports read."""

    async def recount(self) -> list[Difference]:
        """Return every cell that differs from a recount of the answers."""
        rows = await self._db.fetch("counts_differing")
        return [(CountKey(*row[:10]), row[10], row[11]) for row in rows]


def writes(changes: Changes) -> Iterator[Write]:
    """Yield by how much each cell is to move."""
    yield "counts_move", [(*key, n) for key, n in sorted(changes.counts.items()) if n]
