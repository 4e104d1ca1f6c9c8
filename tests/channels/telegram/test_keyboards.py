"""Keyboards on phones: they show what counts, whatever was pressed, when and twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.telegram.serving import Person, until
from tests.channels.telegram.shop import Shift, Shop, shop
from tests.fakes.bot_knobs import Knob


@pytest.fixture
async def opened(tmp_path: Path, shift: Shift) -> AsyncIterator[Shop]:
    """Return a shop."""
    assert not shift.later
    async with shop(tmp_path, "webhook") as made:
        yield made


@pytest.fixture
async def ann(opened: Shop) -> Person:
    """Return somebody who was just asked for a score."""
    person = opened.person()
    await person.say("/start")
    await person.hears("how likely are you")
    await opened.quiet()
    return person


async def choosing(opened: Shop, ann: Person) -> None:
    """Have somebody come to the question of which several answers may be chosen."""
    await ann.press("8")
    await ann.hears("get better at")
    await opened.quiet()


async def test_corrected(opened: Shop, ann: Person) -> None:
    """A 3 that becomes an 8 counts once, its mark moves, and the case is told of it."""
    await ann.press("3")
    await ann.hears("What went wrong?")
    await opened.quiet()
    assert ann.marked(0) == ["3"]
    assert opened.ask("SELECT state, notes FROM cases") == [("open", "[]")]
    await ann.press("8", 0)
    await ann.hears("get better at")
    await opened.quiet()
    assert ann.marked(0) == ["8"]
    assert opened.counted("answer") == [("8", 1)]
    [(_, notes)] = opened.ask("SELECT state, notes FROM cases")
    assert "8" in notes


async def test_typed(opened: Shop, ann: Person) -> None:
    """Where the answer was typed the keyboard goes with the next question."""
    await ann.say("eight")
    await ann.hears("get better at")
    await opened.quiet()
    assert ann.keyboard(ann.message_of(0)) == []
    assert ann.labels() != []


async def test_out_of_reach(opened: Shop, ann: Person) -> None:
    """A press on a message out of reach counts, and nothing is edited."""
    update = ann.pressing("8")
    message = update["callback_query"]["message"]
    kept = {name: message[name] for name in ("message_id", "chat")}
    update["callback_query"]["message"] = {**kept, "date": 0}
    assert await opened.fake.bring(update) == [200]
    await ann.hears("get better at")
    await opened.quiet()
    assert opened.counted("answer") == [("8", 1)]
    assert len(opened.fake.answers()) == 1
    assert [e["message_id"] for e in opened.fake.edits()] == [ann.message_of(0)]


async def test_double(opened: Shop, ann: Person) -> None:
    """Who presses twice answers once; both presses are answered."""
    first, second = ann.pressing("8"), ann.pressing("8")
    await opened.fake.bring(first)
    await opened.fake.bring(second)
    await ann.hears("get better at")
    await opened.quiet()
    assert opened.counted("answer") == [("8", 1)]
    assert len(opened.fake.answers()) == 2
    assert len(ann.texts()) == 2
    assert ann.marked(0) == ["8"]


async def test_late(opened: Shop, ann: Person) -> None:
    """A press after the end is answered, says nothing, and moves no mark."""
    await choosing(opened, ann)
    late = [ann.pressing("3", 0), ann.pressing("Price"), ann.pressing("Done")]
    await ann.press("Price")
    await until(lambda: ann.marked() == ["Price"])
    await ann.press("Done")
    await ann.hears("Thank you for helping")
    await opened.quiet()
    said = ann.texts()
    for press in late:
        assert await opened.fake.bring(press) == [200]
    await opened.quiet()
    assert ann.texts() == said
    assert {p["callback_query"]["id"] for p in late} < set(opened.fake.answers())
    assert ann.marked(0) == ["8"]
    assert ann.labels() == [["✓ Price"]]
    assert opened.counted("answer") == [("8", 1)]


async def test_toggled_in_haste(opened: Shop, ann: Person) -> None:
    """Options turned on before the keyboard shows the first are all marked in the end.

    No edit overtakes another one.
    """
    await choosing(opened, ann)
    before, answered = len(opened.fake.edits()), len(opened.fake.answers())
    opened.fake.next("editMessageReplyMarkup", Knob(hold=0.15))
    for label in ("Price", "Delivery speed"):
        await ann.press(label)
    await until(lambda: len(opened.fake.answers()) == answered + 2)
    assert len(opened.fake.edits()) == before + 1
    await opened.quiet()
    assert ann.marked() == ["Delivery speed", "Price"]


async def test_turned_off(opened: Shop, ann: Person) -> None:
    """What is turned on and off again leaves no mark, and may be skipped then."""
    await choosing(opened, ann)
    await ann.press("Price")
    await until(lambda: ann.marked() == ["Price"])
    await ann.press("✓ Price")
    await until(lambda: ann.marked() == [])
    await ann.press("Skip")
    await ann.hears("Thank you for helping")
    await opened.quiet()
    assert ann.labels() == [["✓ Skip"]]


async def test_done_in_haste(opened: Shop, ann: Person) -> None:
    """What was chosen stays to be seen, also where no edit had landed by then."""
    await choosing(opened, ann)
    price, late, done = (ann.pressing(x) for x in ("Price", "Product quality", "Done"))
    opened.fake.next("editMessageReplyMarkup", Knob(hold=0.15))
    for press in (price, done, late):
        await opened.fake.bring(press)
    await ann.hears("Thank you for helping")
    await opened.quiet()
    assert ann.labels() == [["✓ Price"]]
    assert opened.ask("SELECT value FROM answers WHERE step = 'improve'") == [
        ('["price"]',)
    ]
