"""The checker finds what it is there to find."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import seeded
from bot.model.contact import Address
from bot.model.message import Delivery, State
from bot.model.rates import FREE, Rates
from bot.service.inbound import received
from bot.service.outbox import Outbox
from tests.fakes.channel import NAME
from tests.fakes.platform import Request
from tests.service.house import open_house
from tests.torture import shop
from tests.torture.checker import Evidence, Figures, Kill, violations
from tests.torture.database import FILE
from tests.torture.phones import Phones, Said, Talk

HANDLE = "phone1"
TEXTS = ("survey", "3, it came late", "yes")


class Listening:
    """A fake platform that only listens."""

    name = NAME
    at_once: int | None = 4
    rates: Rates = FREE

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Take a message."""
        order = len(self.requests)
        handle = delivery.address.handle
        self.requests.append(Request(order, delivery.id, handle, "taken", 1.0, 1.1))
        return "sent", None


@pytest.fixture
async def evidence(tmp_path: Path) -> Evidence:
    """Return what there is to see after one talk in which nothing failed."""
    file, listening = tmp_path / "v.db", Listening()
    talk = Talk(HANDLE, NAME)
    async with open_house(shop.SURVEY, file=file) as house:
        house.outbox = Outbox(house.desk, {NAME: listening})
        for number, text in enumerate(TEXTS):
            key = f"{HANDLE}-{number:04}"
            message = received(Address(NAME, HANDLE), text, key, house.hands.at)
            await house.inbox.take(message)
            await house.outbox.drain()
            talk.said.append(Said(key, text))
    phones = Phones([], seeded(1))
    phones.talks.append(talk)
    phones.tried |= {said.key for said in talk.said}
    await phones.close()
    return Evidence(f"{FILE}{file}", phones, listening.requests, [], 0, [], 1.0)


def doctor(evidence: Evidence, statement: str) -> None:
    """Change the database behind everybody's back."""
    place = evidence.url.removeprefix(FILE)
    with closing(sqlite3.connect(place, isolation_level=None)) as db:
        db.execute(statement)


async def found(evidence: Evidence) -> Sequence[str]:
    """Return what the checker finds."""
    return await violations(evidence, Figures())


async def test_nothing(evidence: Evidence) -> None:
    """Where nothing failed there is nothing to find."""
    assert await found(evidence) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM inbound WHERE key LIKE '%-0001'", "is lost"),
        ("UPDATE inbound SET key = 'other-0001' WHERE key LIKE '%-0001'", "never sent"),
        ("UPDATE inbound SET state = 'stuck' WHERE key LIKE '%-0001'", "is stuck"),
        ("UPDATE inbound SET id = id + 99 WHERE key LIKE '%-0000'", "another order"),
        ("UPDATE inbound SET contact = 7 WHERE key LIKE '%-0001'", "is 2 contacts"),
        ("UPDATE outbox SET state = 'claimed'", "although all is at rest"),
        ("UPDATE outbox SET state = 'failed'", "failed"),
        ("UPDATE outbox SET state = 'superseded'", "reached the phone and is"),
        ("UPDATE outbox SET state = 'unknown'", "nothing happened"),
        (
            "UPDATE outbox SET id = id + 1 WHERE role = 'opens'",
            "never reached the phone",
        ),
        ("DELETE FROM outbox WHERE role = 'opens'", "said are"),
        ("UPDATE answers SET value = '4' WHERE step = 'score'", "answers are"),
        ("UPDATE counts SET n = n + 1 WHERE measure = 'answer'", "a count"),
        ("DELETE FROM cases", "cases are"),
        ("DELETE FROM tags", "tags are"),
        ("UPDATE sessions SET contact = 7", "a broken reference"),
    ],
)
async def test_a_doctored_database(
    evidence: Evidence, statement: str, words: str
) -> None:
    """What is lost, doubled or made up in the database is found."""
    doctor(evidence, statement)
    assert any(words in each for each in await found(evidence))


async def test_a_reply_twice(evidence: Evidence) -> None:
    """A reply that reached the phone twice is found."""
    evidence.requests = [*evidence.requests, evidence.requests[-1]]
    assert any("2 times" in each for each in await found(evidence))


async def test_replies_in_another_order(evidence: Evidence) -> None:
    """A reply that came after a later one is found."""
    evidence.requests = list(reversed(evidence.requests))
    assert any("after a later one" in each for each in await found(evidence))


async def test_unknown_for_a_reason(evidence: Evidence) -> None:
    """What was under way at a kill may be unknown, what was answered by then not."""
    doctor(evidence, "UPDATE outbox SET state = 'unknown'")
    ids = frozenset(each.id for each in evidence.requests)
    evidence.kills = [Kill(1.05, ids)]
    assert await found(evidence) == []
    evidence.kills = [Kill(99.0, ids)]
    assert any("nothing happened" in each for each in await found(evidence))
