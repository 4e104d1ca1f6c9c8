"""A talk on Telegram amid faults, every logger set loose: nothing private is told."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.channels.telegram.serving import Mode, Person, until
from tests.channels.telegram.updates import file, photo_sizes
from tests.e2e.running import Running
from tests.examples import lay_out
from tests.fakes.bot_knobs import (
    RESET,
    TRUNCATED,
    Knob,
    blocked,
    broken,
    page,
    refused,
    throttled,
)
from tests.fakes.telegram import SECRET_HEADER, TOKEN, FakeTelegram, listening

pytestmark = pytest.mark.e2e

LOOSE: Final = """
import logging
logging.basicConfig(level=logging.DEBUG)
for name in ("telegram", "httpx", "httpcore", "asyncio", "uvicorn"):
    logging.getLogger(name).setLevel(logging.DEBUG)
logging.getLogger("a.library").debug("is loose")
from datetime import timedelta
from bot.__main__ import main
from bot.model.rates import Rates
from bot.service import sender
from channels.telegram import channel, failures, polling
channel.Telegram.rates = Rates()
polling.SHORTEST = polling.LONGEST = 0.05
sender.SHORTEST = sender.REFUSED_FOR = failures.PATIENCE = timedelta(seconds=0.05)
main()
"""
KEY: Final = TOKEN.partition(":")[2]
SECRET: Final = "canary-secret-of-the-webhook-of-this-shop"  # noqa: S105 - opens nothing
NAME: Final = "Canary-Name"
ID: Final = 908_070_605_040
PHONE: Final = "34612345678"
WORDS: Final = "canary-words"
CANARIES: Final = (KEY, SECRET, NAME, str(ID), PHONE, WORDS)
SAID: Final = f"{NAME} {ID} {WORDS} {TOKEN}"
"""What a server may say in its errors."""
FAULTS: Final = (
    throttled(1),
    Knob(status=429, body=f"<p>{SAID}</p>".encode(), taken=False),
    page(403, SAID),
    refused(401, f"Unauthorized: {SAID}"),
    refused(404, f"Not Found: {SAID}"),
)
"""After these a message is sent again."""
ENDS: Final = (
    refused(400, f"Bad Request: {SAID}"),
    blocked(),
    broken(),
    page(502, SAID),
    Knob(status=500, body=f'["{SAID}"]'.encode()),
    Knob(status=200, body=f'"{SAID}"'.encode()),
    RESET,
    TRUNCATED,
)


class Loose(Running):
    """A server in whose process somebody asked all libraries to tell all."""

    command = (sys.executable, "-c", LOOSE, "run")


@asynccontextmanager
async def shop(folder: Path, fake: FakeTelegram, mode: Mode) -> AsyncIterator[Loose]:
    """Run a shop that tells all it can tell."""
    running = Loose(
        lay_out(folder),
        VOXPOP_CHANNELS__TELEGRAM__ENABLED="true",
        VOXPOP_CHANNELS__TELEGRAM__MODE=mode,
        VOXPOP_CHANNELS__TELEGRAM__FLOW="nps",
        VOXPOP_CHANNELS__TELEGRAM__TOKEN=TOKEN,
        VOXPOP_CHANNELS__TELEGRAM__SECRET=SECRET,
        VOXPOP_CHANNELS__TELEGRAM__BASE_URL=fake.url,
        VOXPOP_LOG__LEVEL="debug",
    )
    running.environment["VOXPOP_WEB__PUBLIC_URL"] = running.url
    await asyncio.to_thread(running.start)
    try:
        yield running
    finally:
        await asyncio.to_thread(running.kill)


async def live(fake: FakeTelegram, ann: Person) -> None:
    """Have somebody talk amid faults of all kinds, and send all that is private."""
    fake.next("sendMessage", *FAULTS)
    fake.next("getUpdates", *ENDS[2:4], FAULTS[3], *ENDS[4:])
    for method in ("answerCallbackQuery", "editMessageReplyMarkup"):
        fake.next(method, *ENDS)
    await ann.say("/start")
    await ann.hears(NAME)
    await ann.press("3")
    await ann.hears("What went wrong?")
    for knob in ENDS:
        fake.next("sendMessage", knob)
        asked = len(fake.of("sendMessage"))
        await ann.say(f"/help {WORDS}")
        await until(lambda asked=asked: len(fake.of("sendMessage")) > asked)  # type: ignore[misc]
    own = {"phone_number": PHONE, "first_name": NAME, "user_id": ann.id}
    document = file(file_name=f"{WORDS}.pdf")
    for content in (
        {"text": f"it came late, {WORDS}"},
        {"contact": own},
        {"photo": photo_sizes(), "caption": WORDS},
        {"document": document},
        {"text": ["a list", WORDS]},
    ):
        await ann.send(**content)
    update = ann.pressing("3", 0)
    update["callback_query"]["data"] = f"{WORDS} {TOKEN}"
    await fake.bring(update)


async def pages(url: str) -> str:
    """Return what the server answers to whoever knocks, heads included."""
    told = []
    body = f'{{"update_id":"{SAID}"}}'
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        for path in ("/", "/telegram/updates", f"/{WORDS}", "/metrics", "/health"):
            for secret in ("", SECRET):
                headers = {SECRET_HEADER: secret}
                for method in ("GET", "POST"):
                    found = await client.request(
                        method, path, content=body, headers=headers
                    )
                    told += [found.text, str(found.headers)]
    return "".join(told)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_nothing_private_is_told(tmp_path: Path, mode: Mode) -> None:
    """Neither token nor person stands in a log or a page, nor the token on the disk."""
    async with listening() as fake, shop(tmp_path, fake, mode) as running:
        ann = Person(fake, ID, name=NAME)
        await live(fake, ann)
        asked = "SELECT count(*) FROM inbound WHERE state = 'stuck'"
        await until(lambda: running.rows(asked) == [(1,)])
        answered = await pages(running.url)
        await asyncio.to_thread(running.stop)
        told = running.errors() + "".join(running.lines) + running.printed
    assert "DEBUG:a.library:is loose" in told
    for canary in CANARIES:
        assert canary not in told
        assert canary not in answered
    disk = await asyncio.to_thread((tmp_path / "voxpop.db").read_bytes)
    assert WORDS.encode() in disk
    assert KEY.encode() not in disk
