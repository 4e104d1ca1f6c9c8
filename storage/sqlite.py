"""SQLite through aiosqlite's public calls: one file, one writer, write-ahead log.

A connection does what it is told in the order it is told, also what nobody waits for
any more. So a cancelled task leaves no transaction behind: its rollback stands in the
queue before whatever comes next.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from sqlite3 import SQLITE_BUSY, Error
from typing import Final

import aiosqlite
from msgspec import json

from bot.errors import StoreUnavailable
from storage.connection import TOGETHER, Connected, Connection, Direct
from storage.driver import Plain, Row, Set, Write
from storage.migrate import migrate
from storage.named import Engine, statements
from storage.sqlite_errors import PRIMARY, explained, usable

MEMORY: Final = ":memory:"
BUSY_SECONDS: Final = 2.0
"""How long a statement waits for another process to let go of the database."""
QUIET_SECONDS: Final = 0.25
LOUD_SECONDS: Final = 2.0
"""A checkpoint runs when nothing was written for the first time, or after the second
where writing never rests. It runs beside the writer and does not hold it up."""
LONGEST_LOG: Final = 20_000
"""Pages after which a commit itself makes a checkpoint, should none have caught up."""
_STATEMENTS: Final = 256
_ATTEMPTS: Final = 50

_encode = json.Encoder().encode


class SqliteStatements:
    """Named statements on one connection."""

    shared = False

    def __init__(self, connection: Connected, place: str) -> None:
        self._connection = connection
        self._place = place
        self._texts = statements("sqlite")

    async def fetch(self, name: str, *parameters: Set | Plain) -> list[Row]:
        """Return the rows that a named statement gives; a list is handed in whole."""
        plain = [
            _encode(given).decode() if isinstance(given, list) else given
            for given in parameters
        ]
        with explained(self._place):
            found = await self._connection.execute_fetchall(self._texts[name], plain)
        return list(found)

    async def write(self, writes: Iterable[Write]) -> None:
        """Execute named statements in this order; one without rows costs nothing."""
        texts = self._texts
        together = [(texts[name], rows) for name, rows in writes if rows]
        if together:
            with explained(self._place):
                await self._connection.executemany(TOGETHER, together)


class SqliteTarget:
    """A file to bring up to date."""

    engine: Engine = "sqlite"

    def __init__(self, connection: Connected, place: str) -> None:
        self._connection = connection
        self.place = place

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Open a transaction that keeps everybody else out, readers too."""
        await self._connection.execute_fetchall("BEGIN EXCLUSIVE")
        try:
            yield
            await self._connection.commit()
        except BaseException:
            await self._connection.rollback()
            raise

    async def rows(self, sql: str, *parameters: object) -> Sequence[Row]:
        """Return what a statement gives."""
        return list(await self._connection.execute_fetchall(sql, parameters))

    async def script(self, text: str) -> None:
        """Execute statements, within the transaction that is open."""
        for statement in split(text):
            await self._connection.execute_fetchall(statement)


def split(text: str) -> Iterator[str]:
    r"""Yield the statements of a script, one after the other.

    >>> [part.strip() for part in split("SELECT ';';\nSELECT 2;\n")]
    ["SELECT ';';", 'SELECT 2;']
    """
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


