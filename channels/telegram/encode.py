"""From what we say to what Telegram shows: plain texts, the last with its buttons.

Texts go without a parse mode, so nothing in them needs to be escaped, and nothing that
a contact's name holds can be markup. Telegram refuses a message in which nothing can be
seen: such a part is left out, or is an ellipsis where buttons stand under it. What
counts as nothing is wider here than in its own source (td/telegram/misc.cpp).
"""

import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from bot.model.display import Controls
from bot.model.fit import fit
from bot.model.message import Outbound
from channels.telegram.buttons import Button, Rows, data
from channels.telegram.display import LIMITS

BLANK: Final = "…"
"""Stands where nothing could be seen."""
_UNSEEN: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc")
"""Letters and signs by their category, of which nothing is seen."""


class Message(Struct, frozen=True):
    """One message as it is sent: its text, and rows of a label and data each."""

    text: str
    rows: Rows = ()


def messages(content: Outbound, session: int | None) -> list[Message]:
    """Return the messages that content takes, in their order; at least one.

    Without a session a press still comes back, as one of a talk that is over.
    """
    display = fit(content, LIMITS)
    rows: Rows = ()
    if display.controls and content.shown:
        rows = tuple(_rows(display.controls, session or 0, content.shown.step))
    *earlier, last = [_whole(part) for part in display.parts]
    said = [part for part in earlier if visible(part)]
    if visible(last) or rows or not said:
        said.append(_seen(last))
    return [*map(Message, said[:-1]), Message(said[-1], rows)]


def _rows(controls: Controls, session: int, step: str) -> Iterator[tuple[Button, ...]]:
    """Yield answers as they are laid out, then done and skip in rows of their own."""
    press: Literal["on", "answer"] = "on" if controls.form == "toggles" else "answer"
    for row in controls.rows:
        yield tuple((_label(o.label), data(session, step, o.key, press)) for o in row)
    if controls.done:
        yield ((_label(controls.done), data(session, step, None, "done")),)
    if controls.skip:
        yield ((_label(controls.skip), data(session, step, None)),)


def visible(text: str) -> bool:
    """Tell whether there is anything to see in a text.

    >>> visible("👍"), visible("\u200b\u3000"), visible("\u2800")
    (True, False, False)
    """
    return any(
        letter not in _UNSEEN and unicodedata.category(letter)[0] not in "ZCM"
        for letter in text
    )


def _label(label: str) -> str:
    return _seen(_whole(label))


def _seen(text: str) -> str:
    return text if visible(text) else BLANK


def _whole(text: str) -> str:
    """Return a text in which no half of a character is left, which cannot be sent."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def markup(rows: Rows) -> InlineKeyboardMarkup | None:
    """Return rows as the library has them, None where there are none."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(label, callback_data=brought)
                for label, brought in row
            ]
            for row in rows
        ]
    )


def share(
    kind: Literal["phone", "location"], label: str, *words: str
) -> ReplyKeyboardMarkup:
    """Return the button, in a private chat, that shares one's number or place.

    Under it stand words that a press types, such as the skip.
    """
    button = KeyboardButton(
        _label(label),
        request_contact=kind == "phone",
        request_location=kind == "location",
    )
    rows = [[button], *([KeyboardButton(_label(each))] for each in words)]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
