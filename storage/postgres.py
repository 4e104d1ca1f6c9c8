"""PostgreSQL through asyncpg: any number of processes on one server.

Rows go in as arrays, one a column, so that a batch costs a statement a table. At READ
COMMITTED each statement sees what was committed before it began: whoever changes a
contact's talk holds the contact's row first and reads after that.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import cache
from typing import Any, Final

import asyncpg

from bot.errors import StoreUnavailable
from storage.driver import Plain, Row, Set, Write
from storage.migrate import migrate
from storage.named import Engine, statements
from storage.postgres_errors import LOST, explained, shown

CONNECTIONS: Final = 8
OPEN_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 120.0
"""How long a statement may take; a server that says nothing for longer is gone."""
CLOSE_SECONDS: Final = 5.0
AGAIN_SECONDS: Final = 1.0
BELL: Final = "voxpop"
"""The name under which workers tell each other things."""
MIGRATING: Final = 0x766F78706F70  # "voxpop"
"""The number of the lock under which tables are made."""
SETTINGS: Final = {
    "application_name": "voxpop",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
    "lock_timeout": "2s",
    "synchronous_commit": "on",
    "timezone": "UTC",
}
"""What is acknowledged is on the disk, whatever the server's own habit is."""
_PARAMETER: Final = re.compile(r"\$(\d+)")


class PostgresStatements:
    """Named statements on one connection."""

    shared = True

    def __init__(self, connection: asyncpg.Connection, place: str) -> None:
        self._connection = connection
        self._place = place
        self._texts = statements("postgres")

    async def fetch(self, name: str, *parameters: Set | Plain) -> list[Row]:
        """Return the rows that a named statement gives; a list is handed in whole."""
        text = self._texts[name]
        plain = _arguments(text, parameters)
        with explained(self._place):
            return [tuple(row) for row in await self._connection.fetch(text, *plain)]

    async def write(self, writes: Iterable[Write]) -> None:
        """Execute named statements in this order; one without rows costs nothing."""
        with explained(self._place):
            for name, rows in writes:
                if not rows:
                    continue
                text = self._texts[name]
                if "unnest(" in text:
                    await self._connection.execute(text, *zip(*rows, strict=True))
                else:
                    await self._connection.executemany(text, rows)


def _arguments(text: str, parameters: Sequence[Set | Plain]) -> list[Any]:
    """Return what a statement takes: a list of tuples becomes an array a column.

    >>> _arguments("SELECT $1, $2, $3", ["web", [("a", 1), ("b", 2)]])
    ['web', ('a', 'b'), (1, 2)]
    >>> _arguments("SELECT $1, $2, $3", ["web", []])
    ['web', (), ()]
    """
    found: list[Any] = []
    width = _width(text) - len(parameters) + 1
    for given in parameters:
        if not isinstance(given, list):
            found.append(given)
        elif given and isinstance(given[0], tuple):
            found.extend(zip(*given, strict=True))
        elif given or width == 1:
            found.append(given)
        else:
            found.extend(() for _ in range(width))
    return found


@cache
def _width(text: str) -> int:
    """Return how many parameters a statement has."""
    return max((int(number) for number in _PARAMETER.findall(text)), default=0)


