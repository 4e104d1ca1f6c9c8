"""The outbox: claimed with a lease, fenced by a token, taken back while it is due."""

from typing import Any

import pytest
from msgspec.structs import replace

from bot.model.changes import Changes, Sent, Withdrawn
from bot.model.contact import Address
from bot.model.message import Outbound, Reach, Shown
from storage import SqlStore
from tests.storage.samples import (
    ANN,
    BEN,
    BENS,
    MINUTE,
    NOON,
    delivery,
    meet,
    plan,
    save,
    tag,
)

LEASE = NOON + MINUTE
REACH = Reach(("slack", "telegram", "web"))


@pytest.fixture(autouse=True)
async def people(store: SqlStore) -> None:
    """Have the people here whom messages go to."""
    await meet(store)


async def states(store: SqlStore) -> dict[int, str]:
    """Return how far each row of the outbox came."""
    return {row.id: row.state for row in await store.outbox()}


def sent(id_: int, *became: Any) -> Sent:  # noqa: ANN401 - any of Sent
    """Return what became of a delivery to Ann."""
    return Sent(ANN.id, id_, *became)


async def claim(store: SqlStore, limit: int = 9) -> list[int]:
    """Claim what is due at noon, and return its ids."""
    async with store.transaction() as work:
        return [found.id for found in await work.claim(NOON, LEASE, limit, REACH)]


async def start(store: SqlStore, *ids: int, token: int = 2) -> set[int]:
    """Mark deliveries as leaving, and return those that this got."""
    async with store.transaction() as work:
        return await work.start_sending([(ANN.id, id_, token) for id_ in ids])


async def settle(store: SqlStore, *results: Sent) -> None:
    """Store what became of deliveries."""
    async with store.transaction() as work:
        await work.settle(results)


async def test_claiming(store: SqlStore) -> None:
    """What is due is claimed once, in the order it was made, and comes back whole."""
    shown = Shown(step="score", kind="nps", minimum=0, maximum=10)
    full = delivery(
        3,
        contact=BEN.id,
        address=BENS,
        asks="score",
        cause="why",
        content=Outbound(text="How likely …?", shown=shown),
        topic="case",
        prompted=False,
        role="opens",
    )
    made = [full, delivery(1, session=None), delivery(2, due_at=NOON + MINUTE)]
    await save(store, deliveries=made)
    async with store.transaction() as work:
        claimed = await work.claim(NOON, LEASE, 9, REACH)
        assert await work.claim(NOON, LEASE, 9, REACH) == []
    assert claimed == [
        delivery(1, session=None, state="claimed", token=1),
        replace(full, state="claimed", token=1),
    ]


async def test_the_oldest_first(store: SqlStore) -> None:
    """A limit takes the rows that have been due for longest."""
    made = [delivery(1), delivery(2, due_at=NOON - MINUTE), delivery(3)]
    addresses = [Address("web", str(place)) for place in range(3)]
    await save(
        store,
        deliveries=[
            delivery(row.id, due_at=row.due_at, address=address)
            for row, address in zip(made, addresses, strict=True)
        ],
    )
    assert await claim(store, 2) == [1, 2]
    assert await claim(store, 2) == [3]


async def test_order_of_an_address(store: SqlStore) -> None:
    """A row waits while an earlier one of its address is claimed or on its way."""
    other = delivery(4, address=BENS)
    await save(store, deliveries=[delivery(1), delivery(2)])
    assert await claim(store) == [1, 2]
    await save(store, deliveries=[delivery(3), other])
    assert await claim(store) == [4]
    await start(store, 1, 2)
    assert await claim(store) == []
    await settle(
        store,
        sent(1, 2, "unknown", NOON),
        sent(2, 2, "failed", NOON, "gone"),
    )
    assert await claim(store) == [3]


async def test_what_is_tried_again_keeps_its_turn(store: SqlStore) -> None:
    """A row that goes back to be tried again holds back those behind it."""
    await save(store, deliveries=[delivery(1)])
    await claim(store)
    await start(store, 1)
    again = NOON + MINUTE
    await settle(store, sent(1, 2, "due", NOON, "429", None, again))
    await save(store, deliveries=[delivery(2), delivery(3, address=BENS)])
    assert await claim(store) == [3]
    async with store.transaction() as work:
        [row] = await work.claim(again, again + MINUTE, 9, REACH)
        assert (row.id, row.due_at, row.attempts, row.token) == (1, again, 1, 3)
        assert await work.start_sending([(ANN.id, 1, 4)]) == {1}
        await work.settle([sent(1, 4, "sent", again)])
        assert [row.id for row in await work.claim(again, LEASE, 9, REACH)] == [2]


async def test_what_is_put_off_holds_nothing_back(store: SqlStore) -> None:
    """A claimed row that may only go later lets those behind it pass."""
    await save(store, deliveries=[delivery(1), delivery(2)])
    assert await claim(store, 1) == [1]
    await settle(store, sent(1, 1, "due", NOON, "quiet", None, NOON + MINUTE))
    assert await claim(store) == [2]


async def test_tokens(store: SqlStore) -> None:
    """Only the newest token may settle a row, and only a claimed row may leave."""
    await save(store, deliveries=[delivery(1), delivery(2)])
    assert await start(store, 1) == set()
    await claim(store)
    assert await start(store, 1, 2, 3) == {1, 2}
    assert await start(store, 1, token=3) == set()
    await settle(
        store,
        sent(1, 1, "failed", NOON),
        sent(2, 2, "sent", NOON, None, "m"),
    )
    async with store.transaction() as work:
        await work.release(LEASE)
    assert await states(store) == {1: "unknown", 2: "sent"}


