"""Migrations: each applied once, in order, and never another than before."""

import sqlite3
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest

from bot.errors import StoreUnavailable
from storage import migrate as migrations, open_store
from storage.migrate import Step, migrate, steps
from storage.sqlite import SqliteTarget, split

NAMES = [step.name for step in steps("sqlite")]


async def bring_up(file: Path) -> list[str]:
    """Migrate the database in a file."""
    async with aiosqlite.connect(file, isolation_level=None) as connection:
        return await migrate(SqliteTarget(connection, str(file)))


def outside(file: Path, statement: str) -> list[tuple[object, ...]]:
    """Execute a statement as somebody else would."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()


def test_numbers() -> None:
    """Migrations are numbered from one without a gap."""
    assert [step.number for step in steps("sqlite")] == list(range(1, len(NAMES) + 1))


async def test_twice_is_once(file: Path) -> None:
    """A database that is up to date is left alone."""
    assert await bring_up(file) == NAMES
    assert await bring_up(file) == []


async def test_every_table_is_strict(file: Path) -> None:
    """No table takes a text where it has a number."""
    await bring_up(file)
    lax = "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict"
    assert outside(file, f"{lax} AND name NOT LIKE 'sqlite_%'") == []


async def test_changed(file: Path) -> None:
    """A step that reads differently from when it was applied is refused."""
    await bring_up(file)
    outside(file, "UPDATE migrations SET checksum = 'other'")
    with pytest.raises(StoreUnavailable, match="has had another 0001_first"):
        await bring_up(file)


async def test_newer(file: Path) -> None:
    """The database of a newer Voxpop is refused, by the store too."""
    await bring_up(file)
    outside(file, "INSERT INTO migrations VALUES (9000, '9000_later', 'x', 0)")
    with pytest.raises(StoreUnavailable, match=r"newer Voxpop .*9000_later"):
        await bring_up(file)
    with pytest.raises(StoreUnavailable, match="update Voxpop"):
        async with open_store(f"sqlite:///{file}"):
            pass


async def test_a_step_that_breaks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one step cannot be applied, none of that run is."""
    broken = Step(2, "0002_broken", "CREATE TABLE more (id INTEGER) STRICT;\nNONSENSE;")
    every = (*steps("sqlite"), broken)
    monkeypatch.setattr(migrations, "steps", lambda _: every)
    with pytest.raises(sqlite3.OperationalError):
        await bring_up(file)
    assert outside(file, "SELECT name FROM sqlite_schema") == []
    monkeypatch.undo()
    assert await bring_up(file) == NAMES


async def test_later_steps(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a newer Voxpop adds is applied to the database of an older one."""
    await bring_up(file)
    later = Step(9999, "9999_more", "CREATE TABLE more (id INTEGER) STRICT;")
    every = (*steps("sqlite"), later)
    monkeypatch.setattr(migrations, "steps", lambda _: every)
    assert await bring_up(file) == ["9999_more"]
    assert await bring_up(file) == []


def test_split() -> None:
    """A statement ends where SQLite says so, not at every semicolon."""
    trigger = "CREATE TRIGGER t AFTER INSERT ON x\nBEGIN\n SELECT 1;\nEND;\n"
    assert list(split(f"{trigger}SELECT 2;\n-- the end\n")) == [trigger, "SELECT 2;\n"]


async def test_months_of_an_older_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts of an older database are added up by month when it is brought up."""
    every = steps("sqlite")
    monkeypatch.setattr(migrations, "steps", lambda _: every[:4])
    await bring_up(file)
    cells = [("2026-03-01", 0, 2), ("2026-03-31", 1, 3), ("2026-04-01", 0, 4)]
    for day, slot, n in cells:
        key = f"'{day}', 'nps', 'score', 'web', 'en', '', '', 'answer', 'nps', '9'"
        outside(file, f"INSERT INTO counts VALUES ({key}, {slot}, {n})")  # noqa: S608
    monkeypatch.undo()
    async with open_store(f"sqlite:///{file}") as store:
        count = store.reports.counts
        found = await count(flow=None, start=None, end=None, by=["month"])
        assert {row.group[0]: row.n for row in found} == {"2026-03": 5, "2026-04": 4}
