"""A look at the outbox: what waits and what went wrong, and nothing else."""

from bot.clock import first_id
from bot.model.backlog import Tally
from bot.model.changes import Sent
from bot.model.message import Reach
from storage import SqlStore
from tests.storage.samples import (
    ANN,
    ANNS,
    BEN,
    BENS,
    MINUTE,
    NOON,
    delivery,
    meet,
    save,
)

BASE = first_id(NOON)
HOUR = 60 * MINUTE


async def test_listed(store: SqlStore) -> None:
    """Each state is listed by itself, newest first, of one channel or all."""
    bens = {"contact": BEN.id, "address": BENS}
    await meet(store)
    due = [delivery(BASE + n, due_at=NOON + n * MINUTE) for n in range(3)]
    other = delivery(BASE + 9, due_at=NOON - MINUTE, **bens)
    lost = [
        delivery(BASE + 20 + n, state=state, reason=f"is {state}")
        for n, state in enumerate(("unknown", "failed", "failed", "withheld", "sent"))
    ]
    await save(store, deliveries=[*due, other, *lost])
    async with store.reading() as work:
        assert [each.id - BASE for each in await work.listed("due", None, 9)] == [
            2,
            1,
            0,
            9,
        ]
        assert [each.id - BASE for each in await work.listed("due", "web", 2)] == [2, 1]
        [told, _] = await work.listed("failed", None, 9)
        assert (told.id - BASE, told.reason, told.address) == (22, "is failed", ANNS)
        assert await work.listed("failed", "telegram", 9) == []
        [unknown] = await work.listed("unknown", None, 9)
        assert (unknown.contact, unknown.flow, unknown.step) == (ANN.id, "nps", None)
        assert len(await work.listed("withheld", "web", 9)) == 1
        assert await work.listed("superseded", None, 9) == []
        assert await work.tally() == [
            Tally("telegram", "due", 1),
            Tally("web", "due", 3),
            Tally("web", "failed", 2),
            Tally("web", "unknown", 1),
            Tally("web", "withheld", 1),
        ]


async def test_on_the_way(store: SqlStore) -> None:
    """What is claimed or on its way is listed while its lease lasts."""
    await meet(store)
    await save(store, deliveries=[delivery(BASE), delivery(BASE + 1)])
    async with store.transaction() as work:
        await work.claim(NOON, NOON + MINUTE, 9, Reach(("web",)))
        [claimed, _] = sorted(
            await work.listed("claimed", None, 9), key=lambda each: each.id
        )
        await work.start_sending([(ANN.id, claimed.id, 2)])
    async with store.reading() as work:
        assert [each.id for each in await work.listed("sending", None, 9)] == [BASE]
        assert [each.id for each in await work.listed("claimed", None, 9)] == [BASE + 1]
        assert await work.tally() == [
            Tally("web", "claimed", 1),
            Tally("web", "sending", 1),
        ]


async def test_late(store: SqlStore) -> None:
    """Late is what should have left, and what is tried again and was made before."""
    await meet(store)
    old = first_id(NOON - HOUR)
    again, late, fresh, planned = (
        delivery(old, due_at=NOON - HOUR),
        delivery(old + 1, due_at=NOON - HOUR, contact=BEN.id, address=BENS),
        delivery(BASE, due_at=NOON),
        delivery(old + 2, due_at=NOON + HOUR),
    )
    await save(store, deliveries=[again, late, fresh, planned])
    async with store.transaction() as work:
        [one] = await work.claim(NOON - MINUTE, NOON, 1, Reach(("web",)))
        await work.start_sending([(ANN.id, one.id, 2)])
        later = NOON + HOUR
        await work.settle([Sent(ANN.id, one.id, 2, "due", NOON, "away", due_at=later)])
    async with store.reading() as work:
        found = await work.late(NOON - MINUTE, None, 9)
        assert [(each.id - old, each.reason) for each in found] == [
            (1, None),
            (0, "away"),
        ]
        assert [e.id - old for e in await work.late(NOON - MINUTE, "web", 9)] == [0]
        assert len(await work.late(NOON - MINUTE, None, 1)) == 1
