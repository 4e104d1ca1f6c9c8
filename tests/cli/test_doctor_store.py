"""What `voxpop doctor` finds of databases, disks and folders."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.clock import now
from bot.config import load_settings
from storage import SqlStore, alone
from tests.cli.asked import ENGINES, Capsys, filled, found, nothing, shop_in, wrong
from tests.databases import psql


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder: flows and settings, and nothing else."""
    return shop_in(tmp_path, "sqlite", monkeypatch)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, engine: str
) -> None:
    """A database that answers and can be written to is well, and stays as it is."""
    shop_in(tmp_path, engine, monkeypatch)

    filled(nothing)
    words = [each["words"] for each in found(capsys) if each["area"] == "database"]
    assert words[0].endswith("answers, and can be written to")
    assert words[1:] == ["nobody serves it now: voxpop run does"]

    async def nothing_kept(store: SqlStore) -> None:
        async with store.reading() as work:
            assert await work.kept("doctor") is None

    filled(nothing_kept)


@pytest.mark.parametrize("engine", ENGINES)
def test_who_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, engine: str
) -> None:
    """Whoever serves the database is named."""
    shop_in(tmp_path, engine, monkeypatch)

    async def leased(store: SqlStore) -> None:
        async with store.transaction() as work:
            ends = now() + timedelta(minutes=5)
            await work.lease("forget", "shop:4711:9f2c", now(), ends)
            await work.lease("old", "gone:1:9f2c", now(), now() - timedelta(minutes=5))

    filled(leased)
    words = [each["words"] for each in found(capsys) if each["area"] == "database"]
    assert words[1] == "served now by process 4711 on shop"


@pytest.mark.usefixtures("shop")
def test_a_lock(capsys: Capsys) -> None:
    """A server that has taken no lease yet is seen by its lock."""
    filled(nothing)
    with asyncio.Runner() as loop:
        lock = alone(load_settings().database_url())
        loop.run(lock.__aenter__())
        words = [each["words"] for each in found(capsys) if each["area"] == "database"]
        loop.run(lock.__aexit__(None, None, None))
    assert words[1] == "served now by a voxpop run"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///nowhere/voxpop.db", "The folder nowhere of the database does not"),
        ("sqlite:///flows", "is a folder"),
        ("sqlite:///config.yaml", "is no Voxpop database"),
        ("postgresql://a:SECRET@127.0.0.1:1/x", "127.0.0.1"),
        ("mysql://x", ""),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_database_that_cannot_be_used(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    """Why a database cannot be used is told in its own sentence, without a password."""
    monkeypatch.setenv("VOXPOP_DATABASE", url)
    told = [each for each in found(capsys) if each["area"] in {"database", "settings"}]
    [problem] = [each for each in told if each["level"] == "problem"]
    assert words in problem["words"]


@pytest.mark.parametrize("engine", ENGINES)
def test_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys, engine: str
) -> None:
    """A database that lacks a step is told, and how to bring it up to date."""
    shop_in(tmp_path, engine, monkeypatch)

    filled(nothing)
    forget = "DELETE FROM migrations WHERE number = 9"
    if engine == "sqlite":
        with closing(sqlite3.connect("voxpop.db")) as connection, connection:
            connection.execute(forget)
    else:
        psql(os.environ["VOXPOP_DATABASE"], forget)
    [(level, words)] = wrong(capsys, "database")
    assert (level, "is a step behind this Voxpop" in words) == ("warning", True)


def test_a_database_of_a_newer_voxpop(shop: Path, capsys: Capsys) -> None:
    """What a newer Voxpop wrote is a problem."""
    filled(nothing)
    with closing(sqlite3.connect(shop / "voxpop.db")) as connection, connection:
        connection.execute("UPDATE migrations SET number = 99 WHERE number = 9")
    [(level, words)] = wrong(capsys, "database")
    assert (level, "newer Voxpop" in words) == ("problem", True)


@pytest.mark.postgres
def test_a_database_that_may_only_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    """One that may be read and not written is a problem."""
    shop_in(tmp_path, "postgres", monkeypatch)
    url = os.environ["VOXPOP_DATABASE"]
    name = psql(url, "SELECT current_database()")
    psql(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    [(level, _)] = wrong(capsys, "database")
    assert level == "problem"


@pytest.mark.parametrize(
    ("free", "level"), [(5 * 10**9, None), (5 * 10**8, "warning"), (10**7, "problem")]
)
@pytest.mark.usefixtures("shop")
def test_room(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch, free: int, level: str | None
) -> None:
    """Little room is warned of, none is a problem."""
    usage = SimpleNamespace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert [each for each, _ in wrong(capsys, "disk")] == ([level] if level else [])


@pytest.mark.usefixtures("shop")
def test_media(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is tried; a file in its place is a problem."""
    Path("media").mkdir()
    assert wrong(capsys, "media") == []
    assert list(Path("media").iterdir()) == []
    monkeypatch.setenv("VOXPOP_MEDIA", "config.yaml")
    assert wrong(capsys, "media") == [("problem", "config.yaml is no folder")]
    monkeypatch.setenv("VOXPOP_MEDIA", "config.yaml/media")
    told = "config.yaml/media cannot be made"
    assert wrong(capsys, "media") == [("problem", told)]


def test_media_where_nobody_may_write(
    shop: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder in which not even root may make a file is a problem."""
    assert shop.is_dir()
    monkeypatch.setenv("VOXPOP_MEDIA", "/proc/self")
    [(level, words)] = wrong(capsys, "media")
    assert (level, words.partition(":")[0]) == (
        "problem",
        "/proc/self cannot be written to",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_media_that_may_not_be_written(shop: Path, capsys: Capsys) -> None:
    """A folder that cannot be written to, or made, is a problem."""
    (shop / "media").mkdir(mode=0o500)
    [(level, words)] = wrong(capsys, "media")
    assert (level, "cannot be written to" in words) == ("problem", True)
    (shop / "media").rmdir()
    shop.chmod(0o500)
    [(level, words)] = wrong(capsys, "media")
    shop.chmod(0o700)
    assert (level, words) == ("problem", "media cannot be made")
