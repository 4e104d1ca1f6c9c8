"""Put a backup in a database's place; what was there is kept beside it.

The new one is made ready under another name before it gets its place, so that nobody
ever meets half of it.
"""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from typing import Final, Literal

from bot.errors import StoreUnavailable, WrongUse
from storage.alone import FILE, alone
from storage.backup import (
    Told,
    checked,
    copied,
    must_be_ours,
)
from storage.ends import counted
from storage.migrate import migrate
from storage.placing import BESIDE, sync, written
from storage.reloading import Ready, Restored, holding, reload
from storage.sqlite import MEMORY
from storage.sqlite_end import MAGIC, open_file
from storage.sqlite_errors import PRIMARY
from storage.store import POSTGRES

DUMP: Final = b"PGDMP"
"""What every dump of pg_dump's own format begins with."""


async def restore(
    url: str, file: Path, now: datetime, *, replace: bool, ready: Ready, told: Told
) -> Restored:
    """Put a backup in the place of a database, brought up to date and made `ready`.

    Raises WrongUse where the database holds something and is not to be replaced, or
    where the file is of another kind; StoreUnavailable where the file is damaged or
    newer than this Voxpop, or where somebody works on the database.
    """
    kind = kind_of(file)
    wanted = "postgres" if url.startswith(POSTGRES) else "sqlite"
    if kind != wanted:
        raise WrongUse(_OTHER[kind].format(file=file))
    when = f"{now:%Y%m%dT%H%M%SZ}"
    if wanted == "postgres":
        return await reload(url, file, when, replace=replace, ready=ready)
    place = Path(url.removeprefix(FILE))
    if str(place) == MEMORY:
        raise WrongUse("`database` names one in memory; name one that lasts.")
    if _same(place, file):
        raise WrongUse(f"{file} is the database itself; name a backup of it.")
    async with alone(url), _old(place, when, replace=replace) as set_aside:
        with written(place, replace=True) as part:
            tables = await _prepared(file, part, ready, told)
            _like(part, place)
            kept = set_aside()
        return Restored(tables, kept)


def kind_of(file: Path) -> Literal["sqlite", "postgres"]:
    """Return which engine's backup a file is; raise WrongUse where it is none."""
    try:
        with file.open("rb") as opened:
            head = opened.read(len(MAGIC))
    except OSError as error:
        raise WrongUse(f"{file} cannot be read: {error.strerror}.") from None
    if head == MAGIC:
        return "sqlite"
    if head.startswith(DUMP):
        return "postgres"
    raise WrongUse(f"{file} is no backup of Voxpop's.")


_OTHER: Final = {
    "sqlite": "{file} is a backup of SQLite, and `database` names PostgreSQL; move it: "
    "voxpop migrate --from sqlite:///FILE --to postgresql://…",
    "postgres": "{file} is a backup of PostgreSQL, and `database` names a file; "
    "restore it into PostgreSQL, and then use voxpop migrate.",
}


async def _prepared(file: Path, part: Path, ready: Ready, told: Told) -> dict[str, int]:
    """Make a copy of a backup ready to be served; return how many rows it holds."""
    async with open_file(str(file), look=True) as source:
        await must_be_ours(source)
        async with open_file(str(part)) as copy:
            async with source.reading():
                await copied(source, copy, told)
            tables = await checked(copy, str(file))
            await migrate(copy)
    await ready(f"{FILE}{part}")
    async with open_file(str(part)) as copy:
        await copy.rows("PRAGMA journal_mode = DELETE")
    return tables


@asynccontextmanager
async def _old(
    place: Path, when: str, *, replace: bool
) -> AsyncIterator[Callable[[], str | None]]:
    """Look at what stands in the place; give what keeps it beside, under a dated name.

    Nobody may have it open: its log is moved into it first, so that the new database
    does not meet the log of the old one.
    """
    rows = {} if _is_blank(place) else await _closed(place)
    if rows != {} and not replace:
        raise WrongUse(
            f"The database {place} {holding(rows)}; say --replace to put the backup "
            "in its place: it is kept beside it under another name."
        )
    beside = place.with_name(f"{place.name}.before-{when}")

    def set_aside() -> str | None:
        if rows != {}:
            _link(place, beside)
        for ending in BESIDE:  # what was not moved in must not be met by the new one
            with suppress(FileNotFoundError):
                Path(f"{place}{ending}").replace(f"{beside}{ending}")
        sync(place.parent)
        return None if rows == {} else str(beside)

    yield set_aside


async def _closed(place: Path) -> dict[str, int] | None:
    """Return the rows of a database that nobody has open, by table that has any.

    None where it cannot be read. Raises StoreUnavailable where somebody has it open.
    """
    try:
        async with open_file(str(place)) as old:
            await old.rows("PRAGMA journal_mode = DELETE")
            rows = await counted(old)
    except StoreUnavailable as error:
        if getattr(error.__cause__, "sqlite_errorcode", 0) & PRIMARY == SQLITE_BUSY:
            raise StoreUnavailable(
                f"Another program has the database {place} open; close it first."
            ) from None
        return None
    return {table: many for table, many in rows.items() if many}


def _same(place: Path, file: Path) -> bool:
    return place.exists() and place.samefile(file)


def _is_blank(place: Path) -> bool:
    return not place.exists() or place.stat().st_size == 0


def _link(place: Path, beside: Path) -> None:
    """Give a file a second name, or where that cannot be, another one."""
    try:
        os.link(place, beside)
    except OSError:
        place.replace(beside)


def _like(part: Path, place: Path) -> None:
    """Give a file the owner and the rights of the one whose place it takes."""
    if place.exists():
        there = place.stat()
        shutil.copymode(place, part)
        with suppress(PermissionError):
            os.chown(part, there.st_uid, there.st_gid)
