"""A connection to SQLite: behind a thread, or none where nothing is waited for."""

import sqlite3
from collections.abc import Awaitable, Iterable
from typing import Any, Final, Protocol

TOGETHER: Final = "-- several statements, each with its rows"


class Connected(Protocol):
    """What we ask of a connection; aiosqlite's fulfils it."""

    def execute_fetchall(
        self, sql: str, parameters: Iterable[Any] | None = None
    ) -> Awaitable[Iterable[Any]]:
        """Execute a statement and return all its rows."""
        ...

    def executemany(
        self, sql: str, parameters: Iterable[Iterable[Any]]
    ) -> Awaitable[Any]:
        """Execute a statement with each of its rows; or several, each with its own."""
        ...

    def commit(self) -> Awaitable[None]:
        """Commit what is open."""
        ...

    def rollback(self) -> Awaitable[None]:
        """Roll back what is open."""
        ...


class Connection(sqlite3.Connection):
    """Executes what a transaction writes in one call.

    Each call is a way to the connection's thread and back, which costs as much as some
    ten rows. The cursor comes back closed: one that a cancelled task still holds would
    keep the file open after its connection was closed.
    """

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Execute a statement with each of its rows; or several, each with its own."""
        if sql != TOGETHER:
            return super().executemany(sql, parameters)
        cursor = self.cursor()
        for statement, rows in parameters:
            cursor.executemany(statement, rows)
        cursor.close()
        return cursor


class Direct:
    """A connection to a database in memory, without a thread of its own.

    There is no disk to wait for, and the way to a thread and back costs more than most
    statements do.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute_fetchall(
        self, sql: str, parameters: Iterable[Any] | None = None
    ) -> Iterable[Any]:
        """Execute a statement and return all its rows."""
        return self._connection.execute(sql, tuple(parameters or ())).fetchall()

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Any:  # noqa: ANN401 - a cursor that nobody looks at
        """Execute a statement with each of its rows; or several, each with its own."""
        return self._connection.executemany(sql, parameters)

    async def commit(self) -> None:
        """Commit what is open."""
        self._connection.commit()

    async def rollback(self) -> None:
        """Roll back what is open."""
        self._connection.rollback()
