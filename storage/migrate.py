"""Bring a database up to date: numbered steps that only add, each applied once.

A step that was applied is never edited: its checksum is kept and held against the text.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import aiosqlite

from bot import clock
from bot.errors import StoreUnavailable
from storage.named import statements
from storage.rows import micros


class Step(NamedTuple):
    """One migration, as its file holds it."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """Return what tells this text from any other."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def steps() -> tuple[Step, ...]:
    """Return the migrations of this Voxpop, in their order."""
    folder = files("storage").joinpath("migrations")
    found = (
        (file.name.removesuffix(".sql"), file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    )
    return tuple(sorted(Step(int(name[:4]), name, text) for name, text in found))


async def migrate(connection: aiosqlite.Connection, place: str) -> list[str]:
    """Apply what is missing and return its names, all of it or nothing.

    Raises StoreUnavailable where the database is newer than this Voxpop, or where a
    step that was applied reads differently now.
    """
    if not _missing(await _applied(connection), place):
        return []
    await connection.execute_fetchall("BEGIN EXCLUSIVE")
    try:
        await connection.execute_fetchall(statements()["migrations_table"])
        missing = _missing(await _applied(connection), place)
        for step in missing:
            await _apply(connection, step)
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise
    return [step.name for step in missing]


async def _applied(connection: aiosqlite.Connection) -> dict[int, tuple[str, str]]:
    """Return name and checksum of the steps that this database has had."""
    texts = statements()
    [[known]] = await connection.execute_fetchall(texts["migrations_known"])
    if not known:
        return {}
    rows = await connection.execute_fetchall(texts["migrations_applied"])
    return {number: (name, checksum) for number, name, checksum in rows}


def _missing(applied: dict[int, tuple[str, str]], place: str) -> Sequence[Step]:
    """Return the steps still to do; refuse a database that is not of our making."""
    own = {step.number: step for step in steps()}
    for number, (name, checksum) in applied.items():
        if number not in own:
            raise StoreUnavailable(
                f"The database {place} was written by a newer Voxpop (it has had "
                f"{name}); update Voxpop, or restore an older backup."
            )
        if own[number].checksum != checksum:
            raise StoreUnavailable(
                f"The database {place} has had another {name} than this Voxpop "
                "brings; install the version of Voxpop that made it."
            )
    return [step for step in steps() if step.number not in applied]


async def _apply(connection: aiosqlite.Connection, step: Step) -> None:
    for statement in split(step.text):
        await connection.execute_fetchall(statement)
    row = (step.number, step.name, step.checksum, micros(clock.now()))
    await connection.execute_fetchall(statements()["migrations_add"], row)


def split(text: str) -> Iterator[str]:
    r"""Yield the statements of a script, one after the other.

    >>> [part.strip() for part in split("SELECT ';';\nSELECT 2;\n")]
    ["SELECT ';';", 'SELECT 2;']
    """
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
