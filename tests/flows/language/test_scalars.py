"""Typed scalars are read strictly: what is not plainly meant is refused."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from pydantic_core import PydanticCustomError

from flows.language.scalars import (
    parse_duration,
    parse_name,
    parse_number,
    parse_time,
    parse_truth,
    shown,
)

READ = [
    (parse_name, "a_1", "a_1"),
    (parse_duration, "1 week", timedelta(weeks=1)),
    (parse_duration, "90 seconds", timedelta(seconds=90)),
    (parse_duration, "3650 days", timedelta(days=3650)),
    (parse_duration, timedelta(1), timedelta(1)),
    (parse_time, "23:59", time(23, 59)),
    (parse_time, time(9), time(9)),
    (parse_truth, "yes", True),
    (parse_truth, False, False),
    (parse_number, "-0.5", -0.5),
    (parse_number, "10", 10),
    (parse_number, 7, 7),
]
REFUSED: list[tuple[Callable[[object], object], list[object]]] = [
    (parse_name, ["", "A", "1a", "a-b", "a.b", "a b", "é", "a" * 65, "a\n", 5]),
    (
        parse_duration,
        ["2", "days", "-1 days", "0 hours", "1.5 days", "1_0 days", None, 2],
    ),
    (
        parse_duration,
        ["2 years", "2 s", " 2 days", "٢ days", "3651 days", "9999999999 days"],
    ),
    (parse_time, ["9:30", "24:00", "09:60", "570", "09:30:00", "", None]),
    (parse_truth, ["on", "y", "Yes", "1", "", None]),
    (parse_number, ["1_000", "0x9", "010", ".inf", " 9", "1e3", "+1", "٣", "", True]),
]


@pytest.mark.parametrize(("parse", "written", "value"), READ)
def test_what_is_plainly_meant_is_read(
    parse: Callable[[object], object], written: object, value: object
) -> None:
    """Values that are typed already pass, so that models can be built in Python."""
    assert parse(written) == value


@pytest.mark.parametrize(
    ("parse", "written"),
    [(parse, written) for parse, several in REFUSED for written in several],
)
def test_anything_else_is_refused(
    parse: Callable[[object], object], written: object
) -> None:
    """No guess is made, whatever YAML 1.1 or Python would take it for."""
    with pytest.raises(PydanticCustomError):
        parse(written)


def test_a_message_shows_no_more_than_it_needs() -> None:
    """Long values are cut, and what is no text is named."""
    assert shown("x" * 41) == f"'{'x' * 40}…'"
    assert (shown(""), shown([]), shown({})) == ("nothing", "a list", "a mapping")
