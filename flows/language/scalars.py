"""What YAML's scalars become: words as written, and a few typed ones read strictly.

YAML's own guesses (`no` is false, `9:30` is 570, `010` is 8) happen nowhere: a plain
scalar arrives as the text that stands in the file, and whoever expects a name, a time
or a number reads it with a parser of this module.
"""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from types import MappingProxyType
from typing import Any, Final, NoReturn, Self

from pydantic_core import PydanticCustomError

LONGEST_NAME: Final = 64
LONGEST_SHOWN: Final = 40
LONGEST_SPAN: Final = timedelta(days=3650)

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)
_SPAN: Final = re.compile(r"(\d{1,9}) +([a-z]+)\Z", re.ASCII)
_NEAR_SPAN: Final = re.compile(
    r"(\d{1,9})\s*(sec(?:ond)?|min(?:ute)?|h(?:our)?|d(?:ay)?|w(?:eek)?)s?\Z",
    re.ASCII | re.IGNORECASE,
)
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\Z", re.ASCII)
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,18})?\Z", re.ASCII)
_TRUTHS: Final[Mapping[str, bool]] = MappingProxyType(
    {"yes": True, "true": True, "no": False, "false": False}
)
_UNITS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "second": timedelta(seconds=1),
        "minute": timedelta(minutes=1),
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(weeks=1),
    }
)


class Plain(str):
    """A scalar without quotes, exactly as written; `cut` where a comment ended it."""

    __slots__ = ("cut",)

    cut: bool

    def __new__(cls, text: str = "", *, cut: bool = False) -> Self:
        """Return the text, remembering whether ` #` cut it short."""
        self = super().__new__(cls, text)
        self.cut = cut
        return self


class Braces(dict[str, Any]):
    """A mapping that was written in one line, `{like: this}`."""

    __slots__ = ()


def shown(value: object) -> str:
    """Return a value as a message may quote it, never more than 40 characters."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    if not text:
        return "nothing"
    return f"'{text}'" if len(text) <= LONGEST_SHOWN else f"'{text[:LONGEST_SHOWN]}…'"


def parse_name(value: object) -> str:
    """Return a name as steps, flows and tags have one.

    >>> parse_name("order_delivered")
    'order_delivered'
    """
    if not isinstance(value, str):
        _refuse("wrong_type", "a name is expected here, not {value}", value)
    if len(value) > LONGEST_NAME:
        _refuse("invalid_name", "a name has at most 64 characters", value)
    if not _NAME.match(value):
        _refuse(
            "invalid_name",
            "{value} is no name; use small letters, digits and _, a letter first",
            value,
            _likely_name(value),
        )
    return str(value)


def parse_duration(value: object) -> timedelta:
    """Return the length of time that a number and a unit say, more than none.

    >>> parse_duration("22 hours")
    datetime.timedelta(seconds=79200)
    """
    if isinstance(value, timedelta):
        return value
    found = _SPAN.match(value) if isinstance(value, str) else None
    unit = _UNITS.get(found[2].removesuffix("s")) if found else None
    if found is None or unit is None:
        _refuse(
            "invalid_duration",
            "{value} is no length of time; write a number and seconds, minutes, hours,"
            " days or weeks, such as 2 days",
            value,
            _likely_span(value),
        )
    if not timedelta() < int(found[1]) * unit <= LONGEST_SPAN:
        _refuse(
            "out_of_range",
            "{value} is out of range: more than 0, at most 10 years",
            value,
        )
    return int(found[1]) * unit


def parse_time(value: object) -> time:
    """Return a time of day from `HH:MM`.

    >>> parse_time("09:30")
    datetime.time(9, 30)
    """
    if isinstance(value, time):
        return value
    found = _TIME.match(value) if isinstance(value, str) else None
    if found is None:
        _refuse(
            "invalid_time", "{value} is no time of day; write one such as 09:30", value
        )
    return time(int(found[1]), int(found[2]))


def parse_truth(value: object) -> bool:
    """Return what yes, no, true and false say; nothing else is a truth.

    >>> parse_truth("no")
    False
    """
    if isinstance(value, bool):
        return value
    truth = _TRUTHS.get(value) if isinstance(value, str) else None
    if truth is None:
        likely = str(value).lower()
        _refuse(
            "invalid_truth",
            "yes or no is expected here, not {value}",
            value,
            likely if likely in _TRUTHS else None,
        )
    return truth


def parse_number(value: object) -> int | float:
    """Return the number that plain digits say: no `1_000`, `0x9`, `010` or `.inf`.

    >>> parse_number("-2.5")
    -2.5
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    found = _NUMBER.match(value) if isinstance(value, str) else None
    if found is None:
        _refuse("invalid_number", "a number is expected here, not {value}", value)
    return float(found[0]) if found[2] else int(found[0])


def _likely_span(value: object) -> str | None:
    """Return the length of time that can only be meant, such as 2 days by 2Days."""
    found = _NEAR_SPAN.match(value) if isinstance(value, str) else None
    if found is None:
        return None
    unit = next(unit for unit in _UNITS if unit.startswith(found[2].lower()))
    return f"{int(found[1])} {unit if int(found[1]) == 1 else f'{unit}s'}"


def _likely_name(value: str) -> str | None:
    """Guess the name somebody meant, None where no letter is left of it."""
    name = re.sub(r"[^a-z0-9]+", "_", value.lower(), flags=re.ASCII).strip(
        "_0123456789"
    )
    return name or None


def _refuse(
    code: str, message: str, value: object, suggestion: str | None = None
) -> NoReturn:
    raise PydanticCustomError(
        code,
        message,
        {"value": shown(value), "suggestion": suggestion},
    )
