"""A database that fails at the n-th thing it is asked to do, as real ones fail."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Final

import asyncpg

from storage import postgres_errors, sqlite_errors
from storage.driver import Driver, Plain, Row, Set, Statements, Write

PLACE: Final = "voxpop.db"
KINDS: Final = ("full", "locked", "gone", "interrupted", "killed")


class Killed(BaseException):
    """The process ended right here."""


def _sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


SQLITE: Final[Mapping[str, Callable[[], BaseException]]] = {
    "full": lambda: _sqlite(sqlite3.SQLITE_FULL),
    "locked": lambda: _sqlite(sqlite3.SQLITE_BUSY),
    "gone": lambda: _sqlite(sqlite3.SQLITE_IOERR),
    "interrupted": lambda: _sqlite(sqlite3.SQLITE_INTERRUPT),
    "killed": Killed,
}
POSTGRES: Final[Mapping[str, Callable[[], BaseException]]] = {
    "full": lambda: asyncpg.DiskFullError("could not extend file"),
    "locked": lambda: asyncpg.DeadlockDetectedError("deadlock detected"),
    "gone": lambda: asyncpg.ConnectionDoesNotExistError("connection was closed"),
    "interrupted": lambda: asyncpg.QueryCanceledError("canceling statement"),
    "killed": Killed,
}


class Faults:
    """When what fails: the n-th call from now on, or none."""

    def __init__(self, *, shared: bool) -> None:
        self._errors = POSTGRES if shared else SQLITE
        self._shared = shared
        self._left = 0
        self._kind = ""
        self.struck = False
        self.asleep = False

    def arm(self, kind: str, number: int) -> None:
        """Have the call of this number fail in this way."""
        self._kind, self._left, self.struck = kind, number, False

    def call(self) -> None:
        """Count a call; raise where it is the one that fails."""
        if self.asleep:
            return
        self._left -= 1
        if self._left == 0:
            self.struck = True
            with self._explained():
                error = self._errors[self._kind]()
                raise error

    def _explained(self) -> AbstractContextManager[None]:
        if self._shared:
            return postgres_errors.explained(PLACE)
        return sqlite_errors.explained(PLACE)


class FailingStatements:
    """Statements, each of which may fail before it does anything."""

    def __init__(self, statements: Statements, faults: Faults) -> None:
        self.shared = statements.shared
        self._statements = statements
        self._faults = faults

    async def fetch(self, name: str, *parameters: Set | Plain) -> list[Row]:
        """Return the rows that a named statement gives, or fail."""
        self._faults.call()
        return await self._statements.fetch(name, *parameters)

    async def write(self, writes: Iterable[Write]) -> None:
        """Execute named statements, or fail at one of them."""
        for name, rows in writes:
            if rows:
                self._faults.call()
                await self._statements.write([(name, rows)])


class FailingDriver:
    """A database whose transactions may fail at any of their statements.

    Also at their begin, and at their commit: before it stands, and after, when nobody
    hears of it.
    """

    def __init__(self, driver: Driver, faults: Faults) -> None:
        self.shared, self.scrub = driver.shared, driver.scrub
        self._driver = driver
        self._faults = faults

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[FailingStatements]:
        """Open a transaction that may fail."""
        self._faults.call()
        async with self._driver.transaction() as found:
            yield FailingStatements(found, self._faults)
            self._faults.call()
        self._faults.call()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[FailingStatements]:
        """Open a look that may fail."""
        self._faults.call()
        async with self._driver.reading() as found:
            yield FailingStatements(found, self._faults)

    async def ring(self, words: str) -> None:
        """Say some words."""
        await self._driver.ring(words)

    async def listen(self, hear: Callable[[str], None]) -> None:
        """Hand over what is rung."""
        await self._driver.listen(hear)
