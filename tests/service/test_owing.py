"""Messages whose end could not be stored at once: each leaves, and leaves once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from bot.engine.heard import Begun
from bot.errors import StoreUnavailable
from bot.model.contact import Address, Contact
from bot.model.message import Delivery, State
from bot.model.rates import FREE, Rates
from bot.service.outbox import Outbox
from bot.service.starting import start_flow
from tests.service.house import House, open_house
from tests.service.leaving import Leaving

SURVEY = "flow: survey\nsteps:\n  q: {ask: How was it?, answer: nps}\n"


class Slow:
    """A service that takes a message once it is told to."""

    name = "web"
    at_once: int | None = 4
    rates: Rates = FREE

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.go = asyncio.Event()
        self.heard: list[str] = []

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Take a message when it is time to."""
        self.began.set()
        await self.go.wait()
        self.heard.append(delivery.content.text)
        return "delivered", None


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house in which a question is due."""
    async with open_house(SURVEY) as opened:
        ann = Contact(id=opened.desk.new_id())
        begun = Begun(flow="survey", trigger="test")
        await start_flow(opened.desk, begun, Address("web", "1"), newcomer=ann)
        yield opened


def outbox_of(house: House, store: Leaving, service: Slow) -> Outbox:
    """Return the outbox of another worker."""
    return Outbox(replace(house.desk, store=store), {"web": service})


async def test_what_came_to_nothing_is_somebody_elses(house: House) -> None:
    """Whose claim was undone takes nothing from who claimed the same after them."""
    store, first, second = Leaving(house), Slow(), Slow()
    cut_off, other = outbox_of(house, store, first), outbox_of(house, store, second)
    first.go.set()
    store.away = 1
    with pytest.raises(StoreUnavailable):
        await cut_off.drain()
    sending = asyncio.create_task(other.drain())
    await second.began.wait()
    assert await cut_off.drain() == 0
    second.go.set()
    await sending
    await house.wait(minutes=1)
    assert first.heard + second.heard + house.heard() == ["How was it?"]
    assert [row.state for row in await house.store.outbox()] == ["delivered"]


async def test_what_was_claimed_all_the_same(house: House) -> None:
    """What was claimed although the store seemed to be away leaves once it is back."""
    store, service = Leaving(house), Slow()
    outbox = outbox_of(house, store, service)
    service.go.set()
    store.away, store.undone = 1, False
    with pytest.raises(StoreUnavailable):
        await outbox.drain()
    assert await outbox.drain() == 1
    assert service.heard == ["How was it?"]


@pytest.mark.parametrize("undone", [True, False])
async def test_the_end_comes_before_the_store_is_back(
    house: House, *, undone: bool
) -> None:
    """What became of a message is stored at the end, if the store is back by then."""
    store, service = Leaving(house), Slow()
    outbox = outbox_of(house, store, service)
    stopping = asyncio.Event()
    running = asyncio.create_task(outbox.run(stopping))
    await service.began.wait()
    store.undone = undone
    store.away = 1
    service.go.set()
    while store.away:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0)
    stopping.set()
    await running
    assert service.heard == ["How was it?"]
    assert [row.state for row in await house.store.outbox()] == ["delivered"]
