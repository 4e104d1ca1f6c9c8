"""Restores: the file is checked first, and what was there before is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import StoreUnavailable, WrongUse
from storage import alone, open_store
from storage.backup import back_up
from storage.migrate import steps
from storage.programs import run
from storage.reloading import Restored
from storage.restoring import restore
from tests.databases import blank_database, fresh_database, programs, psql
from tests.storage.disk import (
    allow,
    fill,
    fill_older,
    folder,
    killed,
    log_of,
    look,
    names,
    put,
    quiet,
    read,
    rights,
    there,
    wreck,
)
from tests.storage.samples import ANN, ANNS, inbound, save

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STAMP = "20261123T120000Z"


async def untouched(_url: str) -> None:
    """Do nothing to a restored database."""


async def restored(
    url: str,
    made: Path,
    *,
    replace: bool = False,
    ready: Callable[[str], Awaitable[None]] = untouched,
) -> Restored:
    """Restore a backup."""
    return await restore(url, made, NOW, replace=replace, ready=ready, told=quiet)


async def known(url: str) -> set[str]:
    """Return which of the first messages a database has."""
    async with open_store(url) as store, store.reading() as work:
        keys = [(ANNS, str(n)) for n in range(10)]
        return {key for _, key in await work.seen(keys)}


@pytest.fixture
async def url(file: Path) -> str:
    """Return the address of a database with three messages."""
    await fill(f"sqlite:///{file}")
    return f"sqlite:///{file}"


@pytest.fixture
async def made(url: str, tmp_path: Path) -> Path:
    """Return a backup of it."""
    made = tmp_path / "made.db"
    await back_up(url, made, replace=False, told=quiet)
    return made


async def add(url: str, number: int) -> None:
    """Store another message."""
    async with open_store(url) as store:
        await save(store, inbound=[inbound(number, str(number))])


def beside(file: Path) -> Path:
    """Return where the database that was there is kept."""
    return file.with_name(f"{file.name}.before-{STAMP}")


# ── SQLite ───────────────────────────────────────────────────────────────────────


async def test_to_a_new_place(made: Path, tmp_path: Path) -> None:
    """Where nothing is, the backup comes to stand, and nothing else."""
    new = folder(tmp_path / "new")
    done = await restored(f"sqlite:///{new}/v.db", made)
    assert names(new) == {"v.db", "v.db-serving"}
    assert done.kept is None
    assert (done.tables["contacts"], done.tables["inbound"]) == (2, 3)
    assert await known(f"sqlite:///{new}/v.db") == {"1", "2", "3"}
    assert rights(new / "v.db") == 0o600


async def test_over_another(url: str, file: Path, made: Path) -> None:
    """What a database holds is replaced only when told to, and is kept beside."""
    await add(url, 4)
    allow(file, 0o640)
    with pytest.raises(WrongUse, match=r"holds something .*contacts: 2.*--replace"):
        await restored(url, made)
    assert await known(url) == {"1", "2", "3", "4"}
    done = await restored(url, made, replace=True)
    assert done.kept == str(beside(file))
    assert await known(url) == {"1", "2", "3"}
    assert await known(f"sqlite:///{beside(file)}") == {"1", "2", "3", "4"}
    assert rights(file) == 0o640


@pytest.mark.parametrize("blank", ["nothing", "no tables", "no rows"])
async def test_over_an_empty_one(made: Path, tmp_path: Path, blank: str) -> None:
    """A database without a row need not be kept."""
    file = put(tmp_path / "empty.db", b"")
    if blank == "no tables":
        look(file, "PRAGMA journal_mode = WAL")
    elif blank == "no rows":
        async with open_store(f"sqlite:///{file}"):
            pass
    done = await restored(f"sqlite:///{file}", made)
    assert done.kept is None
    assert not there(beside(file))
    assert await known(f"sqlite:///{file}") == {"1", "2", "3"}


async def test_the_log_of_one_that_was_killed(made: Path, tmp_path: Path) -> None:
    """What a killed server left in its log is kept with the old database alone."""
    file = tmp_path / "killed.db"
    killed(file, batches=20)
    assert read(log_of(file))
    await restored(f"sqlite:///{file}", made, replace=True)
    assert look(file, "SELECT count(*) FROM inbound") == [(3,)]
    assert look(file, "PRAGMA integrity_check") == [("ok",)]
    [[messages]] = look(beside(file), "SELECT count(*) FROM inbound")
    assert messages >= 60


@pytest.mark.parametrize(
    "damage", [b"", b"\xff" * 100, None], ids=["empty", "wrecked", "gone"]
)
async def test_over_what_cannot_be_read(
    url: str, file: Path, made: Path, damage: bytes | None
) -> None:
    """A damaged database is kept with its log, which the new one must not meet."""
    async with open_store(url):
        await add(url, 4)
        log = read(log_of(file))
    put(file, damage)
    put(log_of(file), log)
    if damage:
        with pytest.raises(WrongUse, match="cannot be read by this Voxpop"):
            await restored(url, made)
    await restored(url, made, replace=True)
    assert look(file, "PRAGMA integrity_check") == [("ok",)]
    assert await known(url) == {"1", "2", "3"}
    if damage:
        assert read(beside(file)) == damage


async def test_while_it_is_served(url: str, file: Path, made: Path) -> None:
    """Nothing is replaced that a server or another program has open."""
    async with alone(url):
        with pytest.raises(StoreUnavailable, match="Another voxpop run serves"):
            await restored(url, made, replace=True)
    async with open_store(url):
        with pytest.raises(StoreUnavailable, match=r"has the database .* open"):
            await restored(url, made, replace=True)
    assert not there(beside(file))
    await restored(url, made, replace=True)


async def test_an_older_backup(
    url: str, file: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an older Voxpop backed up is brought up to date, in its new place only."""
    older = await fill_older(made.with_name("older.db"), monkeypatch)
    await restored(url, older, replace=True)
    assert look(file, "SELECT max(number) FROM migrations") == [
        (steps("sqlite")[-1][0],)
    ]
    assert look(older, "SELECT max(number) FROM migrations") == [(2,)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("INSERT INTO migrations VALUES (9000, '9000_later', 'x', 0)", "newer Voxpop"),
        ("DROP TABLE migrations", "is no Voxpop database"),
        ("UPDATE migrations SET checksum = 'x'", "has had another 0001_first"),
    ],
)
async def test_what_is_refused(
    url: str, file: Path, made: Path, change: str, words: str
) -> None:
    """What this Voxpop cannot work with does not get into the database's place."""
    look(made, change)
    with pytest.raises(StoreUnavailable, match=rf"made\.db .*{words}"):
        await restored(url, made, replace=True)
    assert await known(url) == {"1", "2", "3"}
    assert not there(beside(file))


