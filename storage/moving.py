"""Moving all there is from one database to another, of the same engine or not."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.errors import StoreUnavailable, WrongUse
from storage.alone import FILE, alone
from storage.ends import TABLES, End, counted
from storage.migrate import migrate
from storage.named import statements
from storage.postgres_end import open_server
from storage.sqlite_end import open_file
from storage.store import POSTGRES

Told = Callable[[str, int, int], None]
"""Is told which table is under way, how many rows are done, and of how many."""


async def move(source_url: str, target_url: str, told: Told) -> dict[str, int]:
    """Copy every table, in one transaction; return how many rows of each arrived.

    Both are brought up to date first. Raises WrongUse where the target holds anything,
    StoreUnavailable where somebody works on either, or where not all of it arrived.
    """
    if source_url == target_url:
        raise WrongUse("--from and --to name the same database.")
    async with _quiet(source_url, make=False) as source:
        await migrate(source)
        async with _quiet(target_url, make=True) as target:
            await migrate(target)
            async with source.reading(), target.writing():
                await _must_be_empty(target)
                wanted = await counted(source)
                await _copy(source, target, wanted, told)
                await _must_agree(source, target, wanted)
    return wanted


async def bring_up(url: str) -> list[str]:
    """Bring a database up to date, made where there is none; return what was applied.

    Raises StoreUnavailable as `migrate` does.
    """
    async with open_end(url, make=True) as end:
        return await migrate(end)


@asynccontextmanager
async def open_end(
    url: str, *, make: bool = False, look: bool = False
) -> AsyncIterator[End]:
    """Open the database that an address names, as it is.

    Raises WrongUse where there is no such kind, StoreUnavailable where it cannot be
    opened; a file is made only with `make`, and not written to with `look`.
    """
    if url.startswith(POSTGRES):
        async with open_server(url) as server:
            yield server
        return
    place = url.removeprefix(FILE)
    if place in {url, "", ":memory:"}:
        raise WrongUse(
            "A database that lasts is needed here, such as sqlite:///voxpop.db "
            "or postgresql://user@host/name."
        )
    async with open_file(place, make=make, look=look) as file:
        yield file


@asynccontextmanager
async def _quiet(url: str, *, make: bool) -> AsyncIterator[End]:
    """Open a database on which nobody else works."""
    async with open_end(url, make=make) as end, alone(url):
        await must_be_quiet(end)
        yield end


async def must_be_quiet(end: End) -> None:
    """Raise StoreUnavailable where another Voxpop works on a database."""
    if await end.served():
        raise StoreUnavailable(
            f"Another Voxpop works on the database {end.place}; stop it first."
        )


async def _must_be_empty(target: End) -> None:
    rows = sum((await counted(target)).values())
    if rows:
        raise WrongUse(
            f"The database {target.place} holds something already (rows: {rows:,}); "
            "name an empty one."
        )


async def _copy(source: End, target: End, wanted: dict[str, int], told: Told) -> None:
    for table in TABLES:
        made = target.made.get(table, frozenset())
        columns = [name for name in await target.columns(table) if name not in made]
        done = 0
        told(table, done, wanted[table])
        async for rows in source.chunks(table, columns):
            await target.add(table, columns, rows)
            done += len(rows)
            told(table, done, wanted[table])


async def _must_agree(source: End, target: End, wanted: dict[str, int]) -> None:
    """Raise StoreUnavailable where something differs: nothing is kept then."""
    arrived = await counted(target)
    lost = [table for table in TABLES if arrived[table] != wanted[table]]
    if await _recounted(source) != await _recounted(target):
        lost.append("the counts of the reports")
    if lost:
        raise StoreUnavailable(
            f"Not all of it arrived in {target.place} ({', '.join(lost)}); "
            "nothing was kept there."
        )


async def _recounted(end: End) -> list[tuple[object, ...]]:
    """Return where the histograms differ from the answers, in an order of our own."""
    rows = await end.rows(statements(end.engine)["counts_differing"])
    return sorted(tuple(row) for row in rows)
