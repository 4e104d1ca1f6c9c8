"""A database by its tables, whatever its engine: what is moved, and how it is counted.

The store works with contacts and talks; backups and moves with every row there is.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from storage.driver import Row
from storage.migrate import Target, missing

TABLES: Final = (
    "contacts",
    "addresses",
    "inbound",
    "sessions",
    "answers",
    "counts",
    "months",
    "events",
    "outbox",
    "cases",
    "tags",
    "consents",
    "plans",
    "media",
    "revisions",
    "current_revisions",
    "publications",
    "kept",
    "joins",
    "links",
)
"""All that is kept, each after what it refers to. `migrations` and `leases` are left
out: they speak of a database itself, and of who works on it."""
LATER: Final = frozenset({"media", "publications", "joins", "links"})
"""Those that a backup of an older Voxpop need not hold: migrations make them."""
CHUNK: Final = 2_000
"""Rows that are in memory at a time."""


class End(Target, Protocol):
    """One end of a move."""

    made: Mapping[str, frozenset[str]]
    """Columns by table that this database fills by itself."""

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Open a look at one moment; writers go on meanwhile."""
        ...

    def writing(self) -> AbstractAsyncContextManager[None]:
        """Open a transaction: all of it or nothing."""
        ...

    async def served(self) -> bool:
        """Say whether somebody else works on this database."""
        ...

    async def columns(self, table: str) -> list[str]:
        """Return the columns of a table, in their order."""
        ...

    def chunks(self, table: str, columns: Sequence[str]) -> AsyncIterator[list[Row]]:
        """Yield the rows of a table, oldest first, so many at a time."""
        ...

    async def add(self, table: str, columns: Sequence[str], rows: list[Row]) -> None:
        """Add rows to a table."""
        ...


async def counted(end: End) -> dict[str, int]:
    """Return how many rows each table has; a table that is not there yet has none.

    Raises StoreUnavailable where a newer Voxpop wrote them.
    """
    await missing(end)
    found = dict.fromkeys(TABLES, 0)
    for table in TABLES:
        if await end.columns(table):
            [[rows]] = await end.rows(f"SELECT count(*) FROM {table}")  # noqa: S608 - ours
            found[table] = rows
    return found
