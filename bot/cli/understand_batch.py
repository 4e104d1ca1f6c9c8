"""Lines of JSON in, lines of JSON out: how each typed answer is understood."""

import gc
import json
import math
import re
from collections.abc import Iterable
from datetime import date
from math import isfinite
from typing import Any, Final, Literal, NoReturn, Protocol

import msgspec
from msgspec import Struct

from bot.model.answer import Accepted, Asked, Confirm, Option, Rejected
from bot.understanding import understand

Typed = Literal[
    "nps",
    "csat",
    "ces",
    "rating",
    "choice",
    "choices",
    "yes_no",
    "consent",
    "text",
    "number",
    "date",
    "email",
    "phone",
]
"""What typed words can answer."""

HIGHEST: Final = 1_000_000
"""The highest end of a rating."""


_WRITTEN: Final = json.JSONEncoder(ensure_ascii=False).encode


class Malformed(Exception):
    """The line makes no sense as a request; the text says why."""


class Request(Struct, frozen=True, kw_only=True):
    """One line of a batch: the question, and what was typed."""

    id: Any
    kind: Typed
    lang: str
    text: str
    options: dict[str, str] | None = None
    region: str | None = None
    min: int | float | None = None
    max: int | float | None = None
    today: date | None = None
    optional: bool | None = None


class Sink(Protocol):
    """What lines are written to."""

    def write(self, data: bytes, /) -> object:
        """Take bytes."""

    def flush(self) -> None:
        """Pass on what was taken."""


def understand_lines(lines: Iterable[bytes], out: Sink, today: date) -> int:
    """Write one line for each line; return 1 where one was malformed, else 0.

    The collector rests meanwhile, and leaves what was compiled alone at the end:
    lexicons and answers hold no cycles.
    """
    code = 0
    collects = gc.isenabled()
    gc.disable()
    try:
        for line in lines:
            answer, wrong = understand_line(line, today)
            code |= wrong
            out.write(answer)
    finally:
        gc.freeze()
        if collects:
            gc.enable()
    out.flush()
    return code


def understand_line(line: bytes, today: date) -> tuple[bytes, bool]:
    """Return the line that answers a line, and whether that was malformed."""
    answer = answered(line, today)
    return _WRITTEN(answer).encode() + b"\n", "error" in answer


def answered(line: bytes, today: date) -> dict[str, Any]:
    """Return the answer to one line; a malformed one is rejected with an `error`.

    >>> answered(b'{"id": 1, "kind": "nps", "lang": "en", "text": "9"}', date.min)
    {'id': 1, 'outcome': 'accepted', 'value': 9, 'comment': None}
    >>> answered(b"nonsense", date.min)["outcome"]
    'rejected'
    """
    identity = None
    try:
        found = _parsed(line)
        identity = _identity(found)
        return understood(_request(found), today)
    except Malformed as error:
        answer = _answer(identity, "rejected")
        return {**answer, "error": str(error)}


def understood(request: Request, today: date) -> dict[str, Any]:
    """Return how a request is understood; raises Malformed where it makes no sense."""
    found = understand(
        _asked(request),
        request.text,
        request.lang,
        today=request.today or today,
        region=request.region.upper() if request.region else None,
    )
    match found:
        case Rejected():
            return _answer(request.id, "rejected")
        case Accepted(value, comment):
            return _answer(request.id, "accepted", value, comment)
        case Confirm(value, comment):
            return _answer(request.id, "confirm", value, comment)


def _answer(
    identity: object, outcome: str, value: object = None, comment: str | None = None
) -> dict[str, Any]:
    return {"id": identity, "outcome": outcome, "value": value, "comment": comment}


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        text = line.decode("utf-8-sig")
        found = json.loads(text, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise Malformed("the line is not UTF-8") from None
    except (ValueError, RecursionError):
        raise Malformed("the line is not JSON") from None
    if not isinstance(found, dict):
        raise Malformed("the line is not a JSON object")
    return found


def _in_words(error: str) -> str:
    """Return what a line lacks, in plain words.

    >>> _in_words("Invalid enum value 'npz' - at `$.kind`")
    "kind: there is no 'npz'"
    """
    if found := re.search(r"missing required field `(\w+)`", error):
        return f"{found[1]} is missing"
    place = re.search(r"at `\$\.(\w+)", error)
    name = place[1] if place else "the line"
    if found := re.search(r"enum value ('.*?')", error):
        return f"{name}: there is no {found[1]}"
    if "RFC3339" in error:
        return f"{name}: write year-month-day, such as 2026-11-23"
    return f"{name}: {error.split(' - ', maxsplit=1)[0]}"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _identity(found: dict[str, Any]) -> object:
    """Return the id of a line; one that cannot be written back is none."""
    identity = found.get("id")
    if isinstance(identity, float) and not isfinite(identity):
        raise Malformed("id: the number is too large")
    if not _writable(identity):
        raise Malformed("id: there is half a character")
    return identity


def _request(found: dict[str, Any]) -> Request:
    try:
        request = msgspec.convert(found, Request)
    except msgspec.ValidationError as error:
        raise Malformed(_in_words(str(error))) from None
    if not _writable([request.text, request.options]):
        raise Malformed("text or options: there is half a character")
    return request


def _writable(value: object) -> bool:
    """Tell whether a value can be written as UTF-8; half a surrogate pair cannot."""
    try:
        _WRITTEN(value).encode()
    except ValueError:
        return False
    return True


def _asked(request: Request) -> Asked:
    """Return the question of a request, its parts checked."""
    if not request.lang.strip():
        raise Malformed("lang: it names no language")
    options = request.options or {}
    if request.kind in {"choice", "choices"} and not options:
        raise Malformed(f"options: {request.kind} needs at least one")
    _check_bounds(request)
    return Asked(
        kind=request.kind,
        options=tuple(Option(key, label) for key, label in options.items()),
        minimum=request.min,
        maximum=request.max,
        optional=bool(request.optional),
    )


def _check_bounds(request: Request) -> None:
    low, high = request.min, request.max
    if not all(math.isfinite(bound or 0) for bound in (low, high)):
        raise Malformed("min and max are numbers")
    if low is not None and high is not None and low > high:
        raise Malformed("min: it is higher than max")
    if request.kind != "rating":
        return
    for bound in (low, high):
        if bound is not None and (bound != int(bound) or abs(bound) > HIGHEST):
            raise Malformed("min and max of a rating are whole numbers")
