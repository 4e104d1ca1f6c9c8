"""What comes with the right secret and a wrong inside: kept, answered, and harmless."""

import secrets
from collections.abc import AsyncIterator, Mapping
from itertools import count
from typing import Any, Final

import pytest
import pytest_asyncio

from channels.telegram.buttons import data, tap
from tests.channels.telegram.serving import DATE, Person
from tests.channels.telegram.shop import Shop, hurry, shop
from tests.fakes.telegram import FIRST_UPDATE

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRONG: Final[Mapping[str, dict[str, Any]]] = {
    "text is a number": {"text": 9},
    "text is a list": {"text": ["nine"]},
    "text is far too long": {"text": "x" * 5_000},
    "half of a character": {"text": "\ud83d"},
    "date is text": {"date": "today", "text": "9"},
    "date is negative": {"date": -1, "text": "9"},
    "date is far away": {"date": 10**12, "text": "9"},
    "from is text": {"from": "me", "text": "9"},
    "from has no id": {"from": {"first_name": "Ann"}, "text": "9"},
    "photo is a number": {"photo": 5},
    "photo without an id": {"photo": [{}]},
    "a place nowhere": {"location": {"latitude": 91, "longitude": 0}},
    "a number that is none": {"contact": {"phone_number": 34}},
}
"""Messages of somebody that are not as Telegram documents them."""
LOST: Final[Mapping[str, dict[str, Any]]] = {
    "no chat": {"message": {"date": DATE, "text": "9"}},
    "a chat that is text": {"message": {"date": DATE, "chat": "me", "text": "9"}},
    "a message that is a list": {"message": [1]},
    "a press that is text": {"callback_query": "x"},
    "a press without an id": {"callback_query": {"data": "1aBw:score:9"}},
    "a member that is empty": {"my_chat_member": {}},
}
"""Updates of nobody in particular."""
ids: Final = count(6000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """Return a shop that is told strange things."""
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        async with shop(tmp_path_factory.mktemp("shop"), "webhook") as made:
            yield made


@pytest_asyncio.fixture(loop_scope="module")
async def ann(opened: Shop) -> Person:
    """Return somebody who was just asked for a score."""
    person = opened.person(next(ids))
    await person.say("/start")
    await person.hears("how likely are you")
    await opened.quiet()
    return person


@pytest.mark.parametrize("case", WRONG)
async def test_stuck(opened: Shop, ann: Person, case: str) -> None:
    """A message of another form is kept as stuck, and the next one is answered."""
    before = opened.sizes()
    update = {"message": {**ann.message(), **WRONG[case]}}
    assert await opened.fake.bring(update) == [200]
    assert opened.ask(STUCK, str(newest(opened))) == [("stuck", str(ann.id))]
    after = opened.sizes()
    assert {**after, "inbound": before["inbound"]} == before
    await ann.say("10")
    await ann.hears("makes our day")


@pytest.mark.parametrize("case", LOST)
async def test_stuck_of_nobody(opened: Shop, ann: Person, case: str) -> None:
    """What is nobody's is kept for an operator, and holds nobody back."""
    before = opened.sizes()
    assert await opened.fake.bring(LOST[case]) == [200]
    assert opened.ask(STUCK, str(newest(opened))) == [("stuck", "")]
    after = opened.sizes()
    assert {**after, "inbound": before["inbound"]} == before
    await ann.press("10")
    await ann.hears("makes our day")


# ── presses ──────────────────────────────────────────────────────────────────────────


def forged(session: int, other: int) -> dict[str, str]:
    """Return what presses never brought that we made for this person."""
    good = data(session, "score", "9")
    return {
        "another's talk": data(other, "score", "9"),
        "a talk that never was": data(2**63 - 1, "score", "9"),
        "an unknown step": data(session, "scores", "9"),
        "an unknown option": data(session, "score", "11"),
        "a negative option": data(session, "score", "-1"),
        "no option": data(session, "score", None),
        "done with nothing": data(session, "score", None, "done"),
        "turned on": data(session, "score", "9", "on"),
        "a tag of nothing": data(session, "~AAAAAAAA", "~AAAAAAAA"),
        "an old version": "0" + good[1:],
        "a new version": "2" + good[1:],
        "a byte more": good + "x",
        "empty": "",
        "letters": "press me",
        "a null": good[:4] + "\0" + good[5:],
        "a line": good + "\n",
        "64 bytes": secrets.token_hex(32),
        "emoji": "🎲" * 16,
        "SQL": "1a' OR 1=1 --:score:9",
    }


@pytest.mark.parametrize("case", forged(1, 2))
async def test_tampered_presses(opened: Shop, ann: Person, case: str) -> None:
    """A forged press is answered and answers no question; the real one counts."""
    bob = opened.person(next(ids))
    await bob.say("/start")
    await bob.hears("how likely are you")
    await opened.quiet()
    before = facts(opened)
    brought = forged(talk(ann), talk(bob))[case]
    update = ann.pressing("9")
    update["callback_query"]["data"] = brought
    assert await opened.fake.bring(update) == [200]
    await opened.quiet()
    assert facts(opened) == before
    assert update["callback_query"]["id"] in opened.fake.answers()
    assert ann.marked(0) == []
    await ann.press("9")
    await ann.hears("makes our day")
    await bob.press("8")
    await bob.hears("get better at")


async def test_a_press_on_anothers_message(opened: Shop, ann: Person) -> None:
    """A press in a chat that is not its sender's own changes nothing there."""
    eve = opened.person(next(ids))
    before = opened.sizes()
    update = ann.pressing("9")
    update["callback_query"]["from"] = eve.message()["from"]
    assert await opened.fake.bring(update) == [200]
    await opened.quiet()
    assert opened.sizes() == before


def talk(person: Person) -> int:
    """Return whose talk somebody's buttons bring back."""
    found = tap(person.pressing("9")["callback_query"]["data"])
    assert found is not None
    return found.session


def facts(opened: Shop) -> object:
    """Return all that was answered, begun and opened, and what it came to."""
    asked = "SELECT id, status, state ->> 'f' FROM sessions ORDER BY id"
    counted = "SELECT measure, value, sum(n) FROM counts GROUP BY 1, 2"
    sizes = opened.sizes()
    names = ("answers", "cases", "tags", "contacts", "addresses", "consents")
    return [sizes[name] for name in names], opened.ask(asked), opened.ask(counted)


def newest(opened: Shop) -> int:
    """Return the id of the update that came last."""
    return FIRST_UPDATE + len(opened.fake.brought) - 1


STUCK: Final = "SELECT state, handle FROM inbound WHERE key = ?"