class SqliteDriver:
    """One connection that writes, and for a file one that reads beside it."""

    shared = False

    def __init__(
        self,
        place: str,
        writer: Connected,
        reader: Connected | None,
    ) -> None:
        self._place = place
        self._writer = writer
        self._reader = reader or writer
        self._writing = asyncio.Lock()
        self._reading = asyncio.Lock() if reader else self._writing
        self._written = asyncio.Event()
        self._commits = 0
        self._closed = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqliteStatements]:
        """Open the one writing transaction; whoever comes meanwhile waits."""
        async with (
            self._writing,
            self._between(self._writer, "BEGIN IMMEDIATE") as found,
        ):
            yield found
        self._commits += 1
        self._written.set()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqliteStatements]:
        """Open a look at one moment; writers go on meanwhile, where there is a file."""
        async with self._reading, self._between(self._reader, "BEGIN") as found:
            yield found

    @asynccontextmanager
    async def _between(
        self, connection: Connected, begin: str
    ) -> AsyncIterator[SqliteStatements]:
        """Begin, and commit at the end; roll back on any error or cancellation."""
        if self._closed:
            raise StoreUnavailable("The store is closed: Voxpop is shutting down.")
        try:
            with explained(self._place):
                await connection.execute_fetchall(begin)
            yield SqliteStatements(connection, self._place)
            with explained(self._place):
                await connection.commit()
        except BaseException:
            with suppress(Error, ValueError):  # nothing to roll back on what is gone
                await connection.rollback()
            raise

    async def ring(self, words: str) -> None:
        """Say nothing: nobody listens, for one process has a file alone."""

    async def listen(self, hear: Callable[[str], None]) -> None:  # noqa: ARG002
        """Hear nothing, until cancelled."""
        await asyncio.Event().wait()

    async def keep_log_short(self) -> None:
        """Move the log into the database while nobody writes, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._written.wait()
            latest = loop.time() + LOUD_SECONDS
            known = -1
            while known != self._commits and loop.time() < latest:
                known = self._commits
                await asyncio.sleep(QUIET_SECONDS)
            self._written.clear()
            with suppress(Error):
                async with self._reading:
                    await self._reader.execute_fetchall(
                        "PRAGMA wal_checkpoint(PASSIVE)"
                    )

    async def scrub(self) -> None:
        """Cut the log, which holds what pages said before; next time where it is busy.

        In the pages themselves nothing stays of what was deleted: `secure_delete`.
        """
        if self._place == MEMORY:
            return
        async with self._writing, self._reading:
            with explained(self._place):
                await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def shut(self) -> None:
        """Take nothing more in, and wait for what is under way."""
        self._closed = True
        async with AsyncExitStack() as locks:
            await locks.enter_async_context(self._writing)
            if self._reading is not self._writing:
                await locks.enter_async_context(self._reading)


@asynccontextmanager
async def open_sqlite(
    place: str, *, threaded: bool = True
) -> AsyncIterator[SqliteDriver]:
    """Open a database file, or `:memory:`, brought up to date; close it after use.

    One in memory needs no thread of its own where nobody else works at the same time.
    Raises StoreUnavailable, with a sentence that says what to do about it.
    """
    usable(place)
    async with AsyncExitStack() as stack:
        writer: Connected = (
            await _connect(stack, place) if threaded else await _direct(stack)
        )
        with explained(place):
            await migrate(SqliteTarget(writer, place))
        if place == MEMORY:
            driver = SqliteDriver(place, writer, None)
        else:
            reader = await _connect(stack, place)
            await reader.execute_fetchall("PRAGMA query_only = ON")
            driver = SqliteDriver(place, writer, reader)
            tidying = asyncio.create_task(driver.keep_log_short())
            stack.push_async_callback(_end, tidying)
        stack.push_async_callback(driver.shut)
        yield driver


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _connect(stack: AsyncExitStack, place: str) -> aiosqlite.Connection:
    """Open a connection that the stack closes, set up as all of ours are."""
    with explained(place):
        connection = await stack.enter_async_context(
            aiosqlite.connect(
                place if place == MEMORY else Path(place),
                isolation_level=None,
                timeout=BUSY_SECONDS,
                cached_statements=_STATEMENTS,
                factory=Connection,
            )
        )
        for setting in SETTINGS:
            await _set(connection, setting)
    return connection


async def _direct(stack: AsyncExitStack) -> Direct:
    """Open a database in memory without a thread, set up as all of ours are."""
    opened = sqlite3.connect(
        MEMORY,
        isolation_level=None,
        cached_statements=_STATEMENTS,
        factory=Connection,
    )
    stack.callback(opened.close)
    connection = Direct(opened)
    for setting in SETTINGS:
        await _set(connection, setting)
    return connection


async def _set(connection: Connected, setting: str) -> None:
    """Make a setting; where it needs the file alone, SQLite does not wait by itself."""
    for _ in range(_ATTEMPTS):
        try:
            await connection.execute_fetchall(f"PRAGMA {setting}")
        except Error as error:
            if error.sqlite_errorcode & PRIMARY != SQLITE_BUSY:
                raise
            await asyncio.sleep(BUSY_SECONDS / _ATTEMPTS)
        else:
            return
    await connection.execute_fetchall(f"PRAGMA {setting}")


SETTINGS: Final = (
    "journal_mode = WAL",
    "foreign_keys = ON",
    "synchronous = FULL",
    f"wal_autocheckpoint = {LONGEST_LOG}",
    "journal_size_limit = 67108864",
    "cache_size = -32768",
    "temp_store = MEMORY",
    "secure_delete = ON",
)
