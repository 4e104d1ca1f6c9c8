"""The seam: what a database must do. Statements have names; their text is SQL's.

Everything is set-wise, so that a batch costs a statement a table: SQLite takes a set as
one JSON text (`json_each`), PostgreSQL as arrays, one a column (`unnest`).
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

Row = tuple[Any, ...]
Set = list[int] | list[str] | list[tuple[int, int]] | list[Row]
Plain = int | str | None
Write = tuple[str, Sequence[Row]]
"""A statement and the rows that it is to be executed with, one after the other."""


class Statements(Protocol):
    """What can be said inside one transaction.

    In a `shared` database others may write at the same time: there, whoever changes a
    contact's talk holds the contact first. Elsewhere a transaction is alone anyway.
    """

    shared: bool

    async def fetch(self, name: str, *parameters: Set | Plain) -> list[Row]:
        """Return the rows that a named statement gives; a list is handed in whole."""
        ...

    async def write(self, writes: Iterable[Write]) -> None:
        """Execute named statements in this order; one without rows costs nothing."""
        ...


class Driver(Protocol):
    """A database, `shared` with other processes or not.

    Raises StoreUnavailable where it is full, locked or gone.

    Raises StoreBusy where other transactions were in the way, StoreConflict where
    another one stored the same first: both may be tried again.
    """

    shared: bool

    def transaction(self) -> AbstractAsyncContextManager[Statements]:
        """Open a transaction that commits at its end, and rolls back on an error."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Statements]:
        """Open a look at one moment of the database."""
        ...

    async def ring(self, words: str) -> None:
        """Say some words to all who listen at this database."""
        ...

    async def listen(self, hear: Callable[[str], None]) -> None:
        """Hand over what is rung, until cancelled."""
        ...

    async def scrub(self) -> None:
        """Have what was deleted leave the disk, as far as the database lets us."""
        ...
