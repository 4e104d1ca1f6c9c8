"""A SQLite file by its tables."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import aiosqlite

from bot.errors import StoreUnavailable
from storage.driver import Row
from storage.ends import CHUNK
from storage.sqlite import BUSY_SECONDS, SqliteTarget
from storage.sqlite_errors import explained, usable

MAGIC: Final = b"SQLite format 3\0"
"""What every SQLite database begins with."""


class SqliteEnd(SqliteTarget):
    """A connection of our own to a database file."""

    made: Mapping[str, frozenset[str]] = {"addresses": frozenset({"place"})}

    def __init__(self, connection: aiosqlite.Connection, place: str) -> None:
        super().__init__(connection, place)
        self.connection = connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Open a look at one moment; writers go on meanwhile."""
        await self.rows("BEGIN")
        try:
            await self.rows("SELECT count(*) FROM sqlite_schema")  # from here on
            yield
        finally:
            await self.connection.rollback()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Open a transaction: all of it or nothing."""
        await self.rows("BEGIN IMMEDIATE")
        try:
            yield
            with explained(self.place):
                await self.connection.commit()
        except BaseException:
            with suppress(aiosqlite.Error, ValueError):
                await self.connection.rollback()
            raise

    async def served(self) -> bool:
        """Say no: of a file a lock beside it tells."""
        return False

    async def rows(self, sql: str, *parameters: object) -> Sequence[Row]:
        """Return what a statement gives."""
        with explained(self.place):
            return await super().rows(sql, *parameters)

    async def backed_up(
        self, copy: "SqliteEnd", pages: int, told: Callable[[int, int, int], None]
    ) -> None:
        """Copy all pages to another database, and tell after so many of them."""
        with explained(copy.place):
            await self.connection.backup(copy.connection, pages=pages, progress=told)

    async def columns(self, table: str) -> list[str]:
        """Return the columns of a table, in their order."""
        sql = "SELECT name FROM pragma_table_info(?) ORDER BY cid"
        return [name for (name,) in await self.rows(sql, table)]

    async def chunks(
        self, table: str, columns: Sequence[str]
    ) -> AsyncIterator[list[Row]]:
        """Yield the rows of a table, oldest first, so many at a time."""
        order = "ORDER BY place" if table == "addresses" else ""
        sql = f"SELECT {', '.join(columns)} FROM {table} {order}"  # noqa: S608 - ours
        with explained(self.place):
            async with self.connection.execute(sql) as cursor:
                while rows := await cursor.fetchmany(CHUNK):
                    yield [tuple(row) for row in rows]

    async def add(self, table: str, columns: Sequence[str], rows: list[Row]) -> None:
        """Add rows to a table."""
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - ours
        with explained(self.place):
            await self.connection.executemany(sql, rows)


@asynccontextmanager
async def open_file(
    place: str, *, make: bool = False, look: bool = False
) -> AsyncIterator[SqliteEnd]:
    """Open a database file as it is; only with `make` one is made where there is none.

    With `look` nothing is written to it. Raises StoreUnavailable.
    """
    usable(place)
    mode = "ro" if look else "rwc" if make else "rw"
    async with AsyncExitStack() as stack:
        with explained(place):
            connection = await stack.enter_async_context(
                aiosqlite.connect(
                    _address(place, mode),
                    uri=True,
                    isolation_level=None,
                    timeout=BUSY_SECONDS,
                )
            )
            await connection.execute_fetchall("SELECT count(*) FROM sqlite_schema")
            await connection.execute_fetchall("PRAGMA foreign_keys = ON")
        yield SqliteEnd(connection, place)


def _address(place: str, mode: str) -> str:
    """Return the address of a file; raise StoreUnavailable where it has to be there.

    To look at one without a log takes no lock, and makes no file beside it.
    """
    path = Path(place)
    if mode != "rwc" and not path.is_file():
        raise StoreUnavailable(f"There is no database {place}.")
    log = path.with_name(f"{path.name}-wal")
    alone = "&immutable=1" if mode == "ro" and not log.exists() else ""
    return f"{path.absolute().as_uri()}?mode={mode}{alone}"
