"""What shows of a bot where errors are told and objects printed: nothing private."""

import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from bot import clock as clocks
from bot.errors import ChannelError
from bot.model.contact import Address
from bot.model.message import Delivery, Outbound
from bot.on_telegram import OnTelegram
from bot.serving import Served
from channels.telegram.account import Account
from channels.telegram.decode import NotAnUpdate, read
from tests.channels.telegram.shop import SECRET, Shift, Shop, shop
from tests.fakes.bot_knobs import RESET, Knob, blocked, page, refused, throttled
from tests.fakes.telegram import TOKEN

WORDS: Final = "canary-words"
ID: Final = 908_070_605_040
KEY: Final = TOKEN.partition(":")[2]
SAID: Final = f"{KEY} {WORDS} {ID} {SECRET}"
KNOBS: Final = (
    blocked(),
    throttled(7),
    RESET,
    page(200, SAID),
    page(403, SAID),
    page(502, SAID),
    refused(400, f"Bad Request: {SAID}"),
    refused(401, f"Unauthorized: {SAID}"),
    refused(403, f"Forbidden: {SAID}"),
    refused(404, f"Not Found: {SAID}"),
    refused(409, f"Conflict: {SAID}"),
    refused(429, f"Too Many Requests: {SAID}"),
    refused(500, SAID),
    refused(400, SAID, migrate_to_chat_id=-ID),
    Knob(status=500, body=f'["{SAID}"]'.encode()),
    Knob(status=200, body=f'"{SAID}"'.encode()),
    Knob(status=302, body=SAID.encode()),
)


NONE_OF_THEIRS: Final = (
    f'{{"update_id":"{SAID}"}}',
    f'"{SAID}"',
    SAID,
    f'{{"update_id":1,"x":"{SAID}}}',
)


@pytest.fixture
async def opened(tmp_path: Path, shift: Shift) -> AsyncIterator[Shop]:
    """Return a shop."""
    assert not shift.later
    async with shop(tmp_path, "polling") as made:
        yield made


def parts(opened: Shop) -> tuple[Served, OnTelegram]:
    """Return a shop's server, and the bot in it."""
    assert opened.served is not None
    assert opened.served.telegram is not None
    return opened.served, opened.served.telegram


def check(told: str) -> None:
    """Assert that nothing private stands in what is told."""
    for canary in (KEY, SECRET, WORDS, str(ID)):
        assert canary not in told


def test_made(caplog: pytest.LogCaptureFixture) -> None:
    """A bot that is made before logs are configured tells no log its token."""
    for name in ("telegram", "httpx"):
        caplog.set_level(logging.DEBUG, name)
    Account(TOKEN, f"http://127.0.0.1/{WORDS}")
    check(caplog.text)


async def test_printed(opened: Shop) -> None:
    """No part of the server shows a token or a secret when it is printed."""
    served, telegram = parts(opened)
    inner = [*vars(telegram).values(), *vars(telegram.channel).values()]
    for part in (served, served.house, served.house.settings, telegram, *inner):
        check(repr(part))
        check(str(part))


async def test_raised(opened: Shop) -> None:
    """What Telegram says stands in no error of ours, nor in how it came about."""
    _, telegram = parts(opened)
    message = Delivery(
        id=1,
        contact=1,
        address=Address("telegram", str(ID)),
        content=Outbound(text=WORDS),
        due_at=clocks.now(),
    )
    raised = 0
    for knob in KNOBS:
        opened.fake.next("sendMessage", knob)
        opened.fake.next("getMe", knob)
        try:
            assert await telegram.channel.send(message) == ("unknown", None)
        except ChannelError as error:
            raised += 1
            check("".join(traceback.format_exception(error)))
        check(await telegram.meet())
    assert raised > len(KNOBS) / 2


@pytest.mark.parametrize("raw", NONE_OF_THEIRS)
def test_refused(raw: str) -> None:
    """Why something is no update is told without it."""
    with pytest.raises(NotAnUpdate) as raised:
        read(raw)
    check("".join(traceback.format_exception(raised.value)))
