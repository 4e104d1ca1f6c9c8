"""Sets of contacts on PostgreSQL: held wholly, or not at all."""

import asyncio

import pytest

from bot.model.changes import Changes
from storage import open_store
from tests.databases import fresh_database, psql
from tests.storage.samples import ANN, ANNS, BEN, BENS, join, meet, save

pytestmark = pytest.mark.postgres
ONE: dict[int, int | None] = {ANN.id: ANN.id, BEN.id: ANN.id}
"""Ann and Ben as one person."""


async def test_a_set_is_held_wholly() -> None:
    """Who holds one address of a set holds them all."""
    url = fresh_database()
    async with open_store(url) as one, open_store(url) as other:
        await meet(one)
        await save(one, joins=[join(1)], merged=ONE)
        async with one.transaction() as first:
            found, busy = await first.hold([BENS])
            assert found[BENS].id == BEN.id
            assert not busy
            async with other.transaction() as second:
                assert await second.hold([ANNS]) == ({}, {ANNS})
                assert await second.hold_sets([ANN.id, BEN.id]) == {}
        async with other.transaction() as second:
            found, busy = await second.hold([ANNS, BENS])
            assert set(found) == {ANNS, BENS}
            assert not busy


async def test_a_set_of_which_one_is_held() -> None:
    """Where another worker has one of a set, the whole of it is busy."""
    url = fresh_database()
    async with open_store(url) as one, open_store(url) as other:
        await meet(one)
        await save(one, joins=[join(1)], merged=ONE)
        async with one.transaction() as first:
            await first.hold_contacts([ANN.id])
            async with other.transaction() as second:
                assert await second.hold([BENS]) == ({}, {BENS})


async def test_a_join_while_somebody_waits() -> None:
    """Who waited for a contact that was joined meanwhile gets all of its set."""
    url = fresh_database()
    async with open_store(url) as one, open_store(url) as other:
        await meet(one)
        held, done = asyncio.Event(), asyncio.Event()

        async def wait() -> int | None:
            async with other.transaction() as second:
                found, _ = await second.hold([BENS], wait=True)
                held.set()
                await done.wait()
                return found[BENS].merged_into

        async with one.transaction() as first:
            await first.hold([ANNS, BENS])
            waiting = asyncio.create_task(wait())
            await asyncio.to_thread(until_waiting, url)
            await first.save(Changes(joins=[join(1)], merged=ONE))
        await held.wait()
        async with one.transaction() as first:
            assert await first.hold([ANNS]) == ({}, {ANNS})
        done.set()
        assert await waiting == ANN.id


def until_waiting(url: str) -> None:
    """Return once a transaction waits for another one."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    while psql(url, waiting) != "1":
        pass
