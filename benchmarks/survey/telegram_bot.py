"""The survey with python-telegram-bot's ConversationHandler, in memory or pickled."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from telegram import Update
from telegram.ext import (
    Application,
    CommandHandler,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest

from benchmarks.survey import talk

SCORE, REASON, CHOICE, CONSENT, COMMENT = range(5)
Context = Any


class Stub(BaseRequest):
    """Telegram as far as a bot sees it; it answers at once."""

    def __init__(self, replies: talk.Replies) -> None:
        self._replies = replies

    @property
    def read_timeout(self) -> float:
        """As long as the real one waits."""
        return 5.0

    async def initialize(self) -> None:
        """Open nothing."""

    async def shutdown(self) -> None:
        """Close nothing."""

    async def do_request(  # type: ignore[override] # its timeouts are not ours
        self,
        url: str,
        method: str,  # noqa: ARG002 - the interface's
        request_data: Any = None,  # noqa: ANN401 - the library's
        **_timeouts: object,
    ) -> tuple[int, bytes]:
        """Take a request as it would leave."""
        if url.endswith("/getMe"):
            return 200, talk.ME
        sent = request_data.json_parameters
        self._replies.came(int(sent["chat_id"]), sent["text"])
        return 200, talk.SENT


async def begin(update: Any, _: Context) -> int:  # noqa: ANN401
    """Ask for the score."""
    await update.message.reply_text(talk.SCORE)
    return SCORE


async def score(update: Any, context: Context) -> int:  # noqa: ANN401
    """Keep the score and ask for its reason."""
    said = update.message.text
    if not said.isdigit() or int(said) > 10:  # noqa: PLR2004 - the scale's end
        await update.message.reply_text(talk.SCORE)
        return SCORE
    context.user_data["score"] = int(said)
    await update.message.reply_text(talk.branch(int(said)))
    return REASON


async def reason(update: Any, context: Context) -> int:  # noqa: ANN401
    """Keep the reason and ask what matters."""
    context.user_data["reason"] = update.message.text
    await update.message.reply_text(talk.CHOICE)
    return CHOICE


async def choice(update: Any, context: Context) -> int:  # noqa: ANN401
    """Keep what matters and ask for consent."""
    if update.message.text not in talk.OPTIONS:
        await update.message.reply_text(talk.CHOICE)
        return CHOICE
    context.user_data["choice"] = update.message.text
    await update.message.reply_text(talk.CONSENT)
    return CONSENT


async def consent(update: Any, context: Context) -> int:  # noqa: ANN401
    """Keep the consent and ask for a comment."""
    if update.message.text not in {"yes", "no"}:
        await update.message.reply_text(talk.CONSENT)
        return CONSENT
    context.user_data["consent"] = update.message.text == "yes"
    await update.message.reply_text(talk.COMMENT)
    return COMMENT


async def comment(update: Any, context: Context) -> int:  # noqa: ANN401
    """Keep the comment and say thanks."""
    context.user_data["comment"] = update.message.text
    await update.message.reply_text(talk.THANKS)
    return int(ConversationHandler.END)


TEXT: Final = filters.TEXT & ~filters.COMMAND


def conversation(*, persistent: bool) -> Any:  # noqa: ANN401
    """Return the survey as the library has it."""
    steps = {
        SCORE: score,
        REASON: reason,
        CHOICE: choice,
        CONSENT: consent,
        COMMENT: comment,
    }
    return ConversationHandler(
        entry_points=[CommandHandler("start", begin)],
        states={state: [MessageHandler(TEXT, step)] for state, step in steps.items()},
        fallbacks=[],
        name="survey",
        persistent=persistent,
    )


@asynccontextmanager
async def opened(
    replies: talk.Replies, folder: Path, *, pickled: bool
) -> AsyncIterator[talk.Bot]:
    """Open the bot; what it keeps is flushed at the end, or once a minute."""
    building = Application.builder().token("1:stub").updater(None)
    building = building.request(Stub(replies)).get_updates_request(Stub(replies))
    if pickled:
        building = building.persistence(PicklePersistence(folder / "kept.pickle"))
    app = building.build()
    app.add_handler(conversation(persistent=pickled))
    await app.initialize()

    async def say(body: bytes) -> None:
        await app.process_update(Update.de_json(json.loads(body), app.bot))

    async def flush() -> str:
        start = perf_counter()
        await app.update_persistence()
        return f"the flush due each minute then took {perf_counter() - start:.1f} s"

    yield talk.Bot(say, flush if pickled else None)