class PostgresTarget:
    """A database to bring up to date."""

    engine: Engine = "postgres"

    def __init__(self, connection: asyncpg.Connection, place: str) -> None:
        self._connection = connection
        self.place = place

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Open a transaction; who would migrate meanwhile waits for its end."""
        async with self._connection.transaction():
            await self._connection.execute("SET LOCAL lock_timeout = 0")
            lock = "SELECT pg_advisory_xact_lock($1)"
            await self._connection.execute(lock, MIGRATING)
            yield

    async def rows(self, sql: str, *parameters: object) -> Sequence[Row]:
        """Return what a statement gives."""
        return [tuple(row) for row in await self._connection.fetch(sql, *parameters)]

    async def script(self, text: str) -> None:
        """Execute statements, one after the other."""
        await self._connection.execute(text)


class PostgresDriver:
    """A pool of connections."""

    shared = True

    def __init__(self, url: str, pool: asyncpg.Pool) -> None:
        self._url = url
        self._place = shown(url)
        self._pool = pool
        self._closed = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresStatements]:
        """Open a transaction beside those of others."""
        async with self._between("read_committed", readonly=False) as found:
            yield found

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[PostgresStatements]:
        """Open a look at one moment; writers go on meanwhile."""
        async with self._between("repeatable_read", readonly=True) as found:
            yield found

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection as it is."""
        if self._closed:
            raise StoreUnavailable("The store is closed: Voxpop is shutting down.")
        async with AsyncExitStack() as stack:
            with explained(self._place):
                lent = self._pool.acquire(timeout=OPEN_SECONDS)
                connection = await stack.enter_async_context(lent)
            yield connection

    @asynccontextmanager
    async def _between(
        self, isolation: str, *, readonly: bool
    ) -> AsyncIterator[PostgresStatements]:
        """Begin, and commit at the end; roll back on any error or cancellation."""
        async with self.connection() as connection:
            transaction = connection.transaction(isolation=isolation, readonly=readonly)
            with explained(self._place), _whole(connection):
                await transaction.start()
            try:
                yield PostgresStatements(connection, self._place)
            except BaseException:
                with suppress(asyncpg.PostgresError, *LOST), _whole(connection):
                    await transaction.rollback()
                raise
            with explained(self._place), _whole(connection):
                await transaction.commit()

    async def ring(self, words: str) -> None:
        """Say some words to all who listen at this database."""
        async with self.connection() as connection:
            with explained(self._place):
                await connection.execute("SELECT pg_notify($1, $2)", BELL, words)

    async def listen(self, hear: Callable[[str], None]) -> None:
        """Hand over what is rung, until cancelled; what rings meanwhile is lost."""
        while True:
            with suppress(StoreUnavailable):
                await self._listen(hear)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self, hear: Callable[[str], None]) -> None:
        """Listen on a connection of our own until it breaks."""
        gone = asyncio.Event()
        with explained(self._place):
            connection = await asyncpg.connect(
                self._url, timeout=OPEN_SECONDS, server_settings=SETTINGS
            )
            try:
                connection.add_termination_listener(lambda _: gone.set())
                await connection.add_listener(BELL, lambda *told: hear(told[-1]))
                await gone.wait()
            finally:
                connection.terminate()

    async def scrub(self) -> None:
        """Do nothing: the server's own vacuum gives the room to other rows."""

    async def shut(self) -> None:
        """Take nothing more in, and wait for what is under way."""
        self._closed = True
        try:
            await asyncio.wait_for(self._pool.close(), CLOSE_SECONDS)
        except (TimeoutError, OSError, asyncpg.PostgresError):
            self._pool.terminate()


@asynccontextmanager
async def open_postgres(url: str) -> AsyncIterator[PostgresDriver]:
    """Open a database, brought up to date; close it after use.

    Raises StoreUnavailable, with a sentence that says what to do about it.
    """
    place = shown(url)
    async with AsyncExitStack() as stack:
        with explained(place):
            pool = await asyncpg.create_pool(
                url,
                min_size=0,
                max_size=CONNECTIONS,
                reset=_leave,
                timeout=OPEN_SECONDS,
                command_timeout=ANSWER_SECONDS,
                statement_cache_size=256,
                server_settings=SETTINGS,
            )
        driver = PostgresDriver(url, pool)
        stack.push_async_callback(driver.shut)
        async with driver.connection() as connection:
            with explained(place):
                await _suits(connection, place)
                await migrate(PostgresTarget(connection, place))
        yield driver


@contextmanager
def _whole(connection: asyncpg.Connection) -> Iterator[None]:
    """Give a connection up where a transaction's begin or end was cut short.

    Nobody knows then on which side of it the server is: another connection is opened.
    """
    try:
        yield
    except asyncpg.PostgresError:
        raise
    except BaseException:
        connection.terminate()
        raise


async def _leave(_connection: asyncpg.Connection) -> None:
    """Leave a connection as it is: no transaction of ours changes anything of it."""


async def _suits(connection: asyncpg.Connection, place: str) -> None:
    """Refuse a database that cannot hold what people write."""
    encoding = await connection.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        raise StoreUnavailable(
            f"The database {place} holds its texts as {encoding}; make one with "
            "`createdb --encoding=UTF8 --template=template0`."
        )
