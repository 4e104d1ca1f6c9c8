"""Backups: one moment, whole, and nothing under the name until then."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreFull, StoreUnavailable, WrongUse
from storage import SqlStore, backup, open_store, placing
from storage.backup import back_up
from storage.ends import TABLES
from storage.programs import parted
from tests.databases import blank_database, fresh_database, programs, psql
from tests.storage.disk import (
    fill,
    fill_older,
    look,
    names,
    program,
    put,
    quiet,
    read,
    rights,
    wreck,
)
from tests.storage.samples import inbound, save


async def backed_up(url: str, made: Path, *, replace: bool = False) -> dict[str, int]:
    """Back a database up."""
    return await back_up(url, made, replace=replace, told=quiet)


@pytest.fixture
async def url(file: Path) -> str:
    """Return the address of a database that holds something."""
    await fill(f"sqlite:///{file}")
    return f"sqlite:///{file}"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Return where a backup may be made."""
    return tmp_path / "made.db"


def only(folder: Path) -> set[str]:
    """Return the names in a folder, but for the database's own."""
    return {name for name in names(folder) if not name.startswith("voxpop.db")}


# ── SQLite ───────────────────────────────────────────────────────────────────────


async def test_all_of_it(url: str, made: Path) -> None:
    """A backup is one sound file with every row, and its maker alone may read it."""
    tables = await backed_up(url, made)
    assert tables == {
        **dict.fromkeys(TABLES, 0),
        "contacts": 2,
        "addresses": 2,
        "inbound": 3,
    }
    assert look(made, "PRAGMA integrity_check") == [("ok",)]
    assert look(made, "SELECT count(*) FROM inbound") == [(3,)]
    assert look(made, "PRAGMA journal_mode") == [("delete",)]
    assert rights(made) == 0o600
    assert only(made.parent) == {"made.db"}


