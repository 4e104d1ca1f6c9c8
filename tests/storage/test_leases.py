"""Leases: what one holds no other gets, until it is given up or runs out."""

from datetime import timedelta

from bot.clock import now
from bot.model.message import Reach
from storage import SqlStore
from tests.storage.samples import MINUTE, delivery, meet, save
from tests.storage.test_outbox import states


async def take(
    store: SqlStore, name: str, holder: str, span: timedelta = MINUTE
) -> bool:
    """Take a lease from now on for some time."""
    at = now()
    async with store.transaction() as work:
        return await work.lease(name, holder, at, at + span)


async def test_one_holds_it(store: SqlStore) -> None:
    """What one holds the other does not get; the holder may renew it."""
    assert await take(store, "send telegram", "a")
    assert not await take(store, "send telegram", "b")
    assert await take(store, "send slack", "b")
    assert await take(store, "send telegram", "a")


async def test_it_runs_out(store: SqlStore) -> None:
    """A lease that was not renewed is free."""
    assert await take(store, "send telegram", "a", timedelta(0))
    assert await take(store, "send telegram", "b")
    assert not await take(store, "send telegram", "a")


async def test_it_is_given_up(store: SqlStore) -> None:
    """Who gives up what they hold gives up all of it, and nothing of another."""
    assert await take(store, "send telegram", "a")
    assert await take(store, "worker 0", "a")
    assert await take(store, "worker 1", "b")
    async with store.transaction() as work:
        await work.drop_leases("a")
    assert await take(store, "send telegram", "b")
    assert await take(store, "worker 0", "b")
    assert not await take(store, "worker 1", "a")


async def test_what_a_dead_sender_left(store: SqlStore) -> None:
    """Who takes a channel over finds at once what its last sender had claimed."""
    at = now()
    await meet(store)
    rows = [delivery(1), delivery(2)]
    await save(store, deliveries=rows)
    async with store.transaction() as work:
        reach = rows[0].address.channel
        await work.claim(at, at + MINUTE, 9, Reach((reach,)))
        await work.start_sending([(rows[0].contact, 1, 2)])
        await work.abandon("telegram")
        await work.release(at)
    assert await states(store) == {1: "sending", 2: "claimed"}
    async with store.transaction() as work:
        await work.abandon(reach)
        await work.release(at)
    assert await states(store) == {1: "unknown", 2: "due"}
