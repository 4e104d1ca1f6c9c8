"""The survey with the states of pyTelegramBotAPI's asynchronous bot."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from telebot import asyncio_helper
from telebot.async_telebot import AsyncTeleBot
from telebot.asyncio_filters import StateFilter
from telebot.asyncio_storage import StateMemoryStorage
from telebot.states import State, StatesGroup
from telebot.types import Update

from benchmarks.survey import talk


class Answer:
    """What Telegram answers, read as the real client reads it."""

    status = 200

    async def json(self, encoding: str) -> Any:  # noqa: ANN401
        """Return what the answer holds."""
        return json.loads(talk.SENT.decode(encoding))


class Stub:
    """Telegram as far as a bot sees it, in place of the library's session manager."""

    def __init__(self, replies: talk.Replies) -> None:
        self._replies = replies

    async def get_session(self) -> "Stub":
        """Return what requests go through."""
        return self

    @asynccontextmanager
    async def request(
        self,
        *,
        data: Any,  # noqa: ANN401 - the form of the library's client
        **_: object,
    ) -> AsyncIterator[Answer]:
        """Take a request as it would leave."""
        form = data._fields  # parsing the encoded body again would cost it more
        sent = {options["name"]: value for options, _, value in form}
        self._replies.came(int(sent["chat_id"]), sent["text"])
        yield Answer()


class Survey(StatesGroup):  # type: ignore[misc] # without types where mypy runs
    """Where a contact is in the survey."""

    score = State()
    reason = State()
    choice = State()
    consent = State()
    comment = State()


class Steps:
    """What the bot does at each of them."""

    def __init__(self, bot: Any) -> None:  # noqa: ANN401
        self._bot = bot

    async def begin(self, message: Any) -> None:  # noqa: ANN401
        """Ask for the score."""
        await self._go(message, Survey.score, talk.SCORE)

    async def score(self, message: Any) -> None:  # noqa: ANN401
        """Keep the score and ask for its reason."""
        said = message.text
        if not said.isdigit() or int(said) > 10:  # noqa: PLR2004 - the scale's end
            await self._bot.send_message(message.chat.id, talk.SCORE)
            return
        await self._keep(message, score=int(said))
        await self._go(message, Survey.reason, talk.branch(int(said)))

    async def reason(self, message: Any) -> None:  # noqa: ANN401
        """Keep the reason and ask what matters."""
        await self._keep(message, reason=message.text)
        await self._go(message, Survey.choice, talk.CHOICE)

    async def choice(self, message: Any) -> None:  # noqa: ANN401
        """Keep what matters and ask for consent."""
        if message.text not in talk.OPTIONS:
            await self._bot.send_message(message.chat.id, talk.CHOICE)
            return
        await self._keep(message, choice=message.text)
        await self._go(message, Survey.consent, talk.CONSENT)

    async def consent(self, message: Any) -> None:  # noqa: ANN401
        """Keep the consent and ask for a comment."""
        if message.text not in {"yes", "no"}:
            await self._bot.send_message(message.chat.id, talk.CONSENT)
            return
        await self._keep(message, consent=message.text == "yes")
        await self._go(message, Survey.comment, talk.COMMENT)

    async def comment(self, message: Any) -> None:  # noqa: ANN401
        """Keep the comment and say thanks."""
        await self._keep(message, comment=message.text)
        await self._bot.delete_state(message.from_user.id, message.chat.id)
        await self._bot.send_message(message.chat.id, talk.THANKS)

    async def _keep(self, message: Any, **answer: object) -> None:  # noqa: ANN401
        await self._bot.add_data(message.from_user.id, message.chat.id, **answer)

    async def _go(self, message: Any, state: Any, says: str) -> None:  # noqa: ANN401
        await self._bot.set_state(message.from_user.id, state, message.chat.id)
        await self._bot.send_message(message.chat.id, says)


@asynccontextmanager
async def opened(replies: talk.Replies, _: Path) -> AsyncIterator[talk.Bot]:
    """Open the bot, its states in memory."""
    asyncio_helper.session_manager = Stub(replies)
    bot = AsyncTeleBot("1:stub", state_storage=StateMemoryStorage())
    bot.add_custom_filter(StateFilter(bot))
    steps = Steps(bot)
    bot.register_message_handler(steps.begin, commands=["start"])
    for name in ("score", "reason", "choice", "consent", "comment"):
        bot.register_message_handler(getattr(steps, name), state=getattr(Survey, name))

    async def say(body: bytes) -> None:
        await bot.process_new_updates([Update.de_json(json.loads(body))])

    yield talk.Bot(say)
