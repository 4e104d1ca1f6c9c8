"""One server a database file: two would send each other's messages into the void."""

import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bot.errors import StoreUnavailable

FILE: Final = "sqlite:///"
ENDING: Final = "-serving"


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[None]:
    """Be the only server of a database file while the context lasts.

    Raises StoreUnavailable where there is one. The system lets go of the lock when a
    process ends, however it does.
    """
    place = url.removeprefix(FILE)
    if place in {url, ":memory:"} or not Path(place).parent.is_dir():
        yield
        return
    try:
        held = Path(place + ENDING).open("w", encoding="utf-8")  # noqa: ASYNC230, SIM115
    except OSError as error:
        raise StoreUnavailable(
            f"{place}{ENDING} cannot be written: {error.strerror}; "
            "give this user the right to write the folder of the database."
        ) from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreUnavailable(
                f"Another voxpop run serves the database {place} already; "
                "stop it first, or name another file in `database`."
            ) from None
        yield


def served(url: str) -> bool:
    """Say whether a server has a database file now; of other databases it knows not."""
    place = url.removeprefix(FILE)
    lock = Path(place + ENDING)
    if place in {url, ":memory:"} or not lock.is_file():
        return False
    with lock.open(encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
