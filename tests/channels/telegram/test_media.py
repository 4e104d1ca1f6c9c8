"""Files come from Telegram by their id: here from a server that speaks as it does."""

import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import aclosing
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest
from aiohttp import web
from lo_bot_api_emulator import ApiRefusal, LoBotApiEmulator
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.errors import AccountRefused, ChannelError, Throttled
from bot.model.files import LARGEST
from channels.fetching import Doors
from channels.telegram.media import fetch

TOKEN: Final = "123456:canary"  # noqa: S105 - a canary
OGG: Final = b"OggS" + b"\0" * 500_000


class Telegram(LoBotApiEmulator):  # type: ignore[misc] # comes without types
    """Telegram's side; `refuses` is what it answers with in place of a file."""

    base = ""
    refuses: Exception | None = None
    adds: Mapping[str, object] = {}

    def validate(self, method: str, fields: Any, uploads: Any) -> Any:  # noqa: ANN401
        """Answer as told."""
        if method == "getFile" and self.refuses is not None:
            raise self.refuses
        found = super().validate(method, fields, uploads)
        return {**found, **self.adds} if method == "getFile" else found


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """Serve Telegram's side on loopback, with a voice note in it."""
    server = Telegram()
    server.assets["voice-1"] = {"data": OGG}
    runner = web.AppRunner(server.app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    server.base = f"http://{host}:{port}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    """Return a bot that talks with it."""
    async with HTTPXRequest(httpx_kwargs={"trust_env": False}) as request:
        yield Bot(
            TOKEN,
            base_url=f"{telegram.base}/bot",
            base_file_url=f"{telegram.base}/file/bot",
            request=request,
        )


async def whole(bot: Bot, id_: str, base: str, **options: Any) -> bytes:  # noqa: ANN401
    """Return all of a file."""
    fetched = await fetch(bot, id_, base, **options)
    async with aclosing(fetched.parts) as parts:
        return b"".join([part async for part in parts])


async def test_a_voice_note(
    telegram: Telegram, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    """A file is asked for by its id and comes whole; no log shows the token."""
    with caplog.at_level(logging.INFO):
        assert await whole(bot, "voice-1", telegram.base) == OGG
    fetching = [line for line in caplog.text.splitlines() if "/file/" in line]
    assert all("httpx" in line for line in fetching)  # of which bot.log tells no words


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Bad Request: file is too big", "too big"),
        ("Bad Request: wrong file_id specified", "no such file"),
    ],
)
async def test_never(telegram: Telegram, bot: Bot, words: str, says: str) -> None:
    """What is too big for Telegram, or unknown to it, is never had."""
    telegram.refuses = ApiRefusal(words)
    with pytest.raises(ChannelError, match=says) as raised:
        await whole(bot, "voice-1", telegram.base)
    assert not raised.value.retryable


async def test_too_large_by_its_own_word(telegram: Telegram, bot: Bot) -> None:
    """What Telegram says is too large is not even begun."""
    telegram.adds = {"file_size": LARGEST + 1}
    with pytest.raises(ChannelError, match="too large"):
        await fetch(bot, "voice-1", telegram.base)


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_slow_down(telegram: Telegram, bot: Bot) -> None:
    """Telegram says how long it wants to be left alone."""
    telegram.refuses = ApiRefusal("Too Many Requests", 429, {"retry_after": 7})
    with pytest.raises(Throttled) as raised:
        await whole(bot, "voice-1", telegram.base)
    assert raised.value.retry_after == timedelta(seconds=7)


async def test_a_token_of_nobodys(telegram: Telegram, bot: Bot) -> None:
    """Where the token is not known an operator has to mend it."""
    telegram.refuses = ApiRefusal("Unauthorized", 401)
    with pytest.raises(AccountRefused):
        await whole(bot, "voice-1", telegram.base)


async def test_a_bad_day(telegram: Telegram, bot: Bot) -> None:
    """What Telegram cannot do just now it may do later."""
    telegram.refuses = ApiRefusal("Internal Server Error", 500)
    with pytest.raises(ChannelError) as raised:
        await whole(bot, "voice-1", telegram.base)
    assert raised.value.retryable


@pytest.mark.parametrize("path", ["https://evil.example/x", "http://127.0.0.1:1/x"])
async def test_files_elsewhere(telegram: Telegram, bot: Bot, path: str) -> None:
    """Only the operator's own address is asked, and Telegram's."""
    telegram.adds = {"file_path": path}
    other = f"{telegram.base}1"
    with pytest.raises(ChannelError, match="none of the service's") as raised:
        await whole(bot, "voice-1", other)
    assert not raised.value.retryable


async def test_telegram_itself(telegram: Telegram) -> None:
    """From Telegram itself files come by https, from an address of the world."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(OGG))

    async def names(_host: str, _port: int) -> Collection[str]:
        return ["149.154.167.220"]

    async with HTTPXRequest(httpx_kwargs={"trust_env": False}) as request:
        bot = Bot(TOKEN, base_url=f"{telegram.base}/bot", request=request)
        doors = Doors(names, httpx.MockTransport(answer))
        base = "https://api.telegram.org"
        assert await whole(bot, "voice-1", base, doors=doors) == OGG
    [one] = asked
    assert (one.url.host, one.headers["host"]) == (
        "149.154.167.220",
        "api.telegram.org",
    )
