"""What the same messages leave where nothing ever fails: the measure of all faults."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import json

from bot.model.contact import Address
from bot.model.message import Inbound, Opening
from tests.service.house import House, open_house
from tests.torture import shop
from tests.torture.database import Rows
from tests.torture.phones import WEB, Talk


class Left(NamedTuple):
    """What one person's talks left, without ids and times."""

    answers: tuple[tuple[str, ...], ...]
    said: tuple[tuple[str, str], ...]
    talks: tuple[str, ...]
    tags: tuple[str, ...]
    cases: int


NOTHING = Left((), (), (), (), 0)

ANSWERS = (
    "SELECT contact, flow, step, value, comment, text, standing FROM answers "
    "ORDER BY id"
)
SAID = "SELECT contact, role, content FROM outbox ORDER BY id"
TALKS = "SELECT contact, status FROM sessions ORDER BY id"
TAGS = "SELECT contact, tag FROM tags ORDER BY session, cause, tag"
CASES = "SELECT contact, id FROM cases"
QUERIES = (ANSWERS, SAID, TALKS, TAGS, CASES)


def left(
    answers: Rows, said: Rows, talks: Rows, tags: Rows, cases: Rows
) -> dict[int, Left]:
    """Return by contact what lies in the tables."""
    found: dict[int, Left] = {}

    def add(contact: int, **more: object) -> None:
        found[contact] = found.get(contact, NOTHING)._replace(**more)  # type: ignore[arg-type]

    for contact, *answer in answers:
        known = found.get(contact, NOTHING).answers
        add(contact, answers=(*known, tuple(map(str, answer))))
    for contact, role, content in said:
        known_said = found.get(contact, NOTHING).said
        add(contact, said=(*known_said, (role, json.decode(content)["text"])))
    for contact, status in talks:
        add(contact, talks=(*found.get(contact, NOTHING).talks, status))
    for contact, tag in tags:
        add(contact, tags=(*found.get(contact, NOTHING).tags, tag))
    for contact, _ in cases:
        add(contact, cases=found.get(contact, NOTHING).cases + 1)
    return found


async def replayed(talks: Sequence[Talk]) -> Mapping[str, Left]:
    """Return by handle what these talks leave in a house where nothing fails."""
    async with open_house(shop.SURVEY) as house:
        await asyncio.gather(*(_talk(house, talk) for talk in talks))
        found = left(*[await _rows(house, query) for query in QUERIES])
        owners = await _rows(house, "SELECT handle, contact FROM addresses")
    return {handle: found.get(contact, NOTHING) for handle, contact in owners}


async def _talk(house: House, talk: Talk) -> None:
    address = Address(talk.channel, talk.handle)
    if talk.channel == WEB:
        key, opens = f"{talk.handle} opens", Opening("torture")
        opened = Inbound(address=address, key=key, at=house.hands.at, opens=opens)
        await house.inbox.take(opened)
    for said in talk.said:
        await house.inbox.take(
            Inbound(address=address, key=said.key, at=house.hands.at, text=said.text)
        )


async def _rows(house: House, query: str) -> Rows:
    driver = house.store._driver  # noqa: SLF001 - it lies in memory, nobody else sees it
    writer = driver._writer  # type: ignore[attr-defined]  # noqa: SLF001
    return [tuple(row) for row in await writer.execute_fetchall(query)]
