"""The kinds of values that settings are made of, each with a sentence for a mistake."""

import re
from datetime import time, timedelta
from ipaddress import ip_network
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    WithJsonSchema,
)
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
from flows.language.shapes import CLOCK, NAME, NUMBER, SPAN, TRUTH, WORD

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", re.ASCII)
_EVENT: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z", re.ASCII)
_URL: Final = re.compile(r"https?://[^\s/?#@]+([/?#]\S*)?\Z", re.IGNORECASE)
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?/?\Z", re.IGNORECASE)
SHORTEST_SECRET: Final = 32
_HOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}\Z", re.ASCII)
_COLOUR: Final = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
SHORT_COLOUR: Final = 4
_AMOUNT: Final = re.compile(r"(0|[1-9]\d{0,11})(\.\d{1,4})?\Z", re.ASCII)
_NOTIFIED: Final = re.compile(r"(slack|telegram):\S+\Z")
_BUCKET: Final = re.compile(
    r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w-][\w.-]*)*/?\Z", re.ASCII
)
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


def _media(value: Any) -> str:  # noqa: ANN401
    """Return a folder or a bucket; another scheme is a slip, and no folder's name."""
    text = str(value) if isinstance(value, str) else ""
    if text and ("://" not in text or _BUCKET.match(text)):
        return text
    raise PydanticCustomError(
        "invalid_media",
        "photos and files are kept in a folder, or in s3://BUCKET/PREFIX",
    )


def _colour(value: Any) -> str:  # noqa: ANN401
    """Return a colour as #rrggbb; an unquoted one is a comment to YAML, and empty."""
    if isinstance(value, str) and _COLOUR.match(value):
        digits = (
            value[1:]
            if len(value) > SHORT_COLOUR
            else "".join(c * 2 for c in value[1:])
        )
        return f"#{digits.lower()}"
    said = "{value} is no colour" if value is not None else "no colour is here"
    raise PydanticCustomError(
        "invalid_colour",
        f"{said}; write one in quotes, such as '#0a7d5a'",
        {"value": shown(value)},
    )


def _origin(value: Any) -> str:  # noqa: ANN401
    """Return a site as browsers name it: small letters, no usual port, no path."""
    if isinstance(value, str) and _ORIGIN.match(value):
        scheme, _, host = value.rstrip("/").lower().partition("://")
        usual = {"http": ":80", "https": ":443"}[scheme]
        return f"{scheme}://{host.removesuffix(usual)}"
    raise PydanticCustomError(
        "invalid_origin",
        "a site without a path is expected here, such as https://shop.example",
    )


def _proxy(value: Any) -> str:  # noqa: ANN401
    try:
        return str(ip_network(value))
    except (TypeError, ValueError):
        raise PydanticCustomError(
            "invalid_proxy",
            "{value} is no address; write one such as 10.0.0.7 or 10.0.0.0/24",
            {"value": shown(value)},
        ) from None


def _secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_SECRET:
        raise PydanticCustomError(
            "short_secret",
            "a secret needs at least {least} characters, drawn at random",
            {"least": SHORTEST_SECRET},
        )
    return value


def _hook_secret(value: SecretStr) -> SecretStr:
    if _HOOK_SECRET.match(value.get_secret_value()):
        return value
    raise PydanticCustomError(
        "invalid_secret",
        "this secret holds other signs than A-Z, a-z, 0-9, _ and -, or more than 256",
    )


def _condition(value: Any) -> str:  # noqa: ANN401
    parse_condition(value)
    return str(value)


Truth = Annotated[bool, BeforeValidator(parse_truth), WithJsonSchema(TRUTH)]
Span = Annotated[timedelta, BeforeValidator(parse_duration), WithJsonSchema(SPAN)]
Clock = Annotated[time, BeforeValidator(parse_time), WithJsonSchema(CLOCK)]
Name = Annotated[str, BeforeValidator(parse_name), WithJsonSchema(NAME)]
Count = Annotated[
    int,
    Field(gt=0, le=1_000_000),
    BeforeValidator(parse_number),
    WithJsonSchema(NUMBER),
]
Port = Annotated[
    int,
    Field(gt=0, le=65_535),
    BeforeValidator(parse_number),
    WithJsonSchema(NUMBER),
]
Zone = Annotated[str, AfterValidator(_zone)]
Database = Annotated[SecretStr, AfterValidator(_database), WithJsonSchema(WORD)]
Media = Annotated[str, BeforeValidator(_media)]
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
Origin = Annotated[str, BeforeValidator(_origin)]
Proxy = Annotated[str, BeforeValidator(_proxy)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
HookSecret = Annotated[Secret, AfterValidator(_hook_secret)]
Colour = Annotated[str | None, BeforeValidator(_colour)]
Amount = Annotated[
    str, _matching(_AMOUNT, "{value} is no amount; write one such as 10.00")
]
Notified = Annotated[
    str, _matching(_NOTIFIED, "write slack:#NAME or telegram:ID, who is to be notified")
]
Type = Literal["text", "number", "date", "yes_no"]
Level = Literal["debug", "info", "warning", "error"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
