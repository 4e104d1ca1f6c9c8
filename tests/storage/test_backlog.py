"""What waits in the store, as those who run it count it."""

from bot.model.backlog import Due
from bot.model.changes import Sent
from bot.model.message import Reach
from storage import SqlStore, backlog
from tests.storage.samples import (
    ANN,
    BEN,
    BENS,
    MINUTE,
    NOON,
    delivery,
    inbound,
    meet,
    rows,
    save,
    session,
)


async def test_nothing(store: SqlStore) -> None:
    """In an empty store nothing waits."""
    async with store.reading() as work:
        found = await work.backlog(NOON)
    assert (found.due, found.unknown, found.stuck, found.wakes_at) == ({}, 0, 0, None)


async def test_what_is_due(store: SqlStore) -> None:
    """Due messages are counted by channel, with the oldest; later ones are not due."""
    bens = {"contact": BEN.id, "address": BENS}
    await save(
        store,
        deliveries=[
            delivery(1, due_at=NOON - MINUTE),
            delivery(2, due_at=NOON - 2 * MINUTE),
            delivery(3, due_at=NOON, **bens),
            delivery(4, due_at=NOON + MINUTE),
        ],
    )
    async with store.reading() as work:
        found = await work.backlog(NOON)
    assert found.due == {
        "web": Due(2, NOON - 2 * MINUTE),
        "telegram": Due(1, NOON),
    }


async def test_what_needs_a_person(store: SqlStore) -> None:
    """Stuck messages, and those of which nobody knows whether they arrived."""
    await meet(store)
    stuck = inbound(1, state="stuck", error="it broke")
    await save(
        store, inbound=[stuck, inbound(2, "2")], deliveries=[delivery(5), delivery(6)]
    )
    async with store.transaction() as work:
        await work.claim(NOON, NOON + MINUTE, 9, Reach(("web",)))
        lost, left = (
            Sent(ANN.id, 5, 1, "unknown", NOON),
            Sent(ANN.id, 6, 1, "sent", NOON),
        )
        await work.settle([lost, left])
        found = await work.backlog(NOON)
    assert (found.unknown, found.stuck, found.due) == (1, 1, {})


async def test_what_time_should_have_woken(store: SqlStore) -> None:
    """A talk whose time has come is told by when that was; one to come is not told."""
    await meet(store)
    await save(store, sessions=rows(session()))
    async with store.reading() as work:
        assert (await work.backlog(NOON)).wakes_at is None
        assert (await work.backlog(NOON + 2 * MINUTE)).wakes_at == NOON + MINUTE


async def test_only_so_many_are_counted(store: SqlStore) -> None:
    """A look stays cheap however much waits."""
    count = backlog.MOST + 5
    await save(store, deliveries=[delivery(n) for n in range(1, count + 1)])
    async with store.reading() as work:
        found = await work.backlog(NOON)
    assert found.due["web"].messages == backlog.MOST
