"""Messages that are sent within the transaction that settles them, as the web's are."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import StoreUnavailable
from bot.service.ports import Work
from storage.work import SqlWork
from tests.service.house import House, open_house

SURVEY = """
flow: survey
steps:
  hello: {say: Hello.}
  there: {say: There.}
  q: {ask: How was it?, answer: nps}
  why: {ask: Why?, answer: text}
"""


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house whose channel waits for nothing."""
    async with open_house(SURVEY) as opened:
        opened.listener.at_once = None
        yield opened


async def test_all_in_their_order(house: House) -> None:
    """What was said in one breath leaves together, first things first."""
    await house.begin("survey")
    assert house.heard() == ["Hello.", "There.", "How was it?"]
    states = {delivery.state for delivery in await house.store.outbox()}
    assert states == {"delivered"}
    assert await house.funnel() == {"sent": 1, "delivered": 1}


async def test_a_push_that_was_not_settled(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the settling fails, the same messages go again and are counted once."""
    settle = SqlWork.settle

    async def broken(_work: Work, _results: object) -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(SqlWork, "settle", broken)
    with pytest.raises(StoreUnavailable):
        await house.begin("survey")
    assert await house.funnel() == {}
    monkeypatch.setattr(SqlWork, "settle", settle)
    await house.outbox.drain()
    ids = [delivery.id for delivery in house.listener.heard]
    assert ids[:3] == ids[3:]
    assert await house.funnel() == {"sent": 1, "delivered": 1}


async def test_policy_is_asked_all_the_same(house: House) -> None:
    """A question that its talk no longer waits for does not leave."""
    await house.begin("survey")
    await house.inbox.take(house.message("9"))
    await house.inbox.take(house.message("because"))
    await house.outbox.drain()
    assert "Why?" not in house.heard()
    newest = {d.content.text: d.state for d in await house.store.outbox()}
    assert newest["Why?"] == "superseded"


async def test_what_arrives_later(house: House) -> None:
    """What was only sent counts as delivered when it arrives, and only once."""

    async def sent(_delivery: object) -> tuple[str, None]:
        return "sent", None

    house.listener.send = sent  # type: ignore[method-assign, assignment]
    await house.begin("survey")
    assert await house.funnel() == {"sent": 1}
    rows = await house.store.outbox()
    for _ in range(2):
        await house.outbox.arrived(rows)
    assert await house.funnel() == {"sent": 1, "delivered": 1}
    assert {row.state for row in await house.store.outbox()} == {"delivered"}


async def test_an_unknown_message_that_arrives(house: House) -> None:
    """A message of which nobody knew counts as sent and delivered when it arrives."""

    async def lost(_delivery: object) -> tuple[str, None]:
        return "unknown", None

    house.listener.send = lost  # type: ignore[method-assign, assignment]
    await house.begin("survey")
    assert await house.funnel() == {}
    await house.outbox.arrived(await house.store.outbox())
    assert {row.state for row in await house.store.outbox()} == {"delivered"}
    assert await house.funnel() == {"sent": 1, "delivered": 1}
