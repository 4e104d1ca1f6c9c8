"""What only PostgreSQL can go through: several workers, servers that go, its keys."""

import asyncio
from typing import Any

import asyncpg
import pytest

from bot.errors import StoreBusy, StoreConflict, StoreUnavailable, WrongUse
from bot.model.changes import Changes
from bot.model.message import Reach
from storage import SqlStore, open_store
from storage.named import statements
from storage.postgres_errors import explained, shown
from tests.databases import blank_database, fresh_database, psql
from tests.storage.samples import (
    ANN,
    ANNS,
    BEN,
    BENS,
    MINUTE,
    NOON,
    delivery,
    inbound,
    meet,
    plan,
    rows,
    save,
    session,
)

pytestmark = pytest.mark.postgres
WEB = Reach(("web",))
WHOLE = {
    "counts",
    "current_revisions",
    "kept",
    "leases",
    "links",
    "migrations",
    "months",
    "publications",
    "revisions",
}
"""Small tables of which every machine would keep all."""


def test_the_same_statements() -> None:
    """Both engines know the same statements, but for the holding of rows."""
    own = {"addresses_at", "contacts_hold", "contacts_await", "outbox_hold"}
    own |= {"outbox_hold_singly", "publications_hold"}
    assert statements("postgres").keys() - statements("sqlite").keys() == own
    singly = {"outbox_claim_singly"}  # there the holding of rows has seen to it
    assert statements("sqlite").keys() - singly <= statements("postgres").keys()


def test_keys_allow_distribution() -> None:
    """Every unique key begins with the contact, or the number of an address."""
    found = psql(
        fresh_database(),
        "SELECT c.relname, a.attname FROM pg_index AS i"
        " JOIN pg_class AS c ON c.oid = i.indrelid"
        " JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'public'"
        " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
        " WHERE i.indisunique",
    )
    first = dict(line.split("|") for line in found.splitlines())
    assert first.keys() >= WHOLE
    parted = {name: key for name, key in first.items() if name not in WHOLE}
    assert parted.pop("contacts") == "id"
    assert {name for name, key in parted.items() if key == "home"} == {
        "addresses",
        "inbound",
    }
    assert {key for key in parted.values() if key != "home"} == {"contact"}
    assert psql(fresh_database(), "SELECT count(*) FROM pg_sequences") == "0"


def test_a_home_is_for_good() -> None:
    """The number of an address never changes: rows lie where it says."""
    query = "SELECT home_of('web', 'ann'), home_of('telegram', 'añn')"
    assert psql(fresh_database(), query) == "-6050482721392125298|-8648056069770011753"


async def test_a_held_contact_is_left_out() -> None:
    """Who is held by one worker is busy for another, until that one is done."""
    url = fresh_database()
    async with open_store(url) as one, open_store(url) as other:
        await meet(one)
        async with one.transaction() as first:
            assert await first.hold([ANNS]) == ({ANNS: ANN}, set())
            async with other.transaction() as second:
                assert await second.hold([ANNS, BENS]) == ({BENS: BEN}, {ANNS})
        async with other.transaction() as second:
            assert await second.hold([ANNS]) == ({ANNS: ANN}, set())


async def test_a_held_contact_is_waited_for() -> None:
    """Who must have a contact waits, and sees what the other one wrote."""
    url = fresh_database()
    async with open_store(url) as one, open_store(url) as other:
        await meet(one)
        async with one.transaction() as first:
            await first.hold([ANNS])

            async def wait() -> object:
                async with other.transaction() as second:
                    await second.hold([ANNS], wait=True)
                    return await second.last_sessions([ANN.id])

            waiting = asyncio.create_task(wait())
            await first.save(Changes(sessions=rows(session())))
        assert await waiting == {ANN.id: session()}


async def test_nothing_of_a_held_contact_is_claimed() -> None:
    """What is due of somebody whom another worker holds is left to a later look."""
    url = fresh_database()
    async with open_store(url) as one, open_store(url) as other:
        await meet(one)
        bens = delivery(3, contact=BEN.id, address=BENS)
        due = {"deliveries": [delivery(1), delivery(2), bens], "plans": [plan(1)]}
        await save(one, sessions=rows(session(status="completed")), **due)
        async with one.transaction() as first:
            await first.hold([ANNS])
            async with other.transaction() as second:
                reach = Reach(("telegram", "web"))
                got = await second.claim(NOON, NOON + MINUTE, 9, reach)
                assert [row.id for row in got] == [3]
                assert await second.due_sessions(NOON + MINUTE, 9) == []
                assert await second.due_plans(NOON, 9) == []
        async with other.transaction() as second:
            got = await second.claim(NOON, NOON + MINUTE, 9, WEB)
            assert [row.id for row in got] == [1, 2]
            assert len(await second.due_plans(NOON, 9)) == 1


async def test_many_claim_each_row_once() -> None:
    """Eight workers that claim at the same time get each row once, in its order."""
    url = fresh_database()
    async with open_store(url) as one:
        await meet(one)
        made = [
            delivery(n, contact=c.id, address=a)
            for n, (c, a) in enumerate([(ANN, ANNS), (BEN, BENS)] * 40)
        ]
        await save(one, deliveries=made)
        got: list[int] = []

        async def claim() -> None:
            for _ in range(20):
                async with one.transaction() as work:
                    reach = Reach(("telegram", "web"))
                    claimed = await work.claim(NOON, NOON + MINUTE, 3, reach)
                    got.extend(row.id for row in claimed)
                    await work.settle([])

        await asyncio.gather(*(claim() for _ in range(8)))
        leased = {row.id for row in await one.outbox() if row.state == "claimed"}
    assert sorted(got) == sorted(leased)
    assert len(set(got)) == len(got)


