"""The fake Bot API is ours: the real library finds in it what it is told to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError
from telegram.request import HTTPXRequest

from tests.fakes.bot_knobs import RESET, blocked, page, refused
from tests.fakes.telegram import SECRET_HEADER, TOKEN, FakeTelegram, listening

SECRET: Final = "a-secret"  # noqa: S105 - opens nothing
PATIENCE: Final = 10.0
"""Seconds after which what never comes fails its test."""
FIVE: Final = [{"update_id": id_} for id_ in range(1, 6)]


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    """Return the fake."""
    async with listening() as opened:
        yield opened


@asynccontextmanager
async def bot_of(fake: FakeTelegram, token: str = TOKEN) -> AsyncIterator[Bot]:
    """Open the real library's bot."""
    settings: dict[str, Any] = {"httpx_kwargs": {"trust_env": False}}
    request, polls = HTTPXRequest(**settings), HTTPXRequest(**settings)
    bot = Bot(
        token,
        base_url=fake.base_url,
        base_file_url=fake.base_file_url,
        request=request,
        get_updates_request=polls,
    )
    try:
        yield bot
    finally:
        await request.shutdown()
        await polls.shutdown()


async def test_what_was_sent(fake: FakeTelegram) -> None:
    """What the bot sends is kept in its order, with when, and answered."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("9", callback_data="x")]])
    async with bot_of(fake) as bot:
        await bot.initialize()
        assert bot.username == "fake_bot"
        first = await bot.send_message(5, "7", reply_markup=keyboard)
        second = await bot.send_message(-5, "{}")
        assert await bot.answer_callback_query("11")
        await bot.edit_message_text("b", 5, first.message_id)
    assert [call.fields["text"] for call in fake.sent] == ["7", "{}"]
    assert fake.sent[0].at <= fake.sent[1].at
    assert (first.text, first.reply_markup) == ("7", keyboard)
    assert second.message_id > first.message_id
    assert fake.of("answerCallbackQuery")[0].fields == {"callback_query_id": "11"}


async def test_knobs_in_turn(fake: FakeTelegram) -> None:
    """The next calls of a method fail as told, then as always; others do not."""
    fake.next("sendMessage", blocked(), RESET)
    fake.always("sendMessage", refused(400, "Bad Request: x"))
    async with bot_of(fake) as bot:
        for kind in (Forbidden, NetworkError, BadRequest, BadRequest):
            with pytest.raises(kind):
                await bot.send_message(5, "a")
        await bot.send_chat_action(5, "typing")
        fake.always("sendMessage", None)
        await bot.send_message(5, "b")
    assert [call.taken for call in fake.of("sendMessage")] == [
        *(False, True, False, False, True)
    ]


async def test_another_token(fake: FakeTelegram) -> None:
    """A bot of another token is not let in."""
    async with bot_of(fake, "1:other") as bot:
        with pytest.raises(InvalidToken):
            await bot.get_me()
    assert fake.calls == []


async def test_files(fake: FakeTelegram) -> None:
    """A file is fetched by its id; it may be missing, or fail in its own way."""
    fake.files["one"] = b"bytes"
    async with bot_of(fake) as bot:
        one = await bot.get_file("one")
        assert bytes(await one.download_as_bytearray()) == b"bytes"
        with pytest.raises(InvalidToken):
            await (await bot.get_file("two")).download_as_bytearray()
        fake.next("file", page(500))
        with pytest.raises(NetworkError):
            await one.download_as_bytearray()


# ── updates ──────────────────────────────────────────────────────────────────────────


async def test_an_offset_confirms(fake: FakeTelegram) -> None:
    """What an offset does not confirm comes again, in its order."""
    fake.updates.put(*FIVE)
    async with bot_of(fake) as bot:
        assert [u.update_id for u in await bot.get_updates(limit=2)] == [1, 2]
        assert [u.update_id for u in await bot.get_updates(limit=2)] == [1, 2]
        assert [u.update_id for u in await bot.get_updates(offset=4)] == [4, 5]
        assert [u.update_id for u in await bot.get_updates(offset=-1)] == [5]
    assert [u["update_id"] for u in fake.updates.waiting] == [5]


async def test_a_poll_waits(fake: FakeTelegram) -> None:
    """A poll is answered at once when something comes."""
    async with bot_of(fake) as bot:
        poll = asyncio.create_task(bot.get_updates(timeout=timedelta(seconds=30)))
        await _until(lambda: bool(fake.of("getUpdates")))
        fake.updates.put(FIVE[0])
        [found] = await poll
        assert found.update_id == 1
        assert await bot.get_updates(offset=2) == ()


async def test_two_pollers(fake: FakeTelegram) -> None:
    """A second poller ends the first with 409."""
    async with bot_of(fake) as bot, bot_of(fake) as other:
        poll = asyncio.create_task(bot.get_updates(timeout=timedelta(seconds=30)))
        await _until(lambda: bool(fake.of("getUpdates")))
        assert await other.get_updates() == ()
        with pytest.raises(Conflict):
            await poll


async def test_a_webhook_or_a_poll(fake: FakeTelegram) -> None:
    """While a webhook is set a poll is refused, also one that waits already."""
    async with bot_of(fake) as bot:
        poll = asyncio.create_task(bot.get_updates(timeout=timedelta(seconds=30)))
        await _until(lambda: bool(fake.of("getUpdates")))
        await bot.set_webhook("https://example.org/x", allowed_updates=["message"])
        with pytest.raises(Conflict):
            await poll
        with pytest.raises(Conflict):
            await bot.get_updates()
        info = await bot.get_webhook_info()
        assert (info.url, info.allowed_updates) == (fake.updates.url, ("message",))
        fake.updates.put(*FIVE)
        await bot.delete_webhook(drop_pending_updates=True)
        assert await bot.get_updates() == ()


async def test_to_a_webhook(fake: FakeTelegram) -> None:
    """Updates are posted in any order, twice, all at once, or with a wrong secret."""
    heard: list[tuple[int, str]] = []
    together: list[int] = []

    async def hear(request: Request) -> Response:
        secret = request.headers.get(SECRET_HEADER, "")
        heard.append(((await request.json())["update_id"], secret))
        together.append(len(heard))
        return Response(status_code=200 if secret == SECRET else 401)

    async with (
        _serving(Route("/hook", hear, methods=["POST"])) as url,
        bot_of(fake) as bot,
    ):
        await bot.set_webhook(f"{url}/hook", secret_token=SECRET)
        third, first = FIVE[2], FIVE[0]
        assert await fake.deliver(third, first, first) == [200, 200, 200]
        assert await fake.deliver(first, secret="wrong") == [401]  # noqa: S106 - opens nothing
        assert await fake.deliver(first, secret="") == [401]
        assert await fake.deliver(*FIVE, together=True) == [200] * 5
    assert heard[:3] == [(3, SECRET), (1, SECRET), (1, SECRET)]
    assert heard[3:5] == [(1, "wrong"), (1, "")]
    assert {id_ for id_, _ in heard[5:]} == {1, 2, 3, 4, 5}


async def test_away_and_back(fake: FakeTelegram) -> None:
    """A fake that closes is not reached, and is found at the same port again."""
    async with bot_of(fake) as bot:
        await fake.close()
        with pytest.raises(NetworkError):
            await bot.send_message(5, "a")
        await fake.open()
        await bot.send_message(5, "b")
    assert [call.fields["text"] for call in fake.sent] == ["b"]


async def _until(true: Any) -> None:  # noqa: ANN401 - any question
    async with asyncio.timeout(PATIENCE):
        while True:
            if true():
                return
            await asyncio.sleep(0)


@asynccontextmanager
async def _serving(*routes: Route) -> AsyncIterator[str]:
    """Serve routes at a free port."""
    config = uvicorn.Config(
        Starlette(routes=list(routes)), port=0, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())  # noqa: SLF001 - without its signals
    await _until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task
