"""Bring a database up to date: numbered steps that only add, each applied once.

A step that was applied is never edited: its checksum is kept and held against the text.
"""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Protocol

from bot import clock
from bot.errors import StoreUnavailable
from storage.driver import Row
from storage.named import Engine, statements
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


class Target(Protocol):
    """A connection to the database that is to be brought up to date."""

    engine: Engine
    place: str

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Open a transaction beside which nobody else migrates."""
        ...

    async def rows(self, sql: str, *parameters: object) -> Sequence[Row]:
        """Return what a statement gives."""
        ...

    async def script(self, text: str) -> None:
        """Execute statements, one after the other."""
        ...


@cache
def steps(engine: Engine) -> tuple[Step, ...]:
    """Return the migrations of this Voxpop, in their order."""
    folder = files("storage").joinpath("migrations", engine)
    found = (
        (file.name.removesuffix(".sql"), file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    )
    return tuple(sorted(Step(int(name[:4]), name, text) for name, text in found))


async def migrate(target: Target) -> list[str]:
    """Apply what is missing and return its names, all of it or nothing.

    Raises StoreUnavailable where the database is newer than this Voxpop, or where a
    step that was applied reads differently now.
    """
    if not await missing(target):
        return []
    async with target.alone():
        await target.rows(statements(target.engine)["migrations_table"])
        todo = await missing(target)
        for step in todo:
            await _apply(target, step)
    return [step.name for step in todo]


async def missing(target: Target) -> Sequence[Step]:
    """Return the steps that a database still lacks: all of them where it is empty.

    Raises StoreUnavailable as `migrate` does.
    """
    return _missing(await _applied(target), target)


async def _applied(target: Target) -> dict[int, tuple[str, str]]:
    """Return name and checksum of the steps that this database has had."""
    texts = statements(target.engine)
    [[known]] = await target.rows(texts["migrations_known"])
    if not known:
        return {}
    rows = await target.rows(texts["migrations_applied"])
    return {number: (name, checksum) for number, name, checksum in rows}


def _missing(applied: dict[int, tuple[str, str]], target: Target) -> Sequence[Step]:
    """Return the steps still to do; refuse a database that is not of our making."""
    every = steps(target.engine)
    own = {step.number: step for step in every}
    for number, (name, checksum) in applied.items():
        if number not in own:
            raise StoreUnavailable(
                f"The database {target.place} was written by a newer Voxpop (it has "
                f"had {name}); update Voxpop, or restore an older backup."
            )
        if own[number].checksum != checksum:
            raise StoreUnavailable(
                f"The database {target.place} has had another {name} than this Voxpop "
                "brings; install the version of Voxpop that made it."
            )
    return [step for step in every if step.number not in applied]


async def _apply(target: Target, step: Step) -> None:
    await target.script(step.text)
    row = (step.number, step.name, step.checksum, micros(clock.now()))
    await target.rows(statements(target.engine)["migrations_add"], *row)
