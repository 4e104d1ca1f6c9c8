"""What operators read: scores, rates and comments, over a period and cut by dimensions.

A report is a value; the table and the JSON are two faces of it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from msgspec import Struct

from bot.model.answer import Value
from bot.model.score import Rate, Score

DIMENSIONS: Final = (
    "day",
    "week",
    "month",
    "flow",
    "touchpoint",
    "channel",
    "language",
    "campaign",
)
"""What a report can be cut by."""
Group = Mapping[str, str | None]
"""Dimension to value; None stands for a question that nobody answered in any group."""


class Cut(Struct, frozen=True, kw_only=True):
    """Which answers a report is about, and how it divides them.

    `start` is the first day and `end` the day after the last, in the brand's time
    zone. With `people` only the last answer of each person counts.
    """

    flow: str | None = None
    start: date | None = None
    end: date | None = None
    by: tuple[str, ...] = ()
    people: bool = False


class Question(Struct, frozen=True, kw_only=True):
    """A scored question that flows ask, whether or not anybody answered it yet.

    `lowest` and `highest` are the ends of a `rating`'s scale; other kinds have theirs.
    """

    flow: str
    step: str
    kind: str
    lowest: int | None = None
    highest: int | None = None


class Cell(Struct, frozen=True, kw_only=True):
    """One count as the store keeps it.

    `group` holds the values of the asked dimensions, in the order they were asked.
    `measure` is `answer` (then `value` is the number as text), or a stage of the
    funnel: `sent`, `delivered`, `started`, `completed` (then `step` is empty).
    """

    group: tuple[str, ...]
    flow: str
    step: str = ""
    measure: str
    kind: str = ""
    value: str = ""
    n: int


class ScoreRow(Struct, frozen=True, kw_only=True):
    """The figure of one question in one group."""

    flow: str
    step: str
    kind: str
    group: Group
    figure: Score


class RateRow(Struct, frozen=True, kw_only=True):
    """How far people came in one flow, in one group: numbers of talks."""

    flow: str
    group: Group
    sent: int
    delivered: int
    started: int
    completed: int
    response_rate: Rate


class Report(
    Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"from_": "from"}
):
    """All figures of a period; `to` is the day after its last, None is open.

    `demo` says that simulated customers are among those who answered; only then is it
    named in JSON.
    """

    generated_at: datetime
    timezone: str
    from_: date | None
    to: date | None
    by: tuple[str, ...]
    scores: tuple[ScoreRow, ...]
    rates: tuple[RateRow, ...]
    demo: bool = False


class CommentRow(Struct, frozen=True, kw_only=True):
    """What somebody said beside an answer, as typed."""

    flow: str
    step: str
    at: datetime
    value: Value
    segment: str | None
    comment: str
    channel: str
    language: str
