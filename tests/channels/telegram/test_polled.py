"""Asking for updates through whatever goes wrong: nothing lost, nothing twice."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from datetime import timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Final

import httpx
import pytest
import pytest_asyncio

from bot.service import inbound
from channels.telegram import failures, polling
from tests.channels.telegram.serving import until
from tests.channels.telegram.shop import Shift, Shop, hurry, shop
from tests.fakes.bot_knobs import (
    RESET,
    TRUNCATED,
    Knob,
    broken,
    page,
    refused,
    throttled,
)
from tests.fakes.telegram import FIRST_UPDATE

BAD: Final[Mapping[str, Knob]] = {
    "500": broken(),
    "500 and a list": Knob(status=500, body=b"[]"),
    "400 and null": Knob(status=400, body=b"null"),
    "a number that is text": refused(429, "Too Many", retry_after="soon"),
    "a page": page(502),
    "a page with 200": page(200),
    "null": Knob(status=200, body=b"null"),
    "a list": Knob(status=200, body=b"[]"),
    "results of text": Knob(status=200, body=b'{"ok":true,"result":"none"}'),
    "reset": RESET,
    "truncated": TRUNCATED,
    "401": refused(401, "Unauthorized"),
    "throttled": throttled(1),
    "no update": Knob(status=200, body=b'{"ok":true,"result":[{"update_id":"1"}]}'),
}


ids: Final = count(7000)


@pytest.fixture
async def opened(tmp_path: Path, shift: Shift) -> AsyncIterator[Shop]:
    """Return a shop that asks for its messages."""
    assert not shift.later
    async with shop(tmp_path, "polling") as made:
        yield made


async def check_talking(opened: Shop, id_: int = 4711) -> None:
    """Assert that somebody can talk with the bot, and hears everything once."""
    ann = opened.person(id_)
    await ann.say("/start")
    await ann.hears("how likely are you")
    await ann.press("9")
    await ann.hears("makes our day")
    await opened.quiet()
    assert len(ann.texts()) == 2


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def failing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """Return a shop whose Telegram fails again and again."""
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        patch.setattr(polling, "SHORTEST", 0.05)
        patch.setattr(polling, "LONGEST", 0.1)
        patch.setattr(failures, "PATIENCE", timedelta(seconds=0.05))
        async with shop(tmp_path_factory.mktemp("shop"), "polling") as made:
            yield made


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", BAD)
async def test_failing(failing: Shop, name: str) -> None:
    """After a vain try we wait, longer each time, and go on once it is mended."""
    begun = len(failing.fake.of("getUpdates"))
    failing.fake.next("getUpdates", *[BAD[name]] * (1 if name == "throttled" else 4))
    await check_talking(failing, next(ids))
    vain = failing.fake.of("getUpdates")[begun : begun + 4]
    gaps = [later.at - earlier.at for earlier, later in pairwise(vain)]
    least = [1.0] if name == "throttled" else [0.05, 0.1, 0.1]
    assert all(gap >= told for gap, told in zip(gaps, least, strict=False))


async def test_told_to_be_silent_for_years(
    opened: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever says to ask nothing for years is asked again after a bounded while."""
    monkeypatch.setattr(polling, "HELD_SECONDS", 0.05)
    opened.fake.next("getUpdates", throttled(10**8))
    await check_talking(opened)


async def test_a_webhook_that_somebody_left(opened: Shop) -> None:
    """A webhook that is set while we ask is taken down, and asking goes on."""
    await opened.fake.updates.set_webhook({"url": "https://example.org/left"})
    await until(lambda: not opened.fake.updates.url)
    await check_talking(opened)


async def test_another_poller(opened: Shop) -> None:
    """Another program that asks is told of in the log, and asking goes on."""
    asked = len(opened.fake.of("getUpdates"))
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{opened.fake.base_url}{opened.fake.token}/getUpdates")
    await until(lambda: len(opened.fake.of("getUpdates")) > asked + 1)
    await check_talking(opened)


async def test_the_store_is_away(opened: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not stored is not confirmed; it comes again and is known or taken."""
    monkeypatch.setattr(inbound, "PATIENCE", 0.1)
    ann = opened.person()
    await ann.say("/start")
    await ann.hears("how likely are you")
    await opened.quiet()
    file = opened.folder / "voxpop.db"
    with closing(sqlite3.connect(file, check_same_thread=False)) as other:
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        asked = len(opened.fake.of("getUpdates"))
        press, words = ann.pressing("3"), {"message": ann.message(text="late")}
        await opened.fake.bring(press)
        await opened.fake.bring(words)
        await until(lambda: len(opened.fake.of("getUpdates")) > asked + 2)
        assert len(opened.fake.updates.waiting) == 2
    await ann.hears("May someone")
    await opened.quiet()
    assert opened.sizes()["inbound"] == 3
    assert opened.ask("SELECT value FROM answers ORDER BY id") == [("3",), ('"late"',)]
    assert len(ann.texts()) == len(set(ann.texts()))


async def test_what_the_library_cannot_read(opened: Shop) -> None:
    """An update at which the library itself would raise is kept and confirmed."""
    ann = opened.person()
    no_date = {k: v for k, v in ann.message(text="9").items() if k != "date"}
    await opened.fake.bring({"message": no_date})
    await opened.fake.bring({"hologram": {}})
    await check_talking(opened)
    stuck = "SELECT key FROM inbound WHERE state = 'stuck'"
    assert opened.ask(stuck) == [(str(FIRST_UPDATE),)]


async def test_a_hundred(opened: Shop) -> None:
    """Of a hundred updates at once each person's are taken in their order."""
    people = [opened.person(8000 + n) for n in range(20)]
    words = ("/start", "3", "it came late", "no", "by the way")
    opened.fake.updates.put(
        *[
            {"update_id": FIRST_UPDATE + 100 + place, "message": message}
            for place, message in enumerate(
                person.message(text=text) for text in words for person in people
            )
        ]
    )
    await until(lambda: opened.sizes()["inbound"] == 100)
    await opened.quiet()
    given = "SELECT step, value, count(*) FROM answers GROUP BY 1, 2 ORDER BY 1"
    assert opened.ask(given) == [
        ("callback", "false", 20),
        ("recover", '"it came late"', 20),
        ("score", "3", 20),
    ]
    assert opened.counted("completed") == [("", 20)]
