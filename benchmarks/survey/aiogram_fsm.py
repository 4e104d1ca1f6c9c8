"""The survey with aiogram's finite state machine, in memory or on Redis."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiogram import Bot as Api, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.filters import CommandStart
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.methods import SendMessage

from benchmarks.survey import talk


class Stub(BaseSession):  # type: ignore[misc] # without types where mypy runs
    """Telegram as far as a bot sees it; it answers at once."""

    def __init__(self, replies: talk.Replies) -> None:
        super().__init__()
        self._replies = replies

    async def close(self) -> None:
        """Close nothing."""

    async def make_request(self, bot: Any, method: Any, timeout: Any = None) -> Any:  # noqa: ANN401, ARG002, ASYNC109 - the interface's
        """Make a request's fields as the real session does, and read the answer."""
        fields = {
            key: self.prepare_value(value, bot=bot, files={})
            for key, value in method.model_dump(warnings=False).items()
        }
        if isinstance(method, SendMessage):
            self._replies.came(int(fields["chat_id"]), fields["text"])
        response = self.check_response(
            bot=bot, method=method, status_code=200, content=talk.SENT.decode()
        )
        return response.result

    async def stream_content(self, *_: object, **__: object) -> AsyncIterator[bytes]:
        """Stream nothing."""
        yield b""


class Survey(StatesGroup):  # type: ignore[misc] # without types where mypy runs
    """Where a contact is in the survey."""

    score = State()
    reason = State()
    choice = State()
    consent = State()
    comment = State()


async def begin(message: Any, state: Any) -> None:  # noqa: ANN401
    """Ask for the score."""
    await state.set_state(Survey.score)
    await message.answer(talk.SCORE)


async def score(message: Any, state: Any) -> None:  # noqa: ANN401
    """Keep the score and ask for its reason."""
    if not message.text.isdigit() or int(message.text) > 10:  # noqa: PLR2004
        await message.answer(talk.SCORE)
        return
    await state.update_data(score=int(message.text))
    await state.set_state(Survey.reason)
    await message.answer(talk.branch(int(message.text)))


async def reason(message: Any, state: Any) -> None:  # noqa: ANN401
    """Keep the reason and ask what matters."""
    await state.update_data(reason=message.text)
    await state.set_state(Survey.choice)
    await message.answer(talk.CHOICE)


async def choice(message: Any, state: Any) -> None:  # noqa: ANN401
    """Keep what matters and ask for consent."""
    if message.text not in talk.OPTIONS:
        await message.answer(talk.CHOICE)
        return
    await state.update_data(choice=message.text)
    await state.set_state(Survey.consent)
    await message.answer(talk.CONSENT)


async def consent(message: Any, state: Any) -> None:  # noqa: ANN401
    """Keep the consent and ask for a comment."""
    if message.text not in {"yes", "no"}:
        await message.answer(talk.CONSENT)
        return
    await state.update_data(consent=message.text == "yes")
    await state.set_state(Survey.comment)
    await message.answer(talk.COMMENT)


async def comment(message: Any, state: Any) -> None:  # noqa: ANN401
    """Keep the comment and say thanks."""
    await state.update_data(comment=message.text)
    await state.set_state(None)
    await message.answer(talk.THANKS)


@asynccontextmanager
async def redis(folder: Path) -> AsyncIterator[str]:
    """Run a Redis that appends to a file and syncs it every second; yield its address.

    It has the same core as the bot.
    """
    server = shutil.which("redis-server")
    if server is None:
        raise SystemExit("no redis-server here")
    place = folder / "redis.sock"
    options = "--port 0 --appendonly yes --appendfsync everysec --daemonize no"
    process = await asyncio.create_subprocess_exec(
        server,
        *options.split(),
        *("--save", "", "--dir", str(folder), "--unixsocket", str(place)),
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is None:
        raise SystemExit("no redis-server that speaks")
    async for line in process.stdout:
        if b"ready to accept connections" in line.lower():
            break
    reading = asyncio.create_task(process.stdout.read())
    try:
        yield f"unix://{place}"
    finally:
        process.terminate()
        await process.wait()
        await reading


@asynccontextmanager
async def opened(
    replies: talk.Replies, folder: Path, *, durable: bool
) -> AsyncIterator[talk.Bot]:
    """Open the bot on one of its stores."""
    if durable:
        async with redis(folder) as address:
            storage = RedisStorage.from_url(address)
            yield bot_on(storage, replies)
            await storage.close()
    else:
        yield bot_on(MemoryStorage(), replies)


def bot_on(storage: Any, replies: talk.Replies) -> talk.Bot:  # noqa: ANN401
    """Return the bot on a store."""
    api = Api("1:stub", session=Stub(replies))
    dispatcher = Dispatcher(storage=storage)
    dispatcher.message.register(begin, CommandStart())
    for step in (score, reason, choice, consent, comment):
        dispatcher.message.register(step, getattr(Survey, step.__name__))

    async def say(body: bytes) -> None:
        await dispatcher.feed_raw_update(api, json.loads(body))

    return talk.Bot(say)
