"""Moves between databases: every row, in one transaction, or nothing."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.errors import StoreUnavailable, WrongUse
from bot.model.changes import Revision
from bot.model.contact import Address
from storage import alone, open_store
from storage.ends import TABLES, End
from storage.moving import bring_up, move, open_end
from storage.postgres_end import PostgresEnd, home
from storage.sqlite_end import SqliteEnd
from tests.databases import blank_database, fresh_database, psql
from tests.storage.samples import (
    ANN,
    ANNS,
    BEN,
    LINK,
    MINUTE,
    NOON,
    answer,
    case,
    cell,
    delivery,
    event,
    inbound,
    join,
    media,
    meet,
    plan,
    rows,
    save,
    session,
    tag,
)

_numbers = itertools.count()
MOVES = [
    pytest.param("sqlite", "sqlite"),
    *(
        pytest.param(source, target, marks=pytest.mark.postgres)
        for source, target in (
            ("sqlite", "postgres"),
            ("postgres", "sqlite"),
            ("postgres", "postgres"),
        )
    ),
]
Blank = Callable[[str], str]


@pytest.fixture
def blank(tmp_path: Path) -> Blank:
    """Return what makes addresses of databases without tables."""

    def made(engine: str) -> str:
        if engine == "postgres":
            return blank_database()
        return f"sqlite:///{tmp_path}/{next(_numbers)}.db"

    return made


async def fill(url: str) -> None:
    """Store something in every table."""
    async with open_store(url) as store:
        await meet(store)
        other = Address("crm", "ann"), Address("web", "ánn ❤")
        await save(
            store,
            new_addresses=[(address, ANN.id) for address in other],
            inbound=[
                inbound(1, raw='{"text": "¡Olé! \\u0000"}'),
                inbound(2, "2", state="stuck", error="it broke"),
            ],
            sessions=rows(session(), session(101, contact=BEN.id)),
            answers=[answer(1), answer(2, value="slow", kind="text")],
            counts={cell(): 1, cell(measure="sent", value=""): 7},
            events=[event(1)],
            deliveries=[delivery(1), delivery(2, due_at=NOON + MINUTE)],
            cases=[case(1)],
            tags=[tag("vip")],
            plans=[plan(1)],
            media=[media(1)],
            joins=[join(1), join(2)],
            undone=[replace(join(2), undone_at=NOON + MINUTE)],
            merged={ANN.id: ANN.id, BEN.id: ANN.id},
            links=[LINK],
            used_links=[replace(LINK, used_at=NOON, used_by=ANNS)],
        )
        async with store.transaction() as work:
            revision = Revision(
                hash="abc",
                flow="nps",
                source=b"flow: nps \xf0\x9f\x99\x82",
                language_version=1,
                published_at=NOON,
                published_by="ann",
            )
            await work.publish([revision])
            await work.keep("key", "kept")
            await work.lease("sending", "me", NOON, NOON + timedelta(days=9))


async def everything(end: End) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows by table, without what each database fills by itself."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in TABLES:
        own = {"home", "place"} if table == "addresses" else {"home"}
        columns = sorted(set(await end.columns(table)) - own)
        chunks = [rows async for rows in end.chunks(table, columns)]
        found[table] = sorted((row for chunk in chunks for row in chunk), key=repr)
    return found


async def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of a database by table."""
    async with open_end(url) as end, end.reading():
        return await everything(end)


def told(_table: str, _done: int, _total: int) -> None:
    """Hear how far it is, and say nothing."""


@pytest.mark.parametrize(("source", "target"), MOVES)
async def test_every_row(blank: Blank, source: str, target: str) -> None:
    """Every table arrives as it was, and talks go on from there."""
    old, new = blank(source), blank(target)
    await fill(old)
    moved = await move(old, new, told)
    before, after = await contents(old), await contents(new)
    assert before == after
    assert moved == {table: len(found) for table, found in after.items()}
    empty = {table for table, found in after.items() if not found}
    assert empty == {"consents"}
    async with open_store(new) as store:
        async with store.reading() as work:
            assert await work.last_sessions([ANN.id]) == {ANN.id: session()}
            own = (await work.addresses([ANN.id]))[ANN.id]
            assert [each.handle for each in own] == ["ann", "ann", "ánn ❤"]
            assert await work.seen([(ANNS, "1"), (ANNS, "9")]) == {("web", "1")}
        async with store.transaction() as work:
            assert await work.lease("sending", "another", NOON, NOON + MINUTE)
        late = Address("web", "late")
        await save(store, new_addresses=[(late, ANN.id)])
        async with store.reading() as work:
            assert (await work.addresses([ANN.id]))[ANN.id][-1] == late