async def test_one_moment(
    url: str, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is committed while it is made is not held up, and is not in it."""
    monkeypatch.setattr(backup, "PAGES", 1)
    loop = asyncio.get_running_loop()
    steps: list[int] = []
    asked, stored = asyncio.Event(), threading.Event()

    def told(done: int, _total: int) -> None:
        steps.append(done)
        if len(steps) == 2:
            loop.call_soon_threadsafe(asked.set)
            assert stored.wait(20), "the writer was held up"

    async def write(store: SqlStore) -> None:
        await asked.wait()
        many = [inbound(n, str(n), raw="y" * 5000) for n in range(100, 200)]
        await save(store, inbound=many)
        stored.set()

    async with open_store(url) as store:
        writing = asyncio.create_task(write(store))
        tables = await back_up(url, made, replace=False, told=told)
        await writing
    assert tables["inbound"] == 3
    assert steps == sorted(set(steps)), "it began anew"
    assert look(made, "SELECT count(*) FROM inbound") == [(3,)]
    assert look(made, "PRAGMA integrity_check") == [("ok",)]


async def test_a_name_that_is_taken(url: str, made: Path) -> None:
    """A file that is there is replaced only when told to."""
    put(made, b"mine")
    with pytest.raises(WrongUse, match=r"is there already; .*--replace"):
        await backed_up(url, made)
    assert read(made) == b"mine"
    await backed_up(url, made, replace=True)
    assert look(made, "SELECT count(*) FROM inbound") == [(3,)]


async def test_a_name_that_is_taken_meanwhile(
    url: str, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that came while the backup was made stays, too."""

    async def late(*arguments: Any) -> dict[str, int]:  # noqa: ANN401 - as it is
        found = await checked(*arguments)
        put(made, b"mine")
        return found

    checked = backup.checked
    monkeypatch.setattr(backup, "checked", late)
    with pytest.raises(WrongUse, match="is there already"):
        await backed_up(url, made)
    assert read(made) == b"mine"
    assert only(made.parent) == {"made.db"}


async def test_damaged(file: Path, made: Path) -> None:
    """Of a damaged database there is no backup that looks like one."""
    await fill(f"sqlite:///{file}", messages=400)
    wreck(file, "inbound")
    with pytest.raises(StoreUnavailable, match=r"voxpop\.db is damaged"):
        await backed_up(f"sqlite:///{file}", made)
    assert only(made.parent) == set()


async def test_no_database(tmp_path: Path, made: Path) -> None:
    """Where there is no database, there is none afterwards either."""
    with pytest.raises(StoreUnavailable, match=r"There is no database .*gone\.db"):
        await backed_up(f"sqlite:///{tmp_path}/gone.db", made)
    assert only(tmp_path) == set()


async def test_not_ours(file: Path, made: Path) -> None:
    """A database of something else is not taken for one of ours."""
    look(file, "CREATE TABLE t (x)")
    with pytest.raises(StoreUnavailable, match="is no Voxpop database"):
        await backed_up(f"sqlite:///{file}", made)


async def test_an_older_one(
    file: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before an update a database is backed up as it is, and not brought up to date."""
    await fill_older(file, monkeypatch)
    await backed_up(f"sqlite:///{file}", made)
    for each in (file, made):
        assert look(each, "SELECT max(number) FROM migrations") == [(2,)]


async def test_no_room(url: str, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk fills up, a sentence says so and nothing is left."""

    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(placing, "sync", full)
    with pytest.raises(StoreFull, match=r"made\.db cannot be written: No space left"):
        await backed_up(url, made)
    assert only(made.parent) == set()


async def test_no_such_folder(url: str, tmp_path: Path) -> None:
    """A folder that is not there is told."""
    with pytest.raises(StoreUnavailable, match="No such file or directory"):
        await backed_up(url, tmp_path / "gone" / "made.db")


# ── PostgreSQL ───────────────────────────────────────────────────────────────────


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of a PostgreSQL database with rows, its programs at hand."""
    url = fresh_database()
    await fill(url)
    monkeypatch.setenv("PATH", str(programs()), prepend=":")
    return url


@pytest.mark.postgres
async def test_a_dump(server: str, made: Path) -> None:
    """Of PostgreSQL it is a dump of one moment that its own programs can read."""
    tables = await backed_up(server, made)
    assert (tables["contacts"], tables["inbound"]) == (2, 3)
    assert read(made).startswith(b"PGDMP")
    assert rights(made) == 0o600
    assert only(made.parent) == {"made.db"}


@pytest.mark.postgres
async def test_without_programs(
    server: str, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pg_dump is missing, the sentence names what to install."""
    monkeypatch.setenv("PATH", str(made.parent))
    with pytest.raises(StoreUnavailable, match=r"pg_dump is not there.*client-\d\d"):
        await backed_up(server, made)
    assert only(made.parent) == set()


@pytest.mark.postgres
async def test_an_old_program(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pg_dump that is older than the server is refused before it begins."""
    script = "echo 'pg_dump (PostgreSQL) 9.6.24'\n"
    old = program(tmp_path / "old" / "pg_dump", script)
    monkeypatch.setenv("PATH", str(old), prepend=":")
    with pytest.raises(StoreUnavailable, match=r"pg_dump is of version 9.*server of"):
        await backed_up(server, tmp_path / "made.dump")


@pytest.mark.postgres
async def test_a_program_that_fails(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pg_dump complains of is told; arguments and words hold no password."""
    bad = tmp_path / "bad"
    program(
        bad / "pg_dump",
        'case "$1" in --version) echo "pg_dump (PostgreSQL) 99.0"; exit;; esac\n'
        f'echo "$@" > {bad}/seen; echo "$PGPASSWORD" > {bad}/word\n'
        "echo 'pg_dump: error: it is Monday' >&2; exit 1\n",
    )
    monkeypatch.setenv("PATH", str(bad), prepend=":")
    url = f"{server}&password=s%40t"
    with pytest.raises(StoreUnavailable, match="it is Monday") as raised:
        await backed_up(url, tmp_path / "made.dump")
    assert "s@t" not in str(raised.value)
    assert b"s%40t" not in read(bad / "seen")
    assert read(bad / "word") == b"s@t\n"


@pytest.mark.postgres
async def test_a_server_without_ours(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty database is told to be none of ours."""
    url = blank_database()
    monkeypatch.setenv("PATH", str(programs()), prepend=":")
    with pytest.raises(StoreUnavailable, match="is no Voxpop database"):
        await backed_up(url, made)


@pytest.mark.postgres
async def test_a_newer_server(server: str, made: Path) -> None:
    """What a newer Voxpop wrote on a server is refused."""
    psql(server, "INSERT INTO migrations VALUES (9000, '9000_later', 'x', 0)")
    with pytest.raises(StoreUnavailable, match="newer Voxpop"):
        await backed_up(server, made)


@pytest.mark.parametrize(
    ("url", "address", "password"),
    [
        ("postgres://ann@db/v", "postgresql://ann@db/v", None),
        ("postgresql://ann:@db/v", "postgresql://ann@db/v", ""),
        (
            "postgresql://ann:x@a:1,b:2/v?sslmode=require",
            "postgresql://ann@a:1,b:2/v?sslmode=require",
            "x",
        ),
    ],
)
def test_parted(url: str, address: str, password: str | None) -> None:
    """A password is taken out of an address, and all else stays."""
    assert parted(url) == (address, password)
