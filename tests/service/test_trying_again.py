"""Messages that a service does not take: tried again in their order, or failed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.errors import (
    AccountRefused,
    Blocked,
    ChannelError,
    Throttled,
    Unreachable,
)
from bot.model.message import Delivery, State
from bot.model.rates import FREE, Rates
from bot.service import outbox, sender
from tests.service.house import House, open_house

SURVEY = """
flow: survey
steps:
  hello: {say: Hello.}
  there: {say: There.}
  q: {ask: How was it?, answer: nps}
"""
ALL = ["Hello.", "There.", "How was it?"]


class Moody:
    """A service of ours that complains as often as it is told to."""

    name = "web"
    at_once: int | None = 4
    rates: Rates = FREE

    def __init__(self) -> None:
        self.complaints: list[ChannelError] = []
        self.heard: list[str] = []
        self.tries = 0

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Take a message, unless there is something to complain about."""
        self.tries += 1
        if self.complaints:
            raise self.complaints.pop()
        self.heard.append(delivery.content.text)
        return "sent", None


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house with a short survey."""
    async with open_house(SURVEY) as opened:
        yield opened


@pytest.fixture
def moody(house: House) -> Moody:
    """Have the house talk through a service that complains."""
    service = Moody()
    house.outbox = outbox.Outbox(house.desk, {"web": service})
    return service


async def test_no_connection(house: House, moody: Moody) -> None:
    """Nothing that stands behind a message which is tried again overtakes it."""
    moody.complaints = [Unreachable("no connection")]
    await house.begin("survey")
    assert (moody.heard, moody.tries) == ([], 1)
    states = [(row.state, row.reason) for row in await house.store.outbox()]
    assert states == [("due", None), ("due", None), ("due", "no connection")]
    await house.wait(seconds=1)
    assert moody.heard == ALL
    assert await house.funnel() == {"sent": 1}


async def test_no_connection_after_long(
    house: House, moody: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor where it took so long to fail that the message was given up for unknown."""
    send = moody.send

    async def slowly(delivery: Delivery) -> tuple[State, str | None]:
        if not moody.tries:
            house.hands.at += timedelta(minutes=1)
            await house.outbox.recover()
        return await send(delivery)

    monkeypatch.setattr(moody, "send", slowly)
    moody.complaints = [Unreachable("no connection")]
    await house.begin("survey")
    await house.wait(seconds=1)
    assert moody.heard == ALL


async def test_somebody_else_is_not_held_up(house: House, moody: Moody) -> None:
    """While one person's message is tried again, others get theirs."""
    moody.complaints = [Unreachable("no connection")]
    await house.begin("survey")
    await house.begin("survey", "2")
    assert moody.heard == ALL


async def test_slowing_down(house: House, moody: Moody) -> None:
    """A service that wants us to slow down is left alone for as long as it says."""
    moody.complaints = [Throttled("too fast", timedelta(seconds=90))]
    await house.begin("survey")
    await house.wait(seconds=89)
    assert moody.tries == 1
    await house.wait(seconds=1)
    assert moody.heard == ALL


async def test_slowing_down_for_ever(house: House, moody: Moody) -> None:
    """Whoever says to be silent for years is asked again after an hour."""
    moody.complaints = [Throttled("too fast", timedelta(days=9_999))]
    await house.begin("survey")
    await house.wait(hours=1)
    assert moody.heard == ALL


async def test_pauses_grow(house: House, moody: Moody) -> None:
    """Each vain try doubles the pause, up to a quarter of an hour."""
    moody.complaints = [Unreachable("no connection")] * 12
    await house.begin("survey")
    for pause in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        tries = moody.tries
        await house.wait(seconds=pause - 0.5)
        assert moody.tries == tries
        await house.wait(seconds=0.5)
        assert moody.tries > tries
    assert moody.heard == ALL


