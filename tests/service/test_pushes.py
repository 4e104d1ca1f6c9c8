"""Replies that leave with the batch that makes them, as the web's do."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.errors import StoreUnavailable
from bot.model.contact import Address
from bot.service.inbound import Inbox
from bot.service.outbox import Outbox
from bot.service.pushes import Pushes
from tests.service.house import House, open_house

SURVEY = """
flow: survey
steps:
  q: {ask: How was it?, answer: nps}
  why: {ask: Why?, answer: text}
"""


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house whose replies leave with their batch."""
    async with open_house(SURVEY) as opened:
        opened.listener.at_once = None
        pushes = Pushes(["web"])
        opened.inbox = Inbox(opened.desk, pushes)
        channels = {"web": opened.listener}
        opened.outbox = Outbox(opened.desk, channels, pushes=pushes)
        taking = asyncio.create_task(opened.inbox.run())
        yield opened
        taking.cancel()


async def states(house: House) -> dict[str, str]:
    """Return how far each message came."""
    return {d.content.text: d.state for d in await house.store.outbox()}


async def test_they_stand_as_sent(house: House) -> None:
    """With an answer its reply is stored as sent, and nothing of it waits."""
    await house.begin("survey")
    await house.inbox.take(house.message("9"))
    assert (await states(house))["Why?"] == "sent"
    assert house.heard() == ["How was it?"]
    async with house.store.reading() as work:
        assert (await work.backlog(house.hands.at)).due == {}


async def test_they_are_pushed(house: House) -> None:
    """What left is pushed once, and counts as sent and delivered once."""
    await house.begin("survey")
    await house.inbox.take(house.message("9"))
    for _ in range(2):
        await house.outbox.drain()
    assert house.heard() == ["How was it?", "Why?"]
    assert set((await states(house)).values()) == {"delivered"}
    cells = await house.store.reports.counts(flow=None, start=None, end=None, by=())
    why = {cell.measure: cell.n for cell in cells if cell.step == "why"}
    assert why == {"sent": 1, "delivered": 1}


async def test_what_is_shown_is_not_missed(house: House) -> None:
    """What was shown a moment ago is not shown again, though it is not noted yet."""
    await house.begin("survey")
    await house.inbox.take(house.message("9"))
    await house.outbox.shows.show()
    assert (await states(house))["Why?"] == "sent"
    await house.outbox.catch_up(Address("web", "1"))
    assert house.heard() == ["How was it?", "Why?"]


async def test_nobody_there(house: House) -> None:
    """What nobody was shown stays sent, for them to fetch."""

    async def away(_delivery: object) -> tuple[str, None]:
        return "sent", None

    await house.begin("survey")
    house.listener.send = away  # type: ignore[method-assign, assignment]
    await house.say("9")
    assert (await states(house))["Why?"] == "sent"


async def test_answered_at_once(house: House) -> None:
    """A question that is answered in its own batch never leaves."""
    await house.begin("survey")
    first, second = house.message("9"), house.message("because")
    await asyncio.gather(house.inbox.take(first), house.inbox.take(second))
    await house.outbox.drain()
    assert house.heard() == ["How was it?"]
    assert (await states(house))["Why?"] == "superseded"


async def test_a_stop_is_confirmed(house: House) -> None:
    """Who says stop is told so, and nothing else."""
    await house.begin("survey")
    await house.say("stop")
    assert len(house.heard()) == 2
    await house.say("9")
    assert len(house.heard()) == 2


async def test_the_store_goes_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What arrived while the store was away is noted when it is back, once."""
    await house.begin("survey")
    await house.inbox.take(house.message("9"))

    def away() -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr(house.store, "transaction", away)
        with pytest.raises(StoreUnavailable):
            await house.outbox.drain()
    assert house.heard() == ["How was it?", "Why?"]
    await house.outbox.drain()
    assert house.heard() == ["How was it?", "Why?"]
    assert set((await states(house)).values()) == {"delivered"}
