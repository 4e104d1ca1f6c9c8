"""What SQLite complains of, in sentences that say what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.errors import StoreConflict, StoreFull, StoreUnavailable

OLDEST: Final = (3, 38, 0)
"""The first SQLite with strict tables and `->>`."""

PRIMARY: Final = 0xFF
"""The part of an error code that says what is wrong; the rest is detail."""
_SENTENCES: Final = {
    sqlite3.SQLITE_BUSY: "The database {place} is locked by another program; "
    "close that program, or try again.",
    sqlite3.SQLITE_LOCKED: "The database {place} is locked; try again.",
    sqlite3.SQLITE_PROTOCOL: "The database {place} is locked by too many programs; "
    "close some, or try again.",
    sqlite3.SQLITE_INTERRUPT: "The database {place} was interrupted; try again.",
    sqlite3.SQLITE_NOMEM: "There is not enough memory for the database {place}.",
    sqlite3.SQLITE_IOERR: "The disk with the database {place} does not read or write; "
    "check the disk and its cables or mount.",
    sqlite3.SQLITE_READONLY: "The database {place} cannot be written to; "
    "give this user the right to write the file and its folder.",
    sqlite3.SQLITE_PERM: "The database {place} may not be opened; "
    "give this user the right to read and write it.",
    sqlite3.SQLITE_CANTOPEN: "The database {place} cannot be opened; "
    "check that its folder exists and may be written to.",
    sqlite3.SQLITE_CORRUPT: "The database {place} is damaged; restore a backup.",
    sqlite3.SQLITE_NOTADB: "The file {place} is no Voxpop database; "
    "name another file in `database`.",
}
_DOUBLED: Final = frozenset(
    {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
)
_FULL: Final = (
    "The disk with the database {place} is full; make room, and it works again."
)


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn the store's own failures into StoreUnavailable; others pass as they are."""
    try:
        yield
    except sqlite3.Error as error:
        known = _translated(error, place)
        if known is None:
            raise
        raise known from error


def _translated(
    error: sqlite3.Error, place: str
) -> StoreUnavailable | StoreConflict | None:
    detailed = getattr(error, "sqlite_errorcode", 0)
    if detailed in _DOUBLED:
        return StoreConflict("The same is stored already.")
    code = detailed & PRIMARY
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(_FULL.format(place=place))
    if code in _SENTENCES:
        return StoreUnavailable(_SENTENCES[code].format(place=place))
    return None


def usable(place: str) -> None:
    """Raise StoreUnavailable where this can be no database, before SQLite tries."""
    if sqlite3.sqlite_version_info < OLDEST:
        raise StoreUnavailable(
            f"This Python brings SQLite {sqlite3.sqlite_version}, and Voxpop needs "
            f"{'.'.join(map(str, OLDEST))} or newer; use a newer Python."
        )
    path = Path(place)
    if path.is_dir():
        raise StoreUnavailable(
            f"The database {place} is a folder; name a file in `database`."
        )
    if not path.parent.is_dir():
        raise StoreUnavailable(
            f"The folder {path.parent} of the database does not exist; "
            "create it, or name another file in `database`."
        )
