"""Updates that come again, all at once or out of order: one effect, and no more."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tests.channels.telegram.serving import DATE, Mode, Person, until
from tests.channels.telegram.shop import Shift, Shop, shop
from tests.channels.telegram.updates import PLACE, contact, photo_sizes
from tests.fakes.telegram import FIRST_UPDATE, FakeTelegram

MODES: Final = ["polling", "webhook"]
AT_ONCE: Final = 5


class Fivefold(FakeTelegram):
    """A Telegram that brings everything five times at once."""

    async def bring(self, update: Mapping[str, Any]) -> list[int]:
        """Bring something new five times."""
        told = {"update_id": FIRST_UPDATE + len(self.brought), **update}
        self.brought.append(told)
        return await self.again(*[told] * AT_ONCE, together=True)


def reach(person: Person, before: str, after: str) -> dict[str, Any]:
    """Return that somebody blocked the bot, or lets it in again."""
    message = person.message()
    bot = {"id": 123456, "is_bot": True, "first_name": "Bot"}
    return {
        "my_chat_member": {
            "chat": message["chat"],
            "from": message["from"],
            "date": DATE,
            "old_chat_member": {"user": bot, "status": before},
            "new_chat_member": {"user": bot, "status": after, "until_date": 0},
        }
    }


async def live(opened: Shop) -> Person:
    """Have somebody do all that one can do, and come to the end of a talk."""
    ann = opened.person()
    await ann.say("/start")
    await ann.hears("how likely are you")
    await ann.press("8")
    await ann.hears("get better at")
    await ann.press("Price")
    await until(lambda: ann.marked() == ["Price"])
    await ann.press("Something else")
    await until(lambda: ann.marked() == ["Price", "Something else"])
    await ann.press("✓ Price")
    await until(lambda: ann.marked() == ["Something else"])
    await ann.press("Done")
    await ann.hears("in your own words")
    await ann.say("more colours")
    await ann.hears("Thank you for helping")
    await opened.quiet()
    own = contact(ann.id, "34612345678", sender=ann.id)["message"]["contact"]
    for content in ({"photo": photo_sizes()}, {"contact": own}, {"location": PLACE}):
        await ann.send(**content)
    await opened.fake.bring(reach(ann, "member", "kicked"))
    await opened.fake.bring(reach(ann, "kicked", "member"))
    await opened.quiet()
    return ann


@pytest.mark.parametrize("mode", MODES)
async def test_again(tmp_path: Path, mode: Mode, shift: Shift) -> None:
    """What comes five times at once, after a restart and an hour later is known."""
    fake = Fivefold()
    await fake.open()
    opened = Shop(tmp_path, fake, mode)
    async with opened.opened():
        ann = await live(opened)
        brought, told = list(fake.brought), ann.texts()
        assert len(told) == len(set(told)) == 4
        sizes = opened.sizes()
        assert sizes["inbound"] == len(brought) == 12
        assert opened.ask("SELECT DISTINCT state FROM inbound") == [("handled",)]
        assert opened.counted("answer") == [("8", 1)]
        assert opened.counted("completed") == [("", 1)]
    for later in (timedelta(0), timedelta(hours=1)):
        shift.later = later
        async with opened.opened():
            for update in brought:
                statuses = await fake.again(*[update] * AT_ONCE, together=True)
                assert set(statuses) <= {200}
            await opened.quiet()
            assert opened.sizes() == sizes
            assert ann.texts() == told
            assert opened.counted("answer") == [("8", 1)]
    await fake.close()


@asynccontextmanager
async def asked(folder: Path, mode: Mode) -> AsyncIterator[tuple[Shop, Person]]:
    """Open a shop in which somebody was asked for a score."""
    async with shop(folder, mode) as opened:
        ann = opened.person()
        await ann.say("/start")
        await ann.hears("how likely are you")
        await opened.quiet()
        yield opened, ann


@pytest.mark.parametrize("mode", MODES)
async def test_a_press_before_words(tmp_path: Path, mode: Mode, shift: Shift) -> None:
    """A press that overtakes earlier words counts, and so do the words, each once."""
    assert shift.later == timedelta(0)
    async with asked(tmp_path, mode) as (opened, ann):
        words = {"update_id": FIRST_UPDATE + 10, "message": ann.message(text="fast")}
        press = {"update_id": FIRST_UPDATE + 11, **ann.pressing("9")}
        for _ in range(2):
            await opened.fake.again(press)
            await ann.hears("makes our day") if len(ann.texts()) == 1 else None
            await opened.fake.again(words)
            await opened.quiet()
            assert opened.counted("answer")[0] == ("9", 1)
            assert opened.ask("SELECT text FROM answers ORDER BY id")[1] == ("fast",)
            assert opened.sizes()["inbound"] == 3
            assert len(ann.texts()) == len(set(ann.texts()))


@pytest.mark.parametrize("mode", MODES)
async def test_swapped_presses(tmp_path: Path, mode: Mode, shift: Shift) -> None:
    """Of two presses that come swapped each is taken once, and one of them counts."""
    assert shift.later == timedelta(0)
    async with asked(tmp_path, mode) as (opened, ann):
        three = {"update_id": FIRST_UPDATE + 10, **ann.pressing("3")}
        eight = {"update_id": FIRST_UPDATE + 11, **ann.pressing("8")}
        await opened.fake.again(eight, three)
        await ann.hears("What went wrong?")
        await opened.quiet()
        sizes = opened.sizes()
        assert opened.counted("answer") == [("3", 1)]
        assert ann.marked(0) == ["3"]
        await opened.fake.again(three, eight)
        await opened.quiet()
        assert opened.sizes() == sizes
        assert opened.counted("answer") == [("3", 1)]
