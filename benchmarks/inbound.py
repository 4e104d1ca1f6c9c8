"""How many messages a second come in for good, beside what the database alone takes.

*voxpop* is the whole inbound path: 64 callers, each waiting for its commit before it
sends on, half taps and half typed words, through understanding, the engine and one
durable transaction a batch. *bare* writes the very rows that this run wrote, in the
same batches, with the standard library's sqlite3 in one thread: the same tables,
indexes and settings, `synchronous=FULL`, and nothing to think about. Both on one core.

With PostgreSQL *bare* is asyncpg in one task, the statements and settings ours again.
The server, which syncs each commit to the disk, has the other core to itself.

Run: python benchmarks/inbound.py [--engine sqlite|postgresql]
"""

import argparse
import asyncio
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    closing,
    suppress,
)
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import uvloop  # noqa: E402

from benchmarks import postgres  # noqa: E402
from benchmarks.house import desk_on  # noqa: E402
from bot.clock import now  # noqa: E402
from bot.engine.heard import Begun  # noqa: E402
from bot.model.contact import Address, Contact  # noqa: E402
from bot.model.message import Inbound, Tap  # noqa: E402
from bot.service.batch import Batch  # noqa: E402
from bot.service.desk import Desk  # noqa: E402
from bot.service.inbound import Inbox  # noqa: E402
from bot.wiring import settle_memory  # noqa: E402
from flows.language.document import FlowDocument, load_flow  # noqa: E402
from storage import SqlStore  # noqa: E402
from storage.driver import Driver, Row, Statements, Write  # noqa: E402
from storage.named import statements  # noqa: E402
from storage.postgres import open_postgres  # noqa: E402
from storage.sqlite import SETTINGS, open_sqlite  # noqa: E402

CALLERS = 64
CONTACTS = 4_096
ROUNDS = 5
TYPED = ("3, it came late", "yes")
TAPPED = (("score", ("8",)), ("improve", ("speed", "price")))
MESSAGES = CONTACTS * len(TYPED)

Batches = list[list[tuple[str, list[Row]]]]
Rounds = Generator[tuple[float, float, int], None, None]
Who = Callable[[int], Address]
"""Where a contact is reached, by number."""
Place = Path | str
"""A file for SQLite, or the address of a database on PostgreSQL."""


# ── what voxpop writes is kept, so that bare can write the same ──────────────────────


