"""What Telegram takes, checked on what is about to be sent.

Sources: the constants of python-telegram-bot 22.8 (`telegram/constants.py`, Bot API
10.0) and of Telegram's own library where the server checks with it
(`td/telegram/misc.cpp`, `td/telegram/ReplyMarkup.cpp`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from telegram.constants import (
    InlineKeyboardButtonLimit,
    InlineKeyboardMarkupLimit,
    MessageLimit,
)

ROWS_OF: Final = int(InlineKeyboardMarkupLimit.BUTTONS_PER_ROW)
BUTTONS: Final = int(InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER)
LARGEST_ID: Final = 2**52

_CONTROLS: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_REMOVED: Final = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_SPACES: Final = re.compile(
    "[\u1680\u180e\u2000-\u200a\u202e\u202f\u205f\u2800\u3000\ufffc\U000e0000-\U000e007f]"
)
_EMPTY: Final = re.compile("[ \n\u200b-\u200f\u202e\ufeff\u00a0]*\\Z")


def is_empty(text: str) -> bool:
    """Tell whether Telegram's server takes a text for empty, by its own steps."""
    cleaned = _REMOVED.sub("", _CONTROLS.sub(" ", text))
    return _EMPTY.match(_SPACES.sub(" ", cleaned).strip(" \n")) is not None


def units(text: str) -> int:
    """Return the units of UTF-16, in which Telegram counts; halves are an error."""
    return len(text.encode("utf-16-le")) // 2


def check_text(text: object) -> None:
    """Assert that a text may be sent as it is."""
    assert isinstance(text, str)
    assert not is_empty(text), "message text is empty"
    assert units(text) <= MessageLimit.MAX_TEXT_LENGTH, "message is too long"


def check_rows(rows: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Assert that rows of labels and data may stand under a message."""
    assert sum(map(len, rows)) <= BUTTONS
    for row in rows:
        assert 1 <= len(row) <= ROWS_OF
        for label, data in row:
            assert not is_empty(label), "a button without a label"
            label.encode()
            size = len(data.encode())
            least = int(InlineKeyboardButtonLimit.MIN_CALLBACK_DATA)
            most = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
            assert least <= size <= most, "BUTTON_DATA_INVALID"


def check_send(fields: Mapping[str, Any]) -> None:
    """Assert that a call of sendMessage, as a server reads it, may be made."""
    chat = fields["chat_id"]
    assert isinstance(chat, int)
    assert 0 < abs(chat) < LARGEST_ID
    check_text(fields["text"])
    assert "parse_mode" not in fields, "text of strangers would be read as markup"
    keyboard = fields.get("reply_markup", {}).get("inline_keyboard", [])
    check_rows([[(b["text"], b["callback_data"]) for b in row] for row in keyboard])