async def test_a_claim_that_was_taken_over(store: SqlStore) -> None:
    """Who claimed a row that another one has claimed since can neither send nor settle.

    Else what one of them knows to be unsent would be due while the other one sends it.
    """
    await save(store, deliveries=[delivery(1)])
    async with store.transaction() as work:
        [mine] = await work.claim(NOON, NOON, 9, REACH)
        await work.release(NOON)
        [theirs] = await work.claim(NOON, LEASE, 9, REACH)
    assert await start(store, 1, token=mine.token + 1) == set()
    assert await start(store, 1, token=theirs.token + 1) == {1}
    await settle(store, sent(1, mine.token + 1, "due", NOON))
    assert await states(store) == {1: "sending"}


async def test_leases(store: SqlStore) -> None:
    """A lease that ends unsent is due again; one that ends on its way is unknown."""
    await save(store, deliveries=[delivery(1), delivery(2, address=BENS)])
    await claim(store)
    await start(store, 2)
    async with store.transaction() as work:
        await work.release(LEASE - MINUTE)
    assert await states(store) == {1: "claimed", 2: "sending"}
    async with store.transaction() as work:
        await work.release(LEASE)
    assert await states(store) == {1: "due", 2: "unknown"}
    assert await claim(store) == [1]


async def test_letting_go(store: SqlStore) -> None:
    """Leases on an address whose sender is gone end at once, others go on."""
    await save(store, deliveries=[delivery(1), delivery(2, address=BENS)])
    await claim(store)
    async with store.transaction() as work:
        await work.let_go(BENS)
        await work.release(NOON)
    assert await states(store) == {1: "claimed", 2: "due"}


async def test_the_late_word_on_a_lost_row(store: SqlStore) -> None:
    """Who sent a row may still say what became of it, when the lease has ended."""
    await save(store, deliveries=[delivery(1)])
    await claim(store)
    await start(store, 1)
    async with store.transaction() as work:
        await work.release(LEASE)
    await settle(store, sent(1, 2, "sent", NOON))
    assert await states(store) == {1: "sent"}


async def test_corrections(store: SqlStore) -> None:
    """A corrected answer takes back its own messages, plans and tags, no others."""
    await save(
        store,
        deliveries=[
            delivery(1, cause="score"),
            delivery(2, cause="why"),
            delivery(3, cause="score", session=101),
            delivery(4),
        ],
        plans=[plan(1), plan(2, cause="why"), plan(3, session=101)],
        tags=[tag("unhappy"), tag("wordy", "why"), tag("old", session=101)],
    )
    await save(
        store,
        withdrawn=[Withdrawn(100, "score")],
        deliveries=[delivery(5, cause="score")],
        plans=[plan(4)],
        tags=[tag("happy")],
    )
    assert await states(store) == {
        1: "superseded",
        **dict.fromkeys((2, 3, 4, 5), "due"),
    }
    async with store.transaction() as work:
        plans = await work.due_plans(NOON, 9)
        tags = (await work.traces([ANN.id]))[ANN.id].tags
    assert [row.id for row in plans] == [2, 3, 4]
    assert set(tags) == {"wordy", "old", "happy"}


async def test_corrections_come_too_late_for_what_left(store: SqlStore) -> None:
    """What was claimed or has left stays as it is when its answer is corrected."""
    await save(store, deliveries=[delivery(1, cause="score")])
    await claim(store)
    await save(store, withdrawn=[Withdrawn(100, "score")])
    assert await states(store) == {1: "claimed"}


async def test_silence(store: SqlStore) -> None:
    """A stop drops what has not left, but not the word that confirms it."""
    await save(
        store,
        deliveries=[delivery(1), delivery(2), delivery(9, contact=BEN.id)],
        plans=[plan(1), plan(2, contact=BEN.id)],
    )
    assert await claim(store, 1) == [1]
    await save(
        store, silenced=[ANN.id], deliveries=[delivery(3)], plans=[plan(3, cause=None)]
    )
    assert await states(store) == {
        1: "superseded",
        2: "superseded",
        3: "due",
        9: "due",
    }
    assert await start(store, 1) == set()
    async with store.transaction() as work:
        assert [row.id for row in await work.due_plans(NOON, 9)] == [2, 3]


async def test_plans(store: SqlStore) -> None:
    """A planned start comes when it is due, once."""
    made = [plan(1), plan(2, due_at=NOON + MINUTE, session=None, cause=None)]
    await save(store, plans=made)
    async with store.transaction() as work:
        assert await work.next_wake() == NOON
        assert await work.due_plans(NOON, 9) == made[:1]
        assert await work.due_plans(LEASE, 1) == made[:1]
        await work.save(Changes(done_plans=[(ANN.id, 1, "started")]))
        assert await work.due_plans(LEASE, 9) == made[1:]


async def test_next_wake(store: SqlStore) -> None:
    """The store knows when it will be needed next, or that nothing waits."""
    async with store.reading() as work:
        assert await work.next_wake() is None
    await save(store, deliveries=[delivery(1, due_at=LEASE)])
    async with store.reading() as work:
        assert await work.next_wake() == LEASE


async def test_only_what_is_within_reach(store: SqlStore) -> None:
    """A process claims what its own channels carry, or what is for one address."""
    await save(store, deliveries=[delivery(1), delivery(2)])
    own = delivery(1).address
    async with store.transaction() as work:
        assert await work.claim(NOON, LEASE, 9, Reach(("crm",))) == []
        other = Reach((own.channel,), "somebody else")
        assert await work.claim(NOON, LEASE, 9, other) == []
        mine = Reach((own.channel,), own.handle)
        assert len(await work.claim(NOON, LEASE, 9, mine)) == 2
