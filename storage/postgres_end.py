"""A PostgreSQL database by its tables."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from storage.driver import Row
from storage.ends import CHUNK
from storage.postgres import OPEN_SECONDS, PostgresTarget
from storage.postgres_errors import explained, shown

SETTINGS: Final = {"application_name": "voxpop", "timezone": "UTC"}
"""The name is what others know us by; a long look must not be cut short."""
_HOME: Final = frozenset({"home"})


class PostgresEnd(PostgresTarget):
    """A connection of our own to a database."""

    made: Mapping[str, frozenset[str]] = {"addresses": _HOME, "inbound": _HOME}

    def __init__(self, connection: asyncpg.Connection, place: str) -> None:
        super().__init__(connection, place)
        self.connection = connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Open a look at one moment; writers go on meanwhile."""
        async with self.connection.transaction(
            isolation="repeatable_read", readonly=True
        ):
            yield

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Open a transaction: all of it or nothing."""
        with explained(self.place):
            async with self.connection.transaction():
                yield

    async def served(self) -> bool:
        """Say whether another Voxpop is connected with this database."""
        [[others]] = await self.rows(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database()"
            " AND application_name = $1 AND pid <> pg_backend_pid()",
            SETTINGS["application_name"],
        )
        return bool(others)

    async def rows(self, sql: str, *parameters: object) -> Sequence[Row]:
        """Return what a statement gives."""
        with explained(self.place):
            return await super().rows(sql, *parameters)

    async def columns(self, table: str) -> list[str]:
        """Return the columns of a table, in their order."""
        sql = (
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = $1"
            " ORDER BY ordinal_position"
        )
        return [name for (name,) in await self.rows(sql, table)]

    async def chunks(
        self, table: str, columns: Sequence[str]
    ) -> AsyncIterator[list[Row]]:
        """Yield the rows of a table, oldest first, so many at a time."""
        every = await self.columns(table)
        order = next(
            (f"ORDER BY {by}" for by in ("place", "id") if by in every),
            "",
        )
        sql = f"SELECT {', '.join(columns)} FROM {table} {order}"  # noqa: S608 - ours
        with explained(self.place):
            cursor = await self.connection.cursor(sql)
            while rows := await cursor.fetch(CHUNK):
                yield [tuple(row) for row in rows]

    async def add(self, table: str, columns: Sequence[str], rows: list[Row]) -> None:
        """Add rows to a table, each with the number of its address where it has one."""
        names = list(columns)
        if table in self.made:
            channel, handle = names.index("channel"), names.index("handle")
            rows = [(home(row[channel], row[handle]), *row) for row in rows]
            names = ["home", *names]
        with explained(self.place):
            await self.connection.copy_records_to_table(
                table, records=rows, columns=names
            )


def home(channel: str, handle: str) -> int:
    """Return the number of an address, as the database's own `home_of` does.

    >>> home("web", "ann")
    -6050482721392125298
    """
    digest = hashlib.sha256(f"{channel}:{handle}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


@asynccontextmanager
async def open_server(url: str) -> AsyncIterator[PostgresEnd]:
    """Open a database as it is; raise StoreUnavailable where it cannot be opened."""
    place = shown(url)
    with explained(place):
        connection = await asyncpg.connect(
            url, timeout=OPEN_SECONDS, server_settings=SETTINGS
        )
    try:
        yield PostgresEnd(connection, place)
    finally:
        await connection.close()