async def test_giving_up(
    house: House, moody: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many tries a message has failed, and those behind it may go."""
    monkeypatch.setattr(sender, "TRIES", 2)
    moody.complaints = [Unreachable("no connection")] * 3
    await house.begin("survey")
    await house.wait(seconds=1)
    await house.wait(seconds=2)
    assert moody.heard == ALL[1:]
    assert (await house.store.outbox())[-1].state == "failed"


async def test_a_refused_account_is_no_try(
    house: House, moody: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long our account was not let in, a message is tried as often as any."""
    monkeypatch.setattr(sender, "TRIES", 2)
    moody.complaints = [Unreachable("no connection")]
    moody.complaints += [AccountRefused("no such bot")] * 3
    await house.begin("survey")
    for _ in range(3):
        await house.wait(minutes=1)
    assert moody.heard == []
    await house.wait(seconds=1)
    assert moody.heard == ALL


async def test_what_no_further_try_mends(house: House, moody: Moody) -> None:
    """What the service never will take has failed at once, with its reason."""
    moody.complaints = [ChannelError("no such chat", code="gone")]
    await house.begin("survey")
    assert moody.heard == ALL[1:]
    failed = (await house.store.outbox())[-1]
    assert (failed.state, failed.reason) == ("failed", "no such chat")


async def test_an_answer_comes_first(house: House, moody: Moody) -> None:
    """A question that is to be tried again and is answered meanwhile does not leave."""
    await house.begin("survey")
    moody.complaints = [Unreachable("no connection")]
    await house.say("banana")
    await house.say("9")
    await house.wait(seconds=1)
    assert moody.heard == ALL
    assert [r.state for r in await house.store.outbox() if r.role == "again"] == [
        "superseded"
    ]


REMINDS = """
flow: reminds
remind_after: [1 day, 2 days]
steps:
  q: {ask: How was it?, answer: nps}
"""


async def test_blocked(house: House, moody: Moody) -> None:
    """Whoever blocked us is not written to, until they write again."""
    await house.publish(REMINDS)
    moody.complaints = [Blocked("They blocked us.")]
    await house.begin("reminds")
    await house.wait(days=1)
    states = [(row.state, row.reason) for row in await house.store.outbox()]
    assert states == [("withheld", "blocked"), ("failed", "They blocked us.")]
    assert moody.heard == []
    await house.say("banana")
    assert len(moody.heard) == 1
    await house.wait(days=1)
    assert len(moody.heard) == 2


async def test_told_that_they_blocked_us(house: House, moody: Moody) -> None:
    """What the channel tells of being blocked, and let in again, is heeded."""
    await house.publish(REMINDS)
    await house.begin("reminds")
    left = replace(house.message(None), reach="lost")
    await house.inbox.take(left)
    await house.wait(days=1)
    assert moody.heard == ["How was it?"]
    await house.inbox.take(replace(house.message(None), reach="back"))
    await house.wait(days=1)
    assert len(moody.heard) == 2


async def test_an_account_that_is_refused(house: House, moody: Moody) -> None:
    """All waits until an operator mends it; nothing fails meanwhile."""
    moody.complaints = [AccountRefused("no such token")] * (sender.TRIES + 1)
    await house.begin("survey")
    for _ in range(sender.TRIES + 1):
        await house.wait(minutes=1)
    assert moody.heard == ALL


class Parts(Moody):
    """A service to which each message leaves in three parts."""

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Take the next part."""
        left = (delivery.reference or "").split()
        await super().send(delivery)
        reference = " ".join([*left, str(len(left))])
        return ("due" if len(left) < 2 else "sent"), reference


async def test_parts(house: House) -> None:
    """A message in parts goes on where it was, and nothing overtakes it."""
    parts = Parts()
    house.outbox = outbox.Outbox(house.desk, {"web": parts})
    parts.complaints = [Unreachable("no connection")]
    await house.begin("survey")
    await house.wait(seconds=1)
    assert parts.heard == [text for text in ALL for _ in range(3)]
    assert await house.funnel() == {"sent": 1}


class Slow(Moody):
    """A service that takes its time with one of the handles."""

    def __init__(self, slow: str) -> None:
        super().__init__()
        self.slow = slow
        self.answers = asyncio.Event()

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Take a message at once, or once the answer may come."""
        if delivery.address.handle == self.slow:
            await self.answers.wait()
        return await super().send(delivery)


async def test_one_that_takes_its_time(house: House) -> None:
    """What became of a message is stored while another one is still under way."""
    service = Slow("2")
    for handle in "123":
        await house.begin("survey", handle)
    house.outbox = outbox.Outbox(house.desk, {"web": service})
    for handle in "123":
        await house.inbox.take(house.message("banana", handle))
    draining = asyncio.create_task(house.outbox.drain())
    states: dict[str, str] = {}
    async with asyncio.timeout(10):
        while states.get("1") != "sent" or states.get("3") != "sent":
            rows = await house.store.outbox(3)
            states = {row.address.handle: row.state for row in rows}
    assert states["2"] == "sending"
    service.answers.set()
    assert await draining == 3
