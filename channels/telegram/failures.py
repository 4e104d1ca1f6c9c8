"""What the library raises, as what the outbox must know.

The order matters, for in the library a refusal is a network error too:

1. What Telegram itself says: throttled, moved, blocked, refused, a bad token.
2. What something in front of Telegram says: nothing of ours was done, and only an
   operator can mend it.
3. What never left us: no connection, or none free.
4. All else is unknown: cut off or too late once the request was written, a fault of
   the server (any 5xx, with or without words: it may have sent before it broke), an
   answer that is not whole.

No sentence here holds what Telegram said, for that may hold names, texts and the token.
"""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import httpx
from telegram import error as told

from bot.errors import (
    AccountRefused,
    Blocked,
    ChannelError,
    Throttled,
    Unreachable,
)

os.environ.setdefault("PTB_TIMEDELTA", "1")
# Or the library warns of an attribute of its own whenever Telegram throttles us.

PATIENCE: Final = timedelta(seconds=30)
"""How long we wait where we are throttled and not told for how long."""

_NOTHING_LEFT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
_STATUS: Final = re.compile(r"[A-Z][A-Za-z' -]* \((\d{3})\)")
"""How the library names a status where the body says nothing itself."""
_AFTER: Final = re.compile(r"retry after (\d{1,6})\b")

_GONE: Final[Mapping[str, str]] = {
    "bot was blocked by the user": "They blocked the bot.",
    "user is deactivated": "Their account is closed.",
    "input_user_deactivated": "Their account is closed.",
    "chat not found": "Telegram knows no such chat, or they never wrote to this bot.",
    "user not found": "Telegram knows nobody of that id.",
    "peer_id_invalid": "Telegram knows nobody of that id.",
    "bot can't initiate conversation": "They never wrote to this bot.",
    "bot can't send messages to bots": "It is a bot.",
    "bot was kicked": "The bot was removed from the group.",
    "bot is not a member": "The bot is not in the group.",
    "group chat was deleted": "The group was deleted.",
}
"""Nobody is there."""

_KNOWN: Final[Mapping[str, tuple[str, str]]] = {
    "message is not modified": ("not-modified", "It stands there already."),
    "query is too old": ("too-late", "The press waited too long for its answer."),
    "message to edit not found": ("gone", "The message is not there any more."),
    "message can't be edited": ("gone", "The message cannot be changed any more."),
    "message text is empty": ("empty", "Nothing in the message can be seen."),
    "message is too long": ("too-long", "The message is too long for Telegram."),
    "button_data_invalid": ("buttons", "Telegram does not take these buttons."),
    "reply markup": ("buttons", "Telegram does not take these buttons."),
    "wrong file": ("file", "Telegram has no such file any more."),
    "file is too big": ("file", "The file is too big for a bot to fetch."),
    "not enough rights": ("no-rights", "The bot may not write in this group."),
    "chat_write_forbidden": ("no-rights", "The bot may not write in this group."),
}
"""What Telegram says of a message, and what it means."""


class Moved(ChannelError):
    """A group became a supergroup; `chat` is its new id."""

    def __init__(self, chat: int) -> None:
        self.chat = chat
        super().__init__("The group has a new id.", code="moved")


def failure(error: Exception) -> ChannelError | None:
    """Return what an error of the library means; None where nobody knows.

    The library lets errors of Python through as well where an answer is JSON of a shape
    that it does not expect: of these nobody knows either.
    """
    if isinstance(error, told.RetryAfter):
        return _throttled(_told_after(error))
    if isinstance(error, told.ChatMigrated):
        return Moved(error.new_chat_id)
    if not isinstance(error, told.TelegramError):
        return None
    if _is_in_front(error):
        return AccountRefused("Something that is not Telegram answers in its place.")
    return _refused(error)


def _refused(error: told.TelegramError) -> ChannelError | None:
    if isinstance(error, told.InvalidToken | told.EndPointNotFound):
        return AccountRefused("Telegram does not know the bot's token.")
    if isinstance(error, told.Forbidden | told.BadRequest):
        return _said(error)
    if isinstance(error, told.Conflict):
        another = "Another program asks Telegram for this bot's messages."
        return ChannelError(another, code="conflict", retryable=True)
    return _network(error) if isinstance(error, told.NetworkError) else None


def _said(error: told.TelegramError) -> ChannelError:
    """Return what Telegram complains of, in a sentence of ours."""
    message = error.message.casefold()
    for words, sentence in _GONE.items():
        if words in message:
            return Blocked(sentence)
    for words, (code, sentence) in _KNOWN.items():
        if words in message:
            return ChannelError(sentence, code=code)
    if "logged out" in message:
        return AccountRefused("The bot is logged out of this server.")
    if isinstance(error, told.Forbidden):
        return ChannelError("The bot may not write there.", code="no-rights")
    return ChannelError("Telegram did not take the message.")


def _network(error: told.NetworkError) -> ChannelError | None:
    if isinstance(error.__cause__, _NOTHING_LEFT):
        return Unreachable("Telegram cannot be reached.")
    message = error.message
    if message.startswith("Too Many Requests"):
        found = _AFTER.search(message)
        return _throttled(timedelta(seconds=int(found[1])) if found else PATIENCE)
    if message.startswith("Request Entity Too Large"):
        return ChannelError("The message is too large for Telegram.", code="too-long")
    return None


def _is_in_front(error: told.TelegramError) -> bool:
    """Say whether a refusal is not in the words of the Bot API.

    A proxy or a wrong address answers so; 429 is heeded, whoever says it.
    """
    found = _STATUS.match(error.message)
    if found is None or not isinstance(error.__cause__, told.TelegramError):
        return False
    return found[1][0] in "34" and found[1] not in {"429", "413"}


def _told_after(error: told.RetryAfter) -> timedelta:
    """Return how long to wait; the library hands on what Telegram says unread."""
    after: object = error.retry_after
    if isinstance(after, int | float):
        return timedelta(seconds=after)
    return after if isinstance(after, timedelta) else PATIENCE


def _throttled(after: timedelta) -> Throttled:
    return Throttled("Telegram wants us to slow down.", after)
