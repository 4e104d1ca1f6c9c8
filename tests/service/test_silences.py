"""A channel that could not reach us for a while: what was pressed may be lost."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.engine import run
from bot.errors import StoreUnavailable
from bot.model.contact import Address
from bot.service import batch, joining, silences as module
from bot.service.silences import Silences
from tests.service.house import House, open_house
from tests.service.leaving import Leaving

SURVEY = """
flow: survey
steps:
  q: {ask: How was it?, answer: nps}
  why: {ask: Why is that?, answer: text}
"""
KEPT = timedelta(seconds=150)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house with a short survey."""
    async with open_house(SURVEY) as opened:
        yield opened


async def reached(house: House, after: timedelta, silences: Silences) -> list[str]:
    """Have the channel reach us again after a while; return what is said then."""
    before = len(house.heard())
    house.hands.at += after
    await silences.heard()
    await house.outbox.drain()
    return house.heard()[before:]


async def test_a_long_silence(house: House) -> None:
    """After it the waiting question is put once more, and once only."""
    silences = Silences(house.desk, "web", KEPT)
    await silences.heard()
    await house.begin("survey")
    assert await reached(house, timedelta(minutes=3), silences) == ["How was it?"]
    assert await reached(house, timedelta(minutes=1), silences) == []
    assert (await house.funnel())["sent"] == 1


async def test_a_short_silence(house: House) -> None:
    """What the service keeps comes by itself, and nothing is asked again."""
    silences = Silences(house.desk, "web", KEPT)
    await silences.heard()
    await house.begin("survey")
    assert await reached(house, KEPT, silences) == []


async def test_after_a_restart(house: House) -> None:
    """Whether it was long is known by what was noted before the end."""
    await Silences(house.desk, "web", KEPT).heard()
    await house.begin("survey")
    again = Silences(house.desk, "web", KEPT)
    assert await reached(house, timedelta(hours=1), again) == ["How was it?"]


async def test_the_first_start(house: House) -> None:
    """Who was never reached has lost nothing."""
    await house.begin("survey")
    silences = Silences(house.desk, "web", KEPT)
    assert await reached(house, timedelta(hours=1), silences) == []


async def test_who_is_spared(house: House) -> None:
    """Nobody is asked again who was asked long before, answered, or has to type."""
    silences = Silences(house.desk, "web", KEPT)
    await house.begin("survey", "early")
    house.hands.at += timedelta(hours=2)
    await silences.heard()
    await house.begin("survey", "typing")
    await house.say("9", handle="typing")
    await house.begin("survey", "stopped")
    await house.say("stop", handle="stopped")
    await house.begin("survey", "waiting")
    assert await reached(house, timedelta(minutes=5), silences) == ["How was it?"]
    assert house.listener.heard[-1].address.handle == "waiting"
    assert not house.listener.heard[-1].prompted


async def test_another_channel(house: House) -> None:
    """A silence of one channel has no bearing on the questions of another."""
    silences = Silences(house.desk, "telegram", KEPT)
    await silences.heard()
    await house.begin("survey")
    assert await reached(house, timedelta(hours=1), silences) == []


@pytest.mark.parametrize("stays", range(3))
async def test_the_store_goes_away(
    house: House, monkeypatch: pytest.MonkeyPatch, stays: int
) -> None:
    """Whenever the store goes away meanwhile, each is asked again, and once only."""
    monkeypatch.setattr(module, "TOGETHER", 1)
    await Silences(house.desk, "web", KEPT).heard()
    await house.begin("survey")
    await house.begin("survey", "2")
    store = Leaving(house)
    store.stays, store.away = stays, 1
    silences = Silences(replace(house.desk, store=store), "web", KEPT)
    house.hands.at += timedelta(minutes=3)
    with pytest.raises(StoreUnavailable):
        await silences.heard()
    await house.outbox.drain()
    for _ in range(3):
        house.hands.at += timedelta(seconds=31)
        await Silences(house.desk, "web", KEPT).heard()
        await house.outbox.drain()
    assert house.heard() == ["How was it?"] * 4


async def test_one_talk_that_breaks(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who cannot be asked again keeps nobody else from it, nor what is said now."""
    silences = Silences(house.desk, "web", KEPT)
    await silences.heard()
    for handle in "123":
        await house.begin("survey", handle)
    broken, resume = (await house.session("2")).id, run.resume

    def break_for_one(*given: object) -> object:
        if getattr(given[1], "id", None) == broken:
            raise RuntimeError("no way")
        return resume(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "resume", break_for_one)
    assert await reached(house, timedelta(minutes=3), silences) == ["How was it?"] * 2
    assert await reached(house, timedelta(minutes=1), silences) == []


async def test_two_talks_of_one_person(house: House) -> None:
    """Of two chats that were joined only the talk that is heard is asked again."""
    silences = Silences(house.desk, "web", KEPT)
    await silences.heard()
    await house.begin("survey")
    await house.begin("survey", "2")
    await joining.join(house.desk, Address("web", "1"), Address("web", "2"), by="ops")
    assert await reached(house, timedelta(minutes=3), silences) == ["How was it?"]
