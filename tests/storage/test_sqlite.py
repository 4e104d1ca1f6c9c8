"""What only SQLite can go through: locks, full disks, kills, odd files."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import aiosqlite
import pytest

from bot.errors import StoreFull, StoreUnavailable, WrongUse
from bot.model.changes import CaseNote, Changes
from storage import SqlStore, open_store, sqlite
from storage.connection import TOGETHER, Connection
from storage.migrate import migrate
from storage.sqlite_errors import explained, usable
from tests.storage.samples import (
    ANN,
    ANNS,
    case,
    delivery,
    event,
    inbound,
    meet,
    rows,
    save,
    session,
)

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def opened(file: Path) -> AsyncIterator[SqlStore]:
    """Open the store that a file holds."""
    async with open_store(f"sqlite:///{file}") as store:
        yield store


async def stored(store: SqlStore, *keys: str) -> set[str]:
    """Return which of these messages are stored."""
    async with store.reading() as work:
        return {key for _, key in await work.seen([(ANNS, key) for key in keys])}


def look(file: Path, query: str) -> list[Any]:
    """Return what a query gives, asked from outside."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


async def test_it_is_kept(file: Path) -> None:
    """What was stored is there when the file is opened again."""
    async with opened(file) as store:
        await meet(store)
    async with opened(file) as store, store.reading() as work:
        assert await work.contacts([ANN.id]) == {ANN.id: ANN}


def test_kill(file: Path) -> None:
    """After kill -9 every batch that was acknowledged is there, whole, and sound."""
    command = [sys.executable, "-m", "tests.storage.writer", str(file)]
    with Popen(command, cwd=ROOT, stdout=PIPE) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(40)]
        process.kill()
        acknowledged += [int(line) for line in process.stdout if line.endswith(b"\n")]
    keys = {int(key) for (key,) in look(file, "SELECT key FROM inbound")}
    promised = {key for b in acknowledged for key in range(b * 3, b * 3 + 3)}
    assert promised <= keys
    assert len(keys) % 3 == 0
    assert look(file, "PRAGMA integrity_check") == [("ok",)]


async def test_locked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program holds the database nothing is stored; then it works."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    async with opened(file) as store:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreUnavailable, match="locked by another program"):
                await save(store, inbound=[inbound(1)])
            other.execute("ROLLBACK")
        assert await stored(store, "1") == set()
        await save(store, inbound=[inbound(1)])
        assert await stored(store, "1") == {"1"}


