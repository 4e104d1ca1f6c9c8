"""The histograms by day and by month, moved in the transaction of what they count."""

from collections.abc import Iterator, Sequence

from bot.model.changes import Changes, CountKey
from storage.driver import Row, Write
from storage.table import Table

Difference = tuple[CountKey, int, int]
"""A cell, what the histograms hold there, and what the answers say."""


class Counts(Table):
    """The cells that reports read."""

    async def recount(self) -> list[Difference]:
        """Return every cell that differs from a recount of the answers.

        Of the histograms by month, those that differ from what the days add up to.
        """
        rows = await self._db.fetch("counts_differing")
        rows += await self._db.fetch("months_differing")
        return [(CountKey(*row[:10]), row[10], row[11]) for row in rows]


def writes(changes: Changes) -> Iterator[Write]:
    """Yield by how much each cell is to move."""
    cells = [(*key, n) for key, n in sorted(changes.counts.items()) if n]
    yield "counts_move", cells
    yield "months_move", _by_month(cells)


def _by_month(cells: Sequence[Row]) -> list[Row]:
    """Return cells of days added up by month.

    >>> _by_month([("2026-03-02", "nps", 1), ("2026-03-03", "nps", 2)])
    [('2026-03', 'nps', 3)]
    """
    found: dict[Row, int] = {}
    for day, *rest, n in cells:
        key = (day[:7], *rest)
        found[key] = found.get(key, 0) + n
    return [(*key, n) for key, n in found.items() if n]
