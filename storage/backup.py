"""Backups: one moment of a database in one file, also while others write to it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.errors import StoreUnavailable
from storage.alone import FILE
from storage.ends import LATER, TABLES, counted
from storage.placing import written
from storage.postgres_end import PostgresEnd, open_server
from storage.programs import client, run
from storage.sqlite_end import SqliteEnd, open_file
from storage.store import POSTGRES

PAGES: Final = 2_000
"""Pages that are copied between two words on how far it is."""
AS_IT_IS: Final = ("--no-owner", "--no-privileges")
"""Whoever restores a dump owns what is in it."""
_DATA: Final = re.compile(r" TABLE DATA \S+ (\w+) ")
"""A table in the list of a dump."""

Told = Callable[[int, int], None]
"""Is told how much is done, and of how much; nobody knows where the second is 0."""


async def back_up(url: str, file: Path, *, replace: bool, told: Told) -> dict[str, int]:
    """Write a database to a file; return how many rows of each table are in it.

    The file gets its name when it is whole, checked and on the disk. Raises WrongUse
    where it is there already, StoreUnavailable where either cannot be used.
    """
    with written(file, replace=replace) as part:
        if url.startswith(POSTGRES):
            return await _dump(url, part, told)
        return await _copy(url.removeprefix(FILE), part, told)


# ── SQLite ───────────────────────────────────────────────────────────────────────


async def _copy(place: str, part: Path, told: Told) -> dict[str, int]:
    async with open_file(place) as source:
        await must_be_ours(source)
        async with open_file(str(part), make=True) as copy:
            async with source.reading():
                await copied(source, copy, told)
            return await checked(copy, place)


async def copied(source: SqliteEnd, copy: SqliteEnd, told: Told) -> None:
    """Copy every page of a database as it is at the moment that the source looks at.

    While the look is open, writers go on beside it, and it never has to begin anew.
    """

    def tell(_status: int, remaining: int, total: int) -> None:
        told(total - remaining, total)

    await copy.rows("PRAGMA synchronous = OFF")  # it is put on the disk at the end
    await source.backed_up(copy, PAGES, tell)
    await copy.rows("PRAGMA journal_mode = DELETE")  # one file holds all of it


async def checked(copy: SqliteEnd, place: str) -> dict[str, int]:
    """Return how many rows each table of a copy has, once it was found to be sound."""
    found = [row for (row,) in await copy.rows("PRAGMA integrity_check")]
    if found != ["ok"]:
        raise StoreUnavailable(
            f"The database {place} is damaged ({found[0]}); restore a backup."
        )
    return await must_be_ours(copy)


async def must_be_ours(end: SqliteEnd | PostgresEnd) -> dict[str, int]:
    """Return how many rows each table has.

    Raises StoreUnavailable where it is no database of Voxpop's, or of a newer one.
    """
    if not await end.columns("migrations"):
        raise StoreUnavailable(f"{end.place} is no Voxpop database.")
    return await counted(end)


# ── PostgreSQL ───────────────────────────────────────────────────────────────────


async def _dump(url: str, part: Path, told: Told) -> dict[str, int]:
    told(0, 0)
    async with open_server(url) as server:
        program = await client("pg_dump", server)
        async with server.reading():
            rows = await must_be_ours(server)
            [[moment]] = await server.rows("SELECT pg_export_snapshot()")
            [[schema]] = await server.rows("SELECT current_schema()")
            own = (f"--schema={schema}", f"--snapshot={moment}", f"--file={part}")
            await run([program, *AS_IT_IS, "--format=custom", *own], url)
        await listed(part, server)
    return rows


async def listed(file: Path, server: PostgresEnd) -> None:
    """Raise StoreUnavailable where a dump cannot be read, or is not Voxpop's.

    One that an older Voxpop made may lack the tables that came later.
    """
    restorer = await client("pg_restore", server)
    names = await run([restorer, "--list", str(file)])
    if not {*TABLES, "migrations"} - LATER <= set(_DATA.findall(names)):
        raise StoreUnavailable(f"{file} does not hold all of Voxpop's tables.")
