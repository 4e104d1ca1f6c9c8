"""What PostgreSQL complains of, in sentences that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from bot.errors import StoreBusy, StoreConflict, StoreFull, StoreUnavailable, WrongUse

BUSY: Final = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available: it may be tried again."""
DOUBLED: Final = "23505"
FULL: Final = frozenset({"53100"})
LOST: Final = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a cut connection, of which not all is read yet
    OSError,
    TimeoutError,
)
_SENTENCES: Final = {
    "28": "The database {place} does not let us in; check user and password.",
    "3D": "There is no database {place}; create it with `createdb`, or name another.",
    "42501": "This user may not do that in the database {place}; "
    "make it the owner of the database.",
    "53": "The database {place} has no room for us: {said}; "
    "raise its limits, or close some of what uses it.",
    "57": "The database {place} is stopping or starting; it is tried again.",
    "08": "The connection to the database {place} broke; it is tried again.",
    "25006": "The database {place} takes no writes: it is a standby; "
    "name the primary in `database`.",
    "58": "The disk with the database {place} does not read or write; check it.",
    "XX": "The database {place} is damaged; restore a backup.",
}
"""Sentences by SQLSTATE, or by its class: the first two characters."""
_FULL: Final = (
    "The disk with the database {place} is full; make room, and it works again."
)
_GONE: Final = (
    "The database {place} cannot be reached; start it, or correct `database`."
)


def shown(url: str) -> str:
    """Return a database's address without what is secret in it.

    >>> shown("postgresql://ann:secret@db.example:5433/voxpop?sslmode=require")
    'postgresql://db.example:5433/voxpop'
    """
    parts = urlsplit(url)
    _, _, where = parts.netloc.rpartition("@")
    return f"postgresql://{where}{parts.path}"


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn the store's own failures into StoreUnavailable; others pass as they are."""
    try:
        yield
    except asyncpg.PostgresError as error:
        known = _translated(error, place)
        if known is None:
            raise
        raise known from error
    except (asyncpg.ClientConfigurationError, ValueError) as error:
        raise WrongUse(f"The address of the database is not right: {error}") from None
    except LOST as error:
        raise StoreUnavailable(_GONE.format(place=place)) from error


def _translated(
    error: asyncpg.PostgresError, place: str
) -> StoreUnavailable | StoreConflict | None:
    code = error.sqlstate or ""
    if code in BUSY:
        return StoreBusy("Others changed the same at the same time; try again.")
    if code == DOUBLED:
        return StoreConflict("Somebody else stored the same first; try again.")
    if code in FULL:
        return StoreFull(_FULL.format(place=place))
    sentence = _SENTENCES.get(code) or _SENTENCES.get(code[:2])
    if sentence is None:
        return None
    return StoreUnavailable(sentence.format(place=place, said=str(error)))
