"""Several workers and one person: nobody has two open talks, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest

from bot.model.contact import Address
from bot.model.message import Inbound
from bot.service import joining
from storage import open_store
from tests.databases import fresh_database, psql
from tests.service.crowd import SURVEY
from tests.service.house import House

pytestmark = pytest.mark.postgres
TALKS = 12
"""People, each with two addresses."""


@pytest.fixture(autouse=True)
def engine() -> None:
    """Stand in for the fixture that runs tests on each engine: this is of one."""


@asynccontextmanager
async def workers(url: str, count: int) -> AsyncIterator[list[House]]:
    """Open houses on one database, each with its inbox running."""
    async with AsyncExitStack() as stack:
        houses = []
        for _ in range(count):
            house = House(await stack.enter_async_context(open_store(url)))
            houses.append(house)
            await house.publish(SURVEY)
            await house.library.refresh()
        taking = [asyncio.create_task(house.inbox.run()) for house in houses]
        yield houses
        for task in taking:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def words(house: House, address: Address, text: str, key: str) -> Inbound:
    """Return a message."""
    return Inbound(address=address, key=key, at=house.hands.at, text=text)


async def test_joined_while_they_write() -> None:
    """Words at both addresses and a join at the same time leave one way to go on."""
    url = fresh_database()
    people = [
        (Address("web", str(n)), Address("telegram", str(n))) for n in range(TALKS)
    ]
    async with workers(url, 2) as (one, other):
        for n, (web, telegram) in enumerate(people):
            await one.inbox.take(words(one, web, "hello", f"a{n}"))
            await one.inbox.take(words(one, telegram, "hello", f"b{n}"))
        joins = [joining.join(one.desk, a, b, by="ops") for a, b in people]
        said = [
            house.inbox.take(words(house, address, "survey", f"{address}"))
            for pair in people
            for house, address in zip((one, other), pair, strict=True)
        ]
        await asyncio.gather(*joins, *said)
        again = [
            house.inbox.take(words(house, address, text, f"{address} {text}"))
            for pair in people
            for house, address, text in zip(
                (one, other), pair, ("9", "fine"), strict=True
            )
        ]
        await asyncio.gather(*again)
        taken = "SELECT count(*) FROM inbound WHERE state = 'handled'"
        assert psql(url, taken) == str(6 * TALKS)
        assert psql(url, "SELECT count(*) FROM inbound WHERE state <> 'handled'") == "0"
        merged = "SELECT count(*) FROM contacts WHERE merged_into IS NOT NULL"
        assert psql(url, merged) == str(2 * TALKS)


async def test_one_talk_of_a_set() -> None:
    """Whichever worker is faster, people who are one begin one talk."""
    url = fresh_database()
    people = [
        (Address("web", str(n)), Address("telegram", str(n))) for n in range(TALKS)
    ]
    async with workers(url, 2) as (one, other):
        for n, (web, telegram) in enumerate(people):
            await one.inbox.take(words(one, web, "hello", f"a{n}"))
            await one.inbox.take(words(one, telegram, "hello", f"b{n}"))
            await joining.join(one.desk, web, telegram, by="ops")
        await asyncio.gather(
            *(
                house.inbox.take(words(house, address, "survey", f"{address}"))
                for pair in people
                for house, address in zip((one, other), pair, strict=True)
            )
        )
        begun = "SELECT count(*) FROM sessions WHERE status = 'active'"
        assert psql(url, begun) == str(TALKS)
