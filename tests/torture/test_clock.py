"""A clock that is set ahead and back while people talk."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model.message import Reach
from bot.service.claims import LEASE
from bot.service.outbox import Outbox
from bot.service.shows import CLAIM
from tests.service.house import House, open_house
from tests.torture import shop

HOUR = timedelta(hours=1)
STEPS = (HOUR, -HOUR, 3 * HOUR, -2 * HOUR, timedelta(seconds=-1), HOUR)
REMINDING = (
    "flow: r\nremind_after: [22 hours]\nexpire_after: 7 days\n"
    "steps:\n  q: {ask: Well?, answer: nps}\n"
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return a house on a file."""
    async with open_house(shop.SURVEY, REMINDING, file=tmp_path / "v.db") as opened:
        yield opened


async def test_a_talk_on_a_clock_that_jumps(house: House) -> None:
    """Ids grow and stay unique, and every reply goes out once, in its order."""
    for step, text in zip(
        STEPS, ("survey", "9", "back", "3", "late", "yes"), strict=True
    ):
        house.hands.at += step
        await house.say(text)
    ids = [delivery.id for delivery in house.listener.heard]
    assert ids == sorted(set(ids))
    assert house.heard()[-2:] == ["You will hear from us.", "Thank you."]
    assert await house.histogram("score") == {"3": 1}
    assert await house.store.recount() == []


async def test_replies_made_by_a_clock_that_was_ahead(house: House) -> None:
    """What was made while the clock was ahead goes out once that hour has come, once.

    What is made meanwhile does not wait for it.
    """
    house.hands.at += HOUR
    await house.inbox.take(house.message("survey"))
    house.hands.at -= HOUR
    await house.say("hm")
    [again] = house.heard()
    assert again.startswith("Sorry")
    house.hands.at += HOUR
    await house.outbox.drain()
    await house.outbox.drain()
    assert house.heard() == [again, "How was it?"]


async def test_reminders_on_a_clock_that_jumps(house: House) -> None:
    """A reminder that went out while the clock was days ahead goes out once."""
    await house.begin("r")
    await house.wait(hours=23)
    assert house.heard() == ["Well?", house.heard()[1]]
    await house.wait(hours=-23)
    await house.wait(hours=23)
    assert len(house.heard()) == 2


async def test_leases_from_a_clock_that_was_ahead(house: House) -> None:
    """Who takes a dead sender's place waits for no lease, whatever its clock said."""
    await house.inbox.take(house.message("survey"))
    async with house.store.transaction() as work:
        ahead = house.hands.at + 24 * HOUR
        assert await work.claim(ahead, ahead + LEASE, CLAIM, Reach(("web",)))
    stopping = asyncio.Event()
    running = asyncio.create_task(
        Outbox(house.desk, {"web": house.listener}).run(stopping)
    )
    async with asyncio.timeout(10):
        while not house.listener.heard:  # noqa: ASYNC110 - a listener tells nobody
            await asyncio.sleep(0)
    stopping.set()
    house.desk.stored.set()
    await running
    assert house.heard() == ["How was it?"]
