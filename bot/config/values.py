"""The kinds of values that settings are made of, each with a sentence for a mistake."""

import re
from datetime import time, timedelta
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from flows.language.conditions import parse_condition
from flows.language.scalars import (
    parse_duration,
    parse_name,
    parse_number,
    parse_time,
    parse_truth,
    shown,
)

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", re.ASCII)
_EVENT: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z", re.ASCII)
_URL: Final = re.compile(r"https?://[^\s/?#@]+([/?#]\S*)?\Z", re.IGNORECASE)
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?\Z")
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}\Z")
_AMOUNT: Final = re.compile(r"(0|[1-9]\d{0,11})(\.\d{1,4})?\Z", re.ASCII)
_NOTIFIED: Final = re.compile(r"(slack|telegram):\S+\Z")
_DATABASE: Final = re.compile(r"sqlite://(/.*)?\Z|postgres(ql)?://\S+\Z")


def _matching(pattern: re.Pattern[str], otherwise: str) -> BeforeValidator:
    """Return a check that a text has a form; `otherwise` is the sentence if not."""

    def check(value: Any) -> str:  # noqa: ANN401 - whatever YAML held
        if isinstance(value, str) and pattern.match(value):
            return str(value)
        raise PydanticCustomError("invalid_value", otherwise, {"value": shown(value)})

    return BeforeValidator(check)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):
        raise PydanticCustomError(
            "invalid_zone",
            "{value} is no time zone; write one such as Europe/Madrid",
            {"value": shown(value)},
        ) from None
    return value


def _database(value: SecretStr) -> SecretStr:
    if not _DATABASE.match(value.get_secret_value()):
        raise PydanticCustomError(
            "invalid_database",
            "a database is sqlite:///FILE or postgresql://USER@HOST/NAME",
        )
    return value


def _condition(value: Any) -> str:  # noqa: ANN401
    parse_condition(value)
    return str(value)


Truth = Annotated[bool, BeforeValidator(parse_truth)]
Span = Annotated[timedelta, BeforeValidator(parse_duration)]
Clock = Annotated[time, BeforeValidator(parse_time)]
Name = Annotated[str, BeforeValidator(parse_name)]
Count = Annotated[int, Field(gt=0, le=1_000_000), BeforeValidator(parse_number)]
Port = Annotated[int, Field(gt=0, le=65_535), BeforeValidator(parse_number)]
Zone = Annotated[str, AfterValidator(_zone)]
Database = Annotated[SecretStr, AfterValidator(_database)]
Condition = Annotated[str, BeforeValidator(_condition)]
Language = Annotated[
    str, _matching(_LANGUAGE, "{value} is no language; write its code, such as pt-BR")
]
Event = Annotated[
    str, _matching(_EVENT, "{value} is no event; write a name such as order.paid")
]
Url = Annotated[
    str, _matching(_URL, "an address is expected here, such as https://example.com")
]
Origin = Annotated[
    str,
    _matching(_ORIGIN, "a site is expected here, such as https://shop.example"),
]
Colour = Annotated[
    str, _matching(_COLOUR, "{value} is no colour; write one such as '#0a7d5a'")
]
Amount = Annotated[
    str, _matching(_AMOUNT, "{value} is no amount; write one such as 10.00")
]
Notified = Annotated[
    str, _matching(_NOTIFIED, "write slack:#NAME or telegram:ID, who is to be notified")
]
Type = Literal["text", "number", "date", "yes_no"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
