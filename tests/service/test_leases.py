"""Several workers on one store: who sends, who takes over, who tells whom."""

import asyncio
from contextlib import AsyncExitStack, suppress

import pytest

from bot.clock import now
from bot.model.contact import Address
from bot.service import leases as leasing
from bot.service.bell import Bell, Ring
from bot.service.leases import Leases, sending
from bot.service.rehearsal import Hands
from storage import SqlStore, open_store
from tests.databases import fresh_database
from tests.service.house import open_house

FLOW = """
flow: survey
steps:
  q: {ask: How likely?, answer: nps}
"""
SEND = sending("telegram")


async def two_stores(stack: AsyncExitStack) -> tuple[SqlStore, SqlStore]:
    """Open one PostgreSQL database twice, as two workers do."""
    url = fresh_database()
    one = await stack.enter_async_context(open_store(url))
    return one, await stack.enter_async_context(open_store(url))


async def until_held(leases: Leases, name: str) -> None:
    """Wait until a lease is held."""
    async with asyncio.timeout(20):
        while not leases.holds(name):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.005)


@pytest.mark.postgres
async def test_one_sends_and_the_other_takes_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of two may send; when it says no more, the other one may."""
    monkeypatch.setattr(leasing, "RENEW", 0.01)
    async with AsyncExitStack() as stack:
        stores = await two_stores(stack)
        workers = [Leases(s, Hands(), n) for n, s in zip("ab", stores, strict=True)]
        assert [await each.seat() for each in workers] == [0, 1]
        tasks = [asyncio.create_task(workers[0].run([SEND]))]
        await until_held(workers[0], SEND)
        tasks.append(asyncio.create_task(workers[1].run([SEND])))
        assert not workers[1].holds(SEND)
        tasks[0].cancel()
        with suppress(asyncio.CancelledError):
            await tasks[0]
        await workers[0].drop()
        await until_held(workers[1], SEND)
        assert not workers[0].holds(SEND)
        tasks[1].cancel()
        with suppress(asyncio.CancelledError):
            await tasks[1]


async def test_who_is_alone_has_them_all() -> None:
    """On a store of its own a process may do everything, and writes no lease."""
    async with open_store("sqlite:///:memory:") as store:
        leases = Leases(store, Hands(), "a")
        await leases.run([SEND])
        assert leases.holds(SEND)
        assert await leases.seat() == 0
        async with store.transaction() as work:
            at = now()
            assert await work.lease(SEND, "b", at, at), "nobody wrote that it is theirs"


@pytest.mark.postgres
async def test_bells() -> None:
    """What one worker rings the others hear, and it does not hear itself."""
    async with AsyncExitStack() as stack:
        one, other = await two_stores(stack)
        bells = Bell(one, "a"), Bell(other, "b")
        heard: asyncio.Queue[Ring] = asyncio.Queue()
        listening = asyncio.create_task(bells[1].listen(heard.put_nowait))
        async with asyncio.timeout(20):
            while heard.empty():  # it may be rung before anybody listens
                await bells[0].due()
                await asyncio.sleep(0.005)
            await bells[1].due()
            await bells[0].waits([f"visitor-{n:030}" for n in range(250)])
            handles: list[str] = []
            while len(handles) < 250:
                ring = await heard.get()
                assert ring.by == "a"
                handles += ring.handles
        assert handles == [f"visitor-{n:030}" for n in range(250)]
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def test_catching_up() -> None:
    """What was sent while nobody was connected is shown once somebody is."""
    async with open_house(FLOW) as house:

        async def away(_delivery: object) -> tuple[str, None]:
            return "sent", None

        send = house.listener.send
        house.listener.at_once = None
        house.listener.send = away  # type: ignore[method-assign, assignment]
        await house.begin("survey")
        house.listener.send = send  # type: ignore[method-assign]
        for _ in range(2):
            await house.outbox.catch_up(Address("web", "1"))
        assert house.heard() == ["How likely?"]
        assert await house.funnel() == {"sent": 1, "delivered": 1}