@pytest.mark.parametrize(("source", "target"), MOVES)
async def test_a_target_that_holds_something(
    blank: Blank, source: str, target: str
) -> None:
    """A database with a row in it is no target, and stays as it is."""
    old, new = blank(source), blank(target)
    await fill(old)
    async with open_store(new) as store, store.transaction() as work:
        await work.keep("key", "another")
    with pytest.raises(
        WrongUse, match=r"holds something already \(rows: 1\); name an empty"
    ):
        await move(old, new, told)
    assert (await contents(new))["kept"] == [("key", "another")]


@pytest.mark.parametrize(("source", "target"), MOVES)
async def test_nothing_or_all(
    blank: Blank, source: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a row is lost on the way nothing is kept; then it can be tried again."""
    old, new = blank(source), blank(target)
    await fill(old)
    kind = PostgresEnd if target == "postgres" else SqliteEnd
    add = kind.add

    async def lossy(end: Any, table: str, columns: Any, rows: Any) -> None:  # noqa: ANN401
        await add(end, table, columns, rows[:-1] if table == "counts" else rows)

    with monkeypatch.context() as patched:
        patched.setattr(kind, "add", lossy)
        with pytest.raises(StoreUnavailable, match=r"arrived .*counts.*nothing was"):
            await move(old, new, told)
    assert all(found == [] for found in (await contents(new)).values())
    await move(old, new, told)
    assert await contents(new) == await contents(old)


async def test_how_far_it_is(blank: Blank, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows go in small lots, and each lot is told."""
    monkeypatch.setattr("storage.sqlite_end.CHUNK", 2)
    old, new = blank("sqlite"), blank("sqlite")
    await fill(old)
    heard: list[tuple[str, int, int]] = []
    await move(old, new, lambda *words: heard.append(words))
    assert [each for each in heard if each[0] == "addresses"] == [
        ("addresses", 0, 4),
        ("addresses", 2, 4),
        ("addresses", 4, 4),
    ]
    assert await contents(new) == await contents(old)


@pytest.mark.postgres
async def test_while_it_is_served(blank: Blank) -> None:
    """Nobody may work on either database meanwhile."""
    file, server = blank("sqlite"), blank("postgres")
    await fill(file)
    async with alone(file):
        with pytest.raises(StoreUnavailable, match="Another voxpop run serves"):
            await move(file, server, told)
    async with open_store(server):
        with pytest.raises(StoreUnavailable, match=r"Another Voxpop works on .*/t\d"):
            await move(file, server, told)
    await move(file, server, told)


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "mysql://x", "voxpop.db"])
async def test_no_lasting_database(blank: Blank, url: str) -> None:
    """What is no database that lasts is refused on either side."""
    for pair in ((url, blank("sqlite")), (blank("sqlite"), url)):
        with pytest.raises((WrongUse, StoreUnavailable)):
            await move(*pair, told)


async def test_the_same(blank: Blank) -> None:
    """A database is not moved to itself."""
    url = blank("sqlite")
    with pytest.raises(WrongUse, match="name the same database"):
        await move(url, url, told)


@pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
async def test_every_table_is_named(blank: Blank, engine: str) -> None:
    """The list of tables is all there is, but what belongs to a database itself."""
    url = blank(engine)
    assert (await bring_up(url))[0] == "0001_first"
    assert await bring_up(url) == []
    sql = {
        "sqlite": "SELECT name FROM sqlite_schema WHERE type = 'table'",
        "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }[engine]
    async with open_end(url) as end:
        found = {name for (name,) in await end.rows(sql)}
    assert found - {"sqlite_sequence"} == {*TABLES, "migrations", "leases"}


@pytest.mark.postgres
async def test_the_same_columns(blank: Blank) -> None:
    """Both engines have the same columns, but those that one fills by itself."""
    file, server = blank("sqlite"), blank("postgres")
    await bring_up(file)
    await bring_up(server)
    async with open_end(file) as one, open_end(server) as other:
        for table in TABLES:
            made = other.made.get(table, frozenset())
            assert set(await one.columns(table)) == {
                name for name in await other.columns(table) if name not in made
            }


@pytest.mark.postgres
@pytest.mark.parametrize("handle", ["ann", "ánn ❤", ""])
def test_home(handle: str) -> None:
    """The number of an address is the one that the database itself works out."""
    found = psql(fresh_database(), f"SELECT home_of('web', '{handle}')")
    assert home("web", handle) == int(found)
