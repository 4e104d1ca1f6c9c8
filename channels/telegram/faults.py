"""What was sent that is not of the documented form, told apart.

No update at all is refused. An update of which only the inside is wrong may be
somebody's words all the same: it is kept, with as much of its sender as is sound.
"""

import json
from typing import Any, Final, NoReturn

from msgspec import Struct, ValidationError

from bot.errors import Refused
from channels.telegram.wire import LARGEST_ID

_KINDS: Final = ("message", "callback_query", "my_chat_member")
_ELSEWHERE: Final = ("group", "supergroup", "channel")  # a list may stand there
_LONGEST_NUMBER: Final = 20
"""Digits of a number that is read at all; no id is longer."""


class NotAnUpdate(Refused):
    """What came is nothing that Telegram sends; the text says why, and not what."""


class Faulty(Struct, frozen=True):
    """An update whose inside is wrong: its id, whose it is, and what is wrong.

    `handle` is empty where nobody can tell, and None where it is of no private chat.
    """

    id: int
    handle: str | None
    fault: str


def text_of(raw: bytes | str) -> str:
    """Return what was sent as text; raise NotAnUpdate where it is none."""
    try:
        if isinstance(raw, str):
            raw.encode()
            return raw
        return raw.decode()
    except UnicodeError:
        raise NotAnUpdate("An update is text in UTF-8, and this is not.") from None


def faulty(text: str, error: Exception) -> Faulty:
    """Return what can be told of an update that could not be decoded.

    Raises NotAnUpdate where there is no update_id to know it by.
    """
    found = _read(text, error)
    id_ = found.get("update_id") if isinstance(found, dict) else None
    if type(id_) is not int or not 0 < id_ < 2**63:
        raise NotAnUpdate("An update has a positive whole number as its update_id.")
    return Faulty(id_, _handle(found), _sentence(error))


def _read(text: str, error: Exception) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(error, RecursionError):
        raise NotAnUpdate("An update is not nested as deeply as this.")
    try:
        return json.loads(text, parse_int=_number, parse_constant=_refuse)
    except RecursionError:
        raise NotAnUpdate("An update is not nested as deeply as this.") from None
    except ValueError:
        raise NotAnUpdate("An update is JSON, and this is not.") from None


def _number(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return f"Telegram sent something else than it documents: {error}."
    return "Telegram sent half of a character, which is no text."


def _handle(found: dict[str, Any]) -> str | None:
    """Return whose an update is, as far as that is sound."""
    chat = _chat(found)
    type_, id_ = chat.get("type"), chat.get("id")
    if type_ in _ELSEWHERE:
        return None
    if type_ != "private" or type(id_) is not int or abs(id_) > LARGEST_ID:
        return ""
    return str(id_)


def _chat(found: dict[str, Any]) -> dict[str, Any]:
    inside = next((_dict(found[kind]) for kind in _KINDS if kind in found), {})
    return _dict(inside.get("chat") or _dict(inside.get("message")).get("chat"))


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
