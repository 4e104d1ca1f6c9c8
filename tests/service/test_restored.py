"""A restored database says nothing that may have been said since its backup."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.model.message import Reach
from bot.service.restored import live_through
from tests.service.house import House, open_house

SURVEY = """
flow: survey
remind_after: [1 day, 6 days]
expire_after: 20 days
triggers: [{keyword: [survey]}]
steps:
  q:
    ask: How was it?
    answer: nps
    then:
      detractor: [{start: {flow: later, wait: 2 days}}]
  bye: {say: Thanks.}
"""
LATER = "flow: later\nsteps:\n  a: {ask: Better now?, answer: yes_no}\n"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house with a survey that reminds, and one that comes after it."""
    async with open_house(SURVEY, LATER) as opened:
        yield opened


async def restored(house: House, **span: float) -> int:
    """Let a restored database live through a time; return what it kept back."""
    house.hands.at += timedelta(**span)
    return await live_through(house.store, house.timers, house.hands)


async def became(house: House) -> list[tuple[str, str]]:
    """Return what became of each message, oldest first."""
    rows = await house.store.outbox()
    return [(row.content.text, row.state) for row in reversed(rows)]


async def test_what_was_due(house: House) -> None:
    """What waited to leave may have left: it is unknown, and is not sent again."""
    await house.inbox.take(house.message("survey"))
    assert await restored(house, hours=1) == 1
    await house.wait(hours=1)
    assert house.heard() == []
    assert await became(house) == [("How was it?", "unknown")]
    [row] = await house.store.outbox()
    assert row.reason == "restored from a backup"


async def test_what_was_on_its_way(house: House) -> None:
    """What was claimed or on its way is unknown, too, and holds nothing back."""
    for handle in ("1", "2"):
        await house.inbox.take(house.message("survey", handle))
    async with house.store.transaction() as work:
        now = house.hands()
        reach = Reach(("web",))
        claimed = await work.claim(now, now + timedelta(days=9), 9, reach)
        first = claimed[0]
        await work.start_sending([(first.contact, first.id, 1)])
    assert await restored(house, minutes=0) == 2
    assert {state for _, state in await became(house)} == {"unknown"}
    await house.say("9")
    assert house.heard() == ["Thanks."]


async def test_a_question_comes_again(house: House) -> None:
    """Its flow's ordinary reminder asks again, counted as ever."""
    await house.inbox.take(house.message("survey"))
    await restored(house, hours=1)
    await house.wait(hours=22)
    assert house.heard() == []
    await house.wait(hours=2)
    assert "How was it?" in house.heard()[0]


async def test_who_writes_is_answered(house: House) -> None:
    """Who writes gets on at once, and is counted once."""
    await house.inbox.take(house.message("survey"))
    await restored(house, hours=1)
    await house.say("9")
    assert house.heard() == ["Thanks."]
    assert await house.histogram() == {"9": 1}


async def test_a_reminder_since_the_backup(house: House) -> None:
    """A reminder whose time has passed may have been sent, so it is not."""
    await house.begin("survey")
    assert await restored(house, days=2) == 1
    await house.wait(hours=1)
    assert house.heard() == ["How was it?"]
    assert [state for _, state in await became(house)][1:] == ["unknown"]
    await house.wait(days=5)
    assert len(house.heard()) == 2


async def test_a_plan_since_the_backup(house: House) -> None:
    """A flow that was to start since then has started; its question is not sent."""
    await house.begin("survey")
    await house.say("3")
    assert await restored(house, days=3) == 1
    assert (await house.session()).flow == "later"
    await house.wait(hours=1)
    assert "Better now?" not in house.heard()
    await house.say("yes")
    assert (await house.session()).answers == {"a": True}


async def test_what_is_to_come(house: House) -> None:
    """What is due only later goes on as if nothing had happened."""
    await house.begin("survey")
    await house.say("3")
    assert await restored(house, days=1) == 0
    await house.wait(days=1, hours=1)
    assert house.heard()[-1] == "Better now?"


async def test_an_expiry_since_the_backup(house: House) -> None:
    """A talk whose time ran out since then is over."""
    await house.begin("survey")
    await restored(house, days=30)
    await house.wait(hours=1)
    assert (await house.session()).status == "expired"
    assert house.heard() == ["How was it?"]
