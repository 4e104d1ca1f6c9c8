"""Database files as somebody else sees them, and wrecks them."""

import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest

from storage import migrate, open_store
from storage.migrate import steps
from tests.storage.samples import inbound, meet, save

ROOT = Path(__file__).parents[2]
PAGE = 4096


async def fill(url: str, messages: int = 3) -> None:
    """Store two contacts and some messages."""
    async with open_store(url) as store:
        await meet(store)
        many = [inbound(n, str(n), raw="x" * 1000) for n in range(1, messages + 1)]
        await save(store, inbound=many)


async def fill_older(file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a database as the Voxpop of the first two migrations would have."""
    first = steps("sqlite")[:2]
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "steps", lambda _: first)
        await fill(f"sqlite:///{file}")
    return file


def quiet(_done: int, _total: int) -> None:
    """Hear how far it is, and say nothing."""


def look(file: Path, query: str) -> list[Any]:
    """Return what a query gives, asked from outside."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        return connection.execute(query).fetchall()


def rights(file: Path) -> int:
    """Return who may read and write a file."""
    return stat.S_IMODE(file.stat().st_mode)


def allow(file: Path, mode: int) -> None:
    """Say who may read and write a file."""
    file.chmod(mode)


def log_of(file: Path) -> Path:
    """Return where the log of a database is."""
    return file.with_name(f"{file.name}-wal")


def there(file: Path) -> bool:
    """Say whether a file is there."""
    return file.exists()


def read(file: Path) -> bytes:
    """Return what is in a file."""
    return file.read_bytes()


def put(file: Path, content: bytes | None) -> Path:
    """Have a file hold this, or not be there."""
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    return file


def folder(path: Path) -> Path:
    """Make a folder."""
    path.mkdir()
    return path


def program(path: Path, script: str) -> Path:
    """Write a program for the shell; return the folder that it lies in."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}")
    path.chmod(0o755)
    return path.parent


def names(path: Path) -> set[str]:
    """Return the names in a folder."""
    return {each.name for each in path.iterdir()}


def wreck(file: Path, table: str) -> None:
    """Overwrite the first page of a table."""
    [[root]] = look(file, f"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'")  # noqa: S608 - a name of ours
    with file.open("r+b") as opened:
        opened.seek((root - 1) * PAGE)
        opened.write(b"\xff" * PAGE)


def killed(file: Path, batches: int) -> None:
    """Have a process write so many batches of three messages, and kill it."""
    command = [sys.executable, "-m", "tests.storage.writer", str(file)]
    with Popen(command, cwd=ROOT, stdout=PIPE) as process:
        assert process.stdout is not None
        for _ in range(batches):
            process.stdout.readline()
        process.kill()