async def test_a_damaged_backup(url: str, file: Path, made: Path) -> None:
    """A backup whose bytes changed on the way is refused."""
    wreck(made, "outbox")
    with pytest.raises(StoreUnavailable, match=r"made\.db is damaged"):
        await restored(url, made, replace=True)
    assert await known(url) == {"1", "2", "3"}
    assert not there(beside(file))


async def test_no_backup(url: str, file: Path, tmp_path: Path) -> None:
    """What is no backup is told so."""
    text = put(tmp_path / "notes.txt", b"flow: nps")
    with pytest.raises(WrongUse, match="is no backup of Voxpop's"):
        await restored(url, text, replace=True)
    with pytest.raises(WrongUse, match="cannot be read: No such file"):
        await restored(url, tmp_path / "gone.db", replace=True)
    with pytest.raises(WrongUse, match="is the database itself"):
        await restored(url, file, replace=True)
    with pytest.raises(WrongUse, match="in memory"):
        await restored("sqlite:///:memory:", file, replace=True)


async def test_where_it_fails(url: str, file: Path, made: Path) -> None:
    """Where the restored one cannot be made ready, the old one stays as it was."""

    async def fail(_url: str) -> None:
        raise StoreUnavailable("It broke.")

    await add(url, 4)
    with pytest.raises(StoreUnavailable, match=r"It broke\."):
        await restored(url, made, replace=True, ready=fail)
    assert await known(url) == {"1", "2", "3", "4"}
    assert not [name for name in names(file.parent) if "part" in name]


async def test_it_is_made_ready_first(url: str, file: Path, made: Path) -> None:
    """What makes it ready has it to itself, and what it writes is there afterwards."""

    async def mark(place: str) -> None:
        assert place != url
        await add(place, 9)

    await restored(url, made, replace=True, ready=mark)
    assert await known(url) == {"1", "2", "3", "9"}
    assert not there(log_of(file))


async def test_under_load(url: str, file: Path, tmp_path: Path) -> None:
    """All that was stored before a backup began is in it, whoever goes on writing."""
    stored: list[int] = []
    going = asyncio.Event()

    async def write() -> None:
        async with open_store(url) as store:
            for number in range(10, 10_000):
                await save(store, inbound=[inbound(number, str(number))])
                stored.append(number)
                going.set()

    writing = asyncio.create_task(write())
    for turn in range(5):
        going.clear()
        await going.wait()
        before = list(stored)
        made = tmp_path / f"{turn}.db"
        await back_up(url, made, replace=False, told=quiet)
        ids = {id_ for (id_,) in look(made, "SELECT id FROM inbound")}
        assert {1, 2, 3, *before} <= ids
        assert sorted(ids) == [1, 2, 3, *range(10, max(ids) + 1)], "there is a gap"
    writing.cancel()
    await asyncio.wait([writing])
    await restored(url, tmp_path / "4.db", replace=True)
    assert look(file, "PRAGMA integrity_check") == [("ok",)]