class Recorder:
    """A driver that remembers what each transaction wrote."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.shared = driver.shared
        self.ring, self.listen = driver.ring, driver.listen
        self.scrub = driver.scrub
        self.batches: Batches = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Statements]:
        """Open a transaction, and keep what it wrote once it is committed."""
        written: list[tuple[str, list[Row]]] = []
        async with self._driver.transaction() as found:
            yield Recording(found, written)
        self.batches.append(written)

    def reading(self) -> AbstractAsyncContextManager[Statements]:
        """Open a look at the database."""
        return self._driver.reading()


class Recording:
    """The statements of one transaction, remembered."""

    def __init__(self, found: Statements, written: list[tuple[str, list[Row]]]) -> None:
        self.shared = found.shared
        self.fetch = found.fetch
        self._write = found.write
        self._written = written

    async def write(self, writes: Iterable[Write]) -> None:
        """Write, and remember."""
        kept = [(name, list(rows)) for name, rows in writes if rows]
        self._written.extend(kept)
        await self._write(kept)


# ── the two runs ─────────────────────────────────────────────────────────────────────


def opened_at(place: Place) -> AbstractAsyncContextManager[Driver]:
    """Open a database of either kind."""
    return open_postgres(place) if isinstance(place, str) else open_sqlite(str(place))


def documents() -> list[FlowDocument]:
    """Return the flows of the example."""
    paths = [ROOT / "flows" / f"{name}.yaml" for name in ("nps", "referral")]
    return [load_flow(path.name, path.read_bytes()) for path in paths]


def visitor(number: int) -> Address:
    """Return where one of the contacts is reached."""
    return Address("web", f"visitor-{number:06}")


async def prepare(
    place: Place,
    contacts: int = CONTACTS,
    more: Sequence[FlowDocument] = (),
    names: Sequence[str] = ("nps",),
    *,
    who: Who = visitor,
) -> None:
    """Make a database in which every contact has a talk that waits for a score.

    The talks are in the named flows by turns, and `more` flows are published; `who`
    says where each contact is reached.
    """
    async with opened_at(place) as driver:
        desk = desk_on(SqlStore(driver))
        await desk.library.publish([*documents(), *more], now=now(), by="bench")
        async with desk.store.transaction() as work:
            batch = Batch(desk, now())
            await batch.load(work, [])
            for number in range(contacts):
                begun = Begun(flow=names[number % len(names)], trigger="bench")
                contact = Contact(id=desk.new_id(), language="en")
                batch.meet(contact, who(number))
                batch.push(contact.id, begun, who(number))
            await batch.save(work)
    if isinstance(place, Path):
        with sqlite3.connect(place) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()


async def voxpop(place: Place) -> tuple[float, Batches]:
    """Return messages a second through the whole inbound path, and what was written."""
    async with opened_at(place) as driver:
        recorder = Recorder(driver)
        desk = desk_on(SqlStore(recorder))
        await desk.library.refresh()
        talks = await waiting(desk)
        inbox = Inbox(desk)
        settle_memory()
        taking = asyncio.create_task(inbox.run())
        start = perf_counter()
        shares = (talks[caller::CALLERS] for caller in range(CALLERS))
        await asyncio.gather(*(call(inbox, share) for share in shares))
        took = perf_counter() - start
        taking.cancel()
        with suppress(asyncio.CancelledError):
            await taking
    return MESSAGES / took, recorder.batches


async def waiting(
    desk: Desk,
    numbers: Iterable[int] = range(CONTACTS),
    *,
    who: Who = visitor,
) -> list[tuple[Address, int]]:
    """List who has a talk, and which."""
    addresses = [who(number) for number in numbers]
    async with desk.store.reading() as work:
        owners = await work.contacts_at(addresses)
        sessions = await work.last_sessions([c.id for c in owners.values()])
    return [(address, sessions[owners[address].id].id) for address in addresses]


async def call(inbox: Inbox, talks: Sequence[tuple[Address, int]]) -> None:
    """Answer one talk after the other, each message once the last is committed."""
    for place, (address, session) in enumerate(talks):
        for number in range(len(TYPED)):
            await inbox.take(message(address, session, number, tapped=place % 2 == 1))


def message(address: Address, session: int, number: int, *, tapped: bool) -> Inbound:
    """Return what a contact sends, in words or by tap."""
    return Inbound(
        address=address,
        key=f"{session}-{number}",
        at=now(),
        text=None if tapped else TYPED[number],
        tap=Tap(session, *TAPPED[number]) if tapped else None,
        raw=RAW,
    )


RAW = "{" + '"update": "what a provider sends around a message", ' * 6 + "}"


def bare(file: Path, batches: Batches) -> float:
    """Return messages a second for writing the same rows and nothing else."""
    texts = statements("sqlite")
    db = sqlite3.connect(file, isolation_level=None)
    for setting in SETTINGS:
        db.execute(f"PRAGMA {setting}").fetchall()
    start = perf_counter()
    for written in batches:
        db.execute("BEGIN IMMEDIATE")
        for name, rows in written:
            db.executemany(texts[name], rows)
        db.execute("COMMIT")
    took = perf_counter() - start
    db.close()
    return MESSAGES / took


# ── the figures ──────────────────────────────────────────────────────────────────────


def check(rows: dict[str, int]) -> None:
    """End the run where rows are missing."""
    half = CONTACTS // 2
    expected = {
        "inbound": MESSAGES,
        "completed": CONTACTS,
        "answers": half * 3 + half * 2,
    }
    for name, count in expected.items():
        if rows[name] != count:
            raise SystemExit(f"{name}: {rows[name]} rows instead of {count}")


def counted(file: Path) -> dict[str, int]:
    """Return how many rows each table has, and check that nothing is missing."""
    db = sqlite3.connect(file)
    tables = [
        name
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    ]
    found = {
        name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608
        for name in tables
    }
    ended = "SELECT count(*) FROM sessions WHERE status = 'completed'"
    found["completed"] = db.execute(ended).fetchone()[0]
    db.close()
    check(found)
    return found


def on_sqlite(folder: Path) -> Rounds:
    """Yield what each round reaches, bare beside it, and how many batches it took."""
    start = folder / "start.db"
    asyncio.run(prepare(start))
    files = [folder / f"{name}.db" for name in ("voxpop", "bare")]
    while True:
        for file in files:
            for old in folder.glob(f"{file.name}*"):
                old.unlink()
            shutil.copy(start, file)
        fast, batches = uvloop.run(voxpop(files[0]))
        plain = bare(files[1], batches)
        if counted(files[0]) != counted(files[1]):
            raise SystemExit("the two databases differ")
        yield fast, plain, len(batches)


def on_postgresql(folder: Path) -> Rounds:
    """Yield the same where both write to a server."""
    with postgres.server(folder) as server:
        start = server.make()
        asyncio.run(prepare(start))
        while True:
            ours, theirs = server.make(start), server.make(start)
            fast, batches = uvloop.run(voxpop(ours))
            plain = MESSAGES / uvloop.run(postgres.bare(theirs, batches))
            rows = [asyncio.run(postgres.counted(url)) for url in (ours, theirs)]
            check(rows[0])
            if rows[0] != rows[1]:
                raise SystemExit("the two databases differ")
            yield fast, plain, len(batches)


def main() -> None:
    """Run five rounds of each, one after the other, and print the medians."""
    engines = {"sqlite": on_sqlite, "postgresql": on_postgresql}
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=engines, default="sqlite")
    engine = engines[parser.parse_args().engine]
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    rates: list[tuple[float, float]] = []
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder,
        closing(engine(Path(folder))) as rounds,
    ):
        for number, (fast, plain, batches) in zip(
            range(1, ROUNDS + 1), rounds, strict=False
        ):
            rates.append((fast, plain))
            print(
                f"round {number}: voxpop {fast:8,.0f}/s   bare {plain:8,.0f}/s"
                f"   ratio {fast / plain:.2f}   {MESSAGES / batches:.0f} messages a"
                " batch",
                flush=True,
            )
    fast, plain = (statistics.median(column) for column in zip(*rates, strict=True))
    ratio = statistics.median(a / b for a, b in rates)
    print(f"median:  voxpop {fast:8,.0f}/s   bare {plain:8,.0f}/s   ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
