"""The history of what was published, on every engine, and of older databases."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from bot.model.changes import Revision
from bot.model.publication import Publication, Standing
from bot.model.session import Frame
from storage import SqlStore as Store, migrate as migrations, open_store
from storage.migrate import migrate, steps
from storage.postgres import PostgresTarget
from tests.databases import blank_database, fresh_database, psql
from tests.storage.samples import ANN, BEN, NOON, meet, rows, save, session
from tests.storage.test_migrate import bring_up


def revision(hash_: str, flow: str = "nps", minutes: int = 0) -> Revision:
    """Return a revision, published so many minutes after noon."""
    return Revision(
        hash=hash_,
        flow=flow,
        source=b"flow: nps",
        language_version=1,
        published_at=NOON + timedelta(minutes=minutes),
        published_by="ann",
    )


async def publish(store: Store, *given: Revision, how: str = "publish") -> None:
    """Publish revisions in a transaction of their own."""
    async with store.transaction() as work:
        await work.hold_revisions()
        await work.publish(given, how)


async def history(store: Store, flow: str | None = None) -> Sequence[Publication]:
    """Return what was published."""
    async with store.reading() as work:
        return await work.publications(flow)


async def test_what_was_published(store: Store) -> None:
    """Each publication is numbered in its flow, and knows what it replaced."""
    await publish(store, revision("h1"), revision("h3", "csat"))
    await publish(store, revision("h2", minutes=1), how="save")
    await publish(store, revision("h1", minutes=2), how="rollback")
    found = await history(store)
    assert [(e.flow, e.number, e.hash, e.how, e.replaced) for e in found] == [
        ("csat", 1, "h3", "publish", None),
        ("nps", 3, "h1", "rollback", "h2"),
        ("nps", 2, "h2", "save", "h1"),
        ("nps", 1, "h1", "publish", None),
    ]
    assert await history(store, "csat") == [
        Publication(
            flow="csat",
            number=1,
            hash="h3",
            at=NOON,
            by="ann",
            how="publish",
            replaced=None,
        )
    ]
    assert await history(store, "none") == []


async def test_what_is_shunned(store: Store) -> None:
    """What was rolled back from is told until something else is published."""
    for hash_, how in (("h1", "save"), ("h2", "save"), ("h3", "publish")):
        await publish(store, revision(hash_), how=how)
    told = []
    for hash_, how in (("h2", "rollback"), ("h1", "rollback"), ("h4", "save")):
        await publish(store, revision(hash_), how=how)
        async with store.reading() as work:
            told.append(await work.rolled_back())
    assert told == [{("nps", "h3")}, {("nps", "h3"), ("nps", "h2")}, set()]


async def test_who_is_on_it(store: Store) -> None:
    """Open talks are counted by what they keep and by where they stand, also inside."""
    await meet(store)
    pins = {"nps": "h1", "more": "h2"}
    inside = (Frame("nps", "go_on"), Frame("more", "why"))
    first = session(frames=inside, pins=pins)
    second = session(
        101, contact=BEN.id, frames=(Frame("nps", "score"),), pins={"nps": "h1"}
    )
    ended = session(102, contact=ANN.id, status="completed", frames=inside, pins=pins)
    await save(store, sessions=rows(first, second))
    await save(store, sessions=rows(ended))
    async with store.reading() as work:
        assert await work.talks_keeping() == {"h1": 2, "h2": 1}
        assert await work.talks_standing() == [
            Standing("more", "h2", "why", 1),
            Standing("nps", "h1", "go_on", 1),
            Standing("nps", "h1", "score", 1),
        ]


def test_numbers_are_those_of_sqlite() -> None:
    """A step has the same number and name on both engines; the first holds all before.

    PostgreSQL came when SQLite had five, whose tables are in its first.
    """
    own = {step.number: step.name for step in steps("sqlite")}
    other = {step.number: step.name for step in steps("postgres")}
    assert other == {n: name for n, name in own.items() if n == 1 or n > 5}


OLDER = (
    ("h1", "nps", 1, "run"),
    ("h2", "nps", 2, "save"),
    ("h3", "nps", 3, "save"),
    ("h4", "csat", 1, "chat"),
)
"""Revisions of a database before publications were noted; of nps h2 is current."""
FILLED = [
    ("csat", 1, "h4", "", "chat", None),
    ("nps", 3, "h2", "", "save", "h3"),
    ("nps", 2, "h3", "", "save", "h1"),
    ("nps", 1, "h1", "", "start", None),
]
CURRENT = "INSERT INTO current_revisions VALUES ('nps', 'h2'), ('csat', 'h4')"


async def filled(url: str) -> list[tuple[object, ...]]:
    """Bring a database up to date; return what it knows of its past."""
    async with open_store(url) as store:
        found = await history(store)
        return [(e.flow, e.number, e.hash, e.by, e.how, e.replaced) for e in found]


async def test_an_older_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older database knows each of its revisions once, the current one as newest."""
    every = steps("sqlite")
    monkeypatch.setattr(migrations, "steps", lambda _: every[:5])
    await bring_up(file)
    add = "INSERT INTO revisions VALUES (?, ?, 'x', 1, ?, ?)"
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.executemany(add.replace("'x'", "CAST('x' AS BLOB)"), OLDER)
        db.execute(CURRENT)
    monkeypatch.undo()
    assert await filled(f"sqlite:///{file}") == FILLED


@pytest.mark.postgres
async def test_an_older_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of a database on PostgreSQL."""
    url = blank_database()
    every = steps("postgres")
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "steps", lambda _: every[:1])
        connection = await asyncpg.connect(url)
        await migrate(PostgresTarget(connection, "old"))
        await connection.close()
    for row in OLDER:
        hash_, flow, at, by = (repr(each) for each in row)
        psql(
            url,
            f"INSERT INTO revisions VALUES ({hash_}, {flow}, 'x', 1, {at}, {by})",  # noqa: S608
        )
    psql(url, CURRENT)
    assert await filled(url) == FILLED


@pytest.mark.postgres
async def test_two_publish_at_once() -> None:
    """Who publishes while another one does waits, and knows what that one published."""
    url = fresh_database()
    async with open_store(url) as one, open_store(url) as other:
        async with one.transaction() as work:
            await work.hold_revisions()
            waiting = asyncio.create_task(publish(other, revision("h2")))
            await work.publish([revision("h1")])
        await waiting
        found = await history(one)
    assert [(e.number, e.hash, e.replaced) for e in found] == [
        (2, "h2", "h1"),
        (1, "h1", None),
    ]