# ── PostgreSQL ───────────────────────────────────────────────────────────────────


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of a PostgreSQL database with three messages."""
    url = fresh_database()
    await fill(url)
    monkeypatch.setenv("PATH", str(programs()), prepend=":")
    return url


@pytest.fixture
async def dump(server: str, tmp_path: Path) -> Path:
    """Return a backup of it."""
    made = tmp_path / "made.dump"
    await back_up(server, made, replace=False, told=quiet)
    return made


def schemas(url: str) -> list[str]:
    """Return the schemas that hold something of ours."""
    query = "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename = 'inbound'"
    return sorted(psql(url, query).split())


@pytest.mark.postgres
@pytest.mark.parametrize("empty", [blank_database, fresh_database])
async def test_a_dump_to_a_new_place(dump: Path, empty: Callable[[], str]) -> None:
    """Where a server's database is empty, the backup comes to stand there."""
    url = empty()
    done = await restored(url, dump)
    assert done.kept is None
    assert done.tables["inbound"] == 3
    assert schemas(url) == ["public"]
    assert await known(url) == {"1", "2", "3"}
    async with open_store(url) as store:
        assert (await store.find(ANNS)) == ANN


@pytest.mark.postgres
async def test_a_dump_over_another(server: str, dump: Path) -> None:
    """What was there is kept in a schema of its own, and leaves later backups alone."""
    await add(server, 4)
    with pytest.raises(WrongUse, match=r"holds something already .*--replace"):
        await restored(server, dump)
    done = await restored(server, dump, replace=True)
    old = f"voxpop_before_{STAMP.lower()}"
    assert done.kept == f"the schema {old}"
    assert await known(server) == {"1", "2", "3"}
    assert schemas(server) == ["public", old]
    assert psql(server, f"TABLE {old}.inbound").count("\n") == 3
    again = dump.with_name("again.dump")
    await back_up(server, again, replace=False, told=quiet)
    other = blank_database()
    await restored(other, again)
    assert schemas(other) == ["public"]


@pytest.mark.postgres
async def test_a_dump_that_fails(server: str, dump: Path) -> None:
    """Where a dump cannot be made ready, all that was there is there again."""

    async def fail(url: str) -> None:
        assert await known(url) == {"1", "2", "3"}
        raise StoreUnavailable("It broke.")

    await add(server, 4)
    with pytest.raises(StoreUnavailable, match=r"It broke\."):
        await restored(server, dump, replace=True, ready=fail)
    assert await known(server) == {"1", "2", "3", "4"}
    assert schemas(server) == ["public"]


@pytest.mark.postgres
async def test_a_damaged_dump(server: str, dump: Path) -> None:
    """A dump that was cut short is refused, and all stays as it is."""
    put(dump, read(dump)[:-900])
    await add(server, 4)
    with pytest.raises(StoreUnavailable, match="pg_restore could not do its work"):
        await restored(server, dump, replace=True)
    assert await known(server) == {"1", "2", "3", "4"}


@pytest.mark.postgres
async def test_a_newer_dump(server: str, tmp_path: Path) -> None:
    """What a newer Voxpop dumped is refused, and all stays as it is."""
    made = tmp_path / "newer.dump"
    psql(server, "INSERT INTO migrations VALUES (9000, '9000_later', 'x', 0)")
    await run(["pg_dump", "--format=custom", f"--file={made}"], server)
    other = fresh_database()
    await add(other, 4)
    with pytest.raises(StoreUnavailable, match=r"newer Voxpop.*9000_later"):
        await restored(other, made, replace=True)
    assert await known(other) == {"4"}


@pytest.mark.postgres
async def test_an_older_dump(server: str, tmp_path: Path) -> None:
    """A dump that an older Voxpop made is brought up to date; no table is lacking."""
    psql(server, "DROP TABLE publications")
    psql(server, "DELETE FROM migrations WHERE number = 6")
    older = tmp_path / "older.dump"
    await back_up(server, older, replace=False, told=quiet)
    other = blank_database()
    await restored(other, older)
    assert await known(other) == {"1", "2", "3"}
    async with open_store(other) as store, store.reading() as work:
        assert await work.publications() == []


@pytest.mark.postgres
async def test_a_dump_while_it_is_served(server: str, dump: Path) -> None:
    """Nothing is replaced that another Voxpop works on."""
    async with open_store(server):
        with pytest.raises(StoreUnavailable, match="Another Voxpop works on"):
            await restored(server, dump, replace=True)
    await restored(server, dump, replace=True)


@pytest.mark.postgres
async def test_another_engine(server: str, dump: Path, url: str, made: Path) -> None:
    """A backup goes back to the kind of database that it came from."""
    with pytest.raises(WrongUse, match=r"backup of SQLite, .*voxpop migrate"):
        await restored(server, made, replace=True)
    with pytest.raises(WrongUse, match=r"backup of PostgreSQL, .*voxpop migrate"):
        await restored(url, dump, replace=True)