async def test_the_same_first_message_twice() -> None:
    """Of two workers that store the same, the later one is told to look again."""
    url = fresh_database()
    async with open_store(url) as one, open_store(url) as other:
        await save(one, inbound=[inbound(1)])
        with pytest.raises(StoreConflict):
            await save(other, inbound=[inbound(2)])


async def test_a_ring_of_waiting() -> None:
    """Where two wait for each other, one is told to try again."""
    url = fresh_database()
    async with open_store(url) as store:
        await meet(store)

        async def hold(first: int, then: int, met: asyncio.Barrier) -> None:
            async with store.transaction() as work:
                await work.hold_contacts([first])
                await met.wait()
                await work.hold_contacts([then])

        met = asyncio.Barrier(2)
        done = await asyncio.gather(
            hold(ANN.id, BEN.id, met),
            hold(BEN.id, ANN.id, met),
            return_exceptions=True,
        )
    assert [type(each) for each in done if each is not None] == [StoreBusy]


async def test_broken_connections() -> None:
    """When the server cuts every connection, the next transaction has a new one."""
    url = fresh_database()
    async with open_store(url) as store:
        await meet(store)
        with pytest.raises(StoreUnavailable):
            await _cut_off(store, url)
        await save(store, inbound=[inbound(1)])


async def _cut_off(store: SqlStore, url: str) -> None:
    async with store.transaction() as work:
        await work.save(Changes(inbound=[inbound(1)]))
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        psql(
            url, f"{cut} WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        await work.contacts([ANN.id])


async def test_cancelled_anywhere() -> None:
    """A task cancelled in a transaction leaves all or nothing, and no complaint."""
    complaints: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))

    async def write(number: int) -> None:
        async with store.transaction() as work:
            await work.save(
                Changes(
                    inbound=[inbound(number, str(number))],
                    deliveries=[delivery(number)],
                )
            )

    async with open_store(database := fresh_database()) as store:
        await meet(store)
        for turns in range(120):
            task = asyncio.create_task(write(turns))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        await write(120)
        inside = psql(database, "SELECT id FROM inbound ORDER BY id").splitlines()
        sent = psql(database, "SELECT id FROM outbox ORDER BY id").splitlines()
    assert "120" in inside
    assert inside == sent
    assert complaints == []


def test_a_client_that_lost_its_thread() -> None:
    """What the client says where a cut connection's last word came between is no bug.

    It has read why the server cut it, and not yet that it did.
    """
    words = "cannot switch to state 12; another operation (2) is in progress"
    with pytest.raises(StoreUnavailable, match="cannot be reached"), explained("db"):
        raise asyncpg.InternalClientError(words)


async def test_a_look_sees_one_moment() -> None:
    """What is written during a look is not seen by it, and a look cannot write."""
    async with open_store(fresh_database()) as store:
        await meet(store)
        async with store.reading() as work:
            assert await work.next_wake() is None
            await save(store, deliveries=[delivery(1)])
            assert await work.next_wake() is None
            with pytest.raises(StoreUnavailable):
                await work.save(Changes(inbound=[inbound(1)]))


async def test_commits_are_durable() -> None:
    """A server that would not wait for its disk does so for us."""
    url = blank_database()
    name = url.partition("?")[0].rpartition("/")[2]
    psql(url, f"ALTER DATABASE {name} SET synchronous_commit = off")
    async with open_store(url) as store:
        await meet(store)
        async with store._driver.connection() as connection:  # type: ignore[attr-defined]  # noqa: SLF001
            assert await connection.fetchval("SHOW synchronous_commit") == "on"


async def test_two_make_the_tables_at_once() -> None:
    """Workers that start together on a new database bring it up to date once."""
    url = blank_database()

    async def start() -> None:
        async with open_store(url) as store:
            await store.outbox()

    await asyncio.gather(*(start() for _ in range(4)))
    assert psql(url, "SELECT count(*) = count(DISTINCT number) FROM migrations") == "t"


async def test_a_newer_database() -> None:
    """The database of a newer Voxpop is refused."""
    url = fresh_database()
    psql(url, "INSERT INTO migrations VALUES (9000, '9000_later', 'x', 0)")
    with pytest.raises(StoreUnavailable, match=r"newer Voxpop .*9000_later"):
        async with open_store(url):
            pass


async def test_letters_it_cannot_hold() -> None:
    """A database that is not in UTF-8 is refused with the way to make one."""
    url = blank_database()
    psql(
        url,
        "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
    )
    name = url.partition("?")[0].rpartition("/")[2]
    with pytest.raises(StoreUnavailable, match=r"LATIN1; make one with `createdb"):
        async with open_store(url.replace(f"/{name}?", "/latin?")):
            pass


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        (
            "postgresql://x:secret@localhost:1/none",
            StoreUnavailable,
            "cannot be reached",
        ),
        ("postgresql://x:secret@localhost:port/none", WrongUse, "address .* not right"),
    ],
)
async def test_not_there(url: str, error: type[Exception], words: str) -> None:
    """A server that cannot be reached is named, its password is not."""
    with pytest.raises(error, match=words) as found:
        async with open_store(url):
            pass
    assert "secret" not in str(found.value)


async def test_no_such_database() -> None:
    """A database that is missing is named, with how to make it."""
    url = fresh_database()
    name = url.partition("?")[0].rpartition("/")[2]
    with pytest.raises(StoreUnavailable, match=r"There is no database .*create it"):
        async with open_store(url.replace(f"/{name}?", "/missing?")):
            pass


def test_an_address_is_shown_without_its_password() -> None:
    """What is said of a database never names who opens it, nor how."""
    assert shown("postgres://a:b@[::1]/x?password=c") == "postgresql://[::1]/x"
