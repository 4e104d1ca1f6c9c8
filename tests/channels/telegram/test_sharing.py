"""The keyboard that shares one's number or place: shown, answered, and taken away."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.channels.telegram.serving import Person
from tests.channels.telegram.shop import Shift, Shop, shop
from tests.channels.telegram.updates import PLACE

FLOW: Final = """
flow: callback
title: A call
touchpoint: support
languages: [en]
triggers:
  - command: callback
steps:
  number:
    ask: {en: Which number may we call?}
    answer: phone
  place:
    ask: {en: Where are you?}
    answer: location
  sure:
    ask: {en: Shall we?}
    answer: yes_no
  thanks:
    say: {en: Thank you for all of it.}
"""
OPTIONAL: Final = """
flow: maybe
triggers: [{command: maybe}]
steps:
  number: {ask: Which number may we call?, answer: phone, optional: true}
  thanks: {say: Thank you.}
"""
NUMBER: Final = "+34612345678"


@pytest.fixture
async def opened(tmp_path: Path, shift: Shift) -> AsyncIterator[Shop]:
    """Return a shop that asks for numbers and places."""
    assert not shift.later
    async with shop(tmp_path, "polling", {"callback": FLOW}) as made:
        yield made


@pytest.fixture
async def ann(opened: Shop) -> Person:
    """Return somebody who was asked for their number."""
    person = opened.person()
    await person.say("/callback")
    await person.hears("Which number")
    return person


def number(user: int, phone: str = NUMBER) -> dict[str, Any]:
    """Return a contact as the app shares it."""
    return {"phone_number": phone, "first_name": "A", "user_id": user}


def markups(opened: Shop) -> list[Any]:
    """Return what stood under each message."""
    return [fields.get("reply_markup") for _, fields in opened.fake.messages()]


def proven(opened: Shop) -> list[tuple[str, str]]:
    """Return the numbers that are somebody's, and whose."""
    return opened.ask(
        "SELECT p.handle, t.handle FROM addresses AS p JOIN addresses AS t"
        " ON t.contact = p.contact AND t.channel = 'telegram'"
        " WHERE p.channel = 'phone'"
    )


async def test_own(opened: Shop, ann: Person) -> None:
    """One's own number answers and is proven; the buttons go when all is shared."""
    await ann.send(contact=number(ann.id, NUMBER[1:]))
    await ann.hears("Where are you?")
    await ann.send(location=PLACE)
    await ann.hears("Shall we?")
    await ann.press("Yes")
    await ann.hears("Thank you")
    await opened.quiet()
    phone, place, sure, thanks = markups(opened)
    [[shares_phone]], [[shares_place]] = phone["keyboard"], place["keyboard"]
    assert shares_phone["request_contact"] is True
    assert shares_place["request_location"] is True
    assert phone["one_time_keyboard"] is True
    assert "inline_keyboard" in sure
    assert thanks == {"remove_keyboard": True}
    assert proven(opened) == [(NUMBER, str(ann.id))]
    assert opened.ask("SELECT value FROM answers ORDER BY id") == [
        (f'"{NUMBER}"',),
        ('"40.416775,-3.70379"',),
        ("true",),
    ]
    await ann.say("more")
    await opened.quiet()
    assert "remove_keyboard" not in str(markups(opened)[4:])


async def test_anothers(opened: Shop, ann: Person) -> None:
    """Somebody else's number answers, and proves nothing."""
    await ann.send(contact=number(ann.id + 1))
    await ann.hears("Where are you?")
    await opened.quiet()
    assert proven(opened) == []
    assert opened.ask("SELECT value FROM answers") == [(f'"{NUMBER}"',)]


async def test_passed_on(opened: Shop, ann: Person) -> None:
    """One's own contact that was passed on, or has no owner, proves nothing."""
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "A"}
    await ann.send(contact=number(ann.id), forward_origin=origin)
    await ann.hears("Where are you?")
    nobodys = {"phone_number": NUMBER, "first_name": "A"}
    await ann.send(contact=nobodys)
    await ann.hears("Where are you?")
    assert proven(opened) == []


async def test_typed(opened: Shop, ann: Person) -> None:
    """A typed number answers and proves nothing, and its button goes."""
    await ann.say(NUMBER)
    await ann.hears("Where are you?")
    await ann.say("/stop")
    await opened.quiet()
    assert proven(opened) == []
    assert markups(opened)[-1] == {"remove_keyboard": True}


async def test_a_number_that_may_be_kept_to_oneself(
    tmp_path: Path, shift: Shift
) -> None:
    """Where a number may be skipped, the skip is a button under the one that shares."""
    assert not shift.later
    async with shop(tmp_path, "polling", {"maybe": OPTIONAL}) as opened:
        person = opened.person()
        await person.say("/maybe")
        await person.hears("Which number")
        [[shares], [skips]] = markups(opened)[0]["keyboard"]
        assert shares["request_contact"] is True
        assert skips == {"text": "Skip"}
        await person.say("Skip")
        await person.hears("Thank you.")
        assert markups(opened)[1] == {"remove_keyboard": True}