async def test_locked_from_the_start(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that another program holds is waited for, but not without end."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable, match="locked by another program"):
            async with opened(file):
                pass
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(sqlite, "BUSY_SECONDS", 2.0)
        loop.call_later(0.05, other.execute, "ROLLBACK")
        async with opened(file) as store:
            await meet(store)


async def test_full(file: Path) -> None:
    """A full disk stores nothing of a batch; with room made, the same store works."""
    made = aiosqlite.connect(file, isolation_level=None, factory=Connection)
    async with made as connection:
        await connection.execute("PRAGMA journal_mode = WAL")
        await migrate(sqlite.SqliteTarget(connection, str(file)))
        store = SqlStore(sqlite.SqliteDriver(str(file), connection, None))
        await connection.execute("PRAGMA max_page_count = 100")
        big = [inbound(n, str(n), raw="x" * 3000) for n in range(300)]
        for _ in range(2):
            with pytest.raises(StoreFull, match="is full; make room"):
                await save(store, events=[event(1)], inbound=big)
        assert await stored(store, "0", "299") == set()
        await save(store, inbound=[inbound(900, "small")])
        await connection.execute("PRAGMA max_page_count = 10000")
        await save(store, events=[event(1)], inbound=big)
        assert await stored(store, "0", "299", "small") == {"0", "299", "small"}


@pytest.mark.parametrize("call", range(1, 6))
async def test_a_fault_at_any_call(
    file: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """A disk that fails at the n-th call loses and leaves nothing; then it works."""
    calls = iter(range(1, 99))

    def faulty(original: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
        async def execute(*arguments: Any) -> Any:  # noqa: ANN401 - whatever it takes
            if next(calls) == call:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR | 3 << 8
                raise error
            return await original(*arguments)

        return execute

    async with opened(file) as store:
        await meet(store)
        with monkeypatch.context() as patched:
            for name in ("execute_fetchall", "executemany", "commit"):
                original = getattr(aiosqlite.Connection, name)
                patched.setattr(aiosqlite.Connection, name, faulty(original))
            with pytest.raises(StoreUnavailable, match="does not read or write"):
                await _a_batch(store)
        assert await stored(store, "1") == set()
        assert await store.outbox() == []
        await _a_batch(store)
        assert await stored(store, "1") == {"1"}
    assert look(file, "PRAGMA integrity_check") == [("ok",)]


async def _a_batch(store: SqlStore) -> None:
    """Do what the inbound path does: look, and save to several tables."""
    async with store.transaction() as work:
        await work.seen([(ANNS, "1")])
        await work.last_sessions([ANN.id])
        await work.save(
            Changes(
                inbound=[inbound(1)],
                sessions=rows(session()),
                events=[event(1)],
                deliveries=[delivery(1)],
            )
        )


@pytest.mark.parametrize("turns", range(24))
async def test_cancelled_anywhere(file: Path, turns: int) -> None:
    """A task cancelled in a transaction leaves all of it or nothing, and no lock."""
    async with opened(file) as store:
        await meet(store)
        task = asyncio.create_task(_a_batch(store))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        if await stored(store, "1"):
            assert [row.id for row in await store.outbox()] == [1]
        else:
            assert await store.outbox() == []
            await _a_batch(store)
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")


def test_a_cursor_that_somebody_holds(file: Path) -> None:
    """A cancelled task may keep the cursor of its writes: the file is closed anyway."""
    with closing(sqlite3.connect(file, factory=Connection)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE numbers (number)")
        held = connection.executemany(
            TOGETHER, [("INSERT INTO numbers VALUES (?)", [(1,), (2,)])]
        )
        connection.commit()
    assert look(file, "PRAGMA journal_mode = DELETE") == [("delete",)]
    assert look(file, "SELECT number FROM numbers") == [(1,), (2,)]
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        held.fetchall()


async def test_readers_and_the_writer(file: Path) -> None:
    """A look sees one moment, and writers go on meanwhile."""
    async with opened(file) as store:
        await meet(store)
        async with store.reading() as work:
            assert await work.next_wake() is None
            await save(store, deliveries=[delivery(1)])
            assert await work.next_wake() is None
        async with store.reading() as work:
            assert await work.next_wake() is not None


async def test_looks_cannot_write(file: Path) -> None:
    """Writing during a look is refused."""
    async with opened(file) as store, store.reading() as work:
        with pytest.raises(StoreUnavailable):
            await work.save(Changes(events=[event(1)]))


async def test_closed(file: Path) -> None:
    """A store that was closed says so."""
    async with opened(file) as store:
        pass
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.find(ANNS)


async def test_the_log_is_moved_when_it_is_quiet(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written reaches the database file itself without waiting for its end."""
    monkeypatch.setattr(sqlite, "QUIET_SECONDS", 0.0)
    async with opened(file) as store:
        before = size(file)
        big = [inbound(n, str(n), raw="x" * 3000) for n in range(100)]
        await save(store, inbound=big)
        async with asyncio.timeout(10):
            while size(file) < before + 300_000:  # noqa: ASYNC110 - a file has no event
                await asyncio.sleep(0.01)


def size(file: Path) -> int:
    """Return how large a file is."""
    return file.stat().st_size


async def test_case_notes(file: Path) -> None:
    """A note reaches the cases that its answer led to; without one, all of a talk."""
    async with opened(file) as store:
        cases = [case(1), case(2, "why"), case(3, session=101)]
        await save(store, cases=cases)
        notes = [CaseNote(100, "score", "now 9"), CaseNote(100, "", 'said "hm"')]
        await save(store, case_notes=notes)
    assert look(file, "SELECT notes FROM cases ORDER BY id") == [
        ('["now 9","said \\"hm\\""]',),
        ('["said \\"hm\\""]',),
        ("[]",),
    ]


async def test_no_such_folder(tmp_path: Path) -> None:
    """A folder that is missing is named, and not made."""
    with pytest.raises(StoreUnavailable, match=r"The folder .*gone.* does not exist"):
        async with opened(tmp_path / "gone" / "voxpop.db"):
            pass
    assert not (tmp_path / "gone").exists()


async def test_a_folder(tmp_path: Path) -> None:
    """A folder is no database."""
    with pytest.raises(StoreUnavailable, match="is a folder"):
        async with opened(tmp_path):
            pass


TEXT = "flow: nps\n" * 100


@pytest.fixture
def text(file: Path) -> Path:
    """Make a file that is something else."""
    file.write_text(TEXT)
    return file


def look_at(file: Path) -> str:
    """Return what is in a file."""
    return file.read_text()


async def test_no_database(text: Path) -> None:
    """A file of something else is left alone."""
    with pytest.raises(StoreUnavailable, match="is no Voxpop database"):
        async with opened(text):
            pass
    assert look_at(text) == TEXT


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite:///", "voxpop.db"])
async def test_no_such_store(url: str) -> None:
    """An address that names no kind of store gets an example of one that does."""
    with pytest.raises(WrongUse, match=r"sqlite:///voxpop\.db"):
        async with open_store(url):
            pass


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "locked"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "cannot be written to"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be opened"),
        (sqlite3.SQLITE_CORRUPT, "is damaged; restore a backup"),
        (sqlite3.SQLITE_NOMEM, "not enough memory"),
    ],
)
def test_sentences(code: int, words: str) -> None:
    """Each of the store's own failures names the file and says what to do."""
    error = sqlite3.OperationalError("odd words")
    error.sqlite_errorcode = code
    with pytest.raises(StoreUnavailable, match=words) as raised, explained("my.db"):
        raise error
    assert "my.db" in str(raised.value)


def test_other_failures_pass() -> None:
    """What is not the store's fault stays what it is."""
    with pytest.raises(sqlite3.OperationalError, match="syntax"), explained("my.db"):
        raise sqlite3.OperationalError("syntax error")


def test_old_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python with an old SQLite is told to be renewed."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    with pytest.raises(StoreUnavailable, match=r"needs 3\.38\.0 or newer"):
        usable(":memory:")
