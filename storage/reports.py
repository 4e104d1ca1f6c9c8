"""What reports read: the histograms by group, and the words."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.model.report import Cell, CommentRow
from storage.driver import Driver, Row
from storage.rows import as_value, moment

_COLUMNS: Final = ("period", "flow", "touchpoint", "channel", "language", "campaign")
"""What the histograms can be grouped by, in the order the statements give it."""
_PERIODS: Final = {"day": 10, "month": 7}
"""How many characters of a date name the period."""
_LAST_NAME: Final = "\U0010ffff"
_FIRST_DAY: Final = ""
_LAST_DAY: Final = "9999-99"


class Reports:
    """The figures of a store, each from one look at one moment."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def counts(
        self,
        *,
        flow: str | None,
        start: date | None,
        end: date | None,
        by: Sequence[str],
    ) -> list[Cell]:
        """Return every count from `start` to the day before `end`, by group."""
        bounds = _bounds(flow, start, end)
        if "day" in by or not _whole_months(start, end):
            return await self._cells("report_counts", bounds, by)
        first, last, begin, beyond = bounds
        months = (first, last, begin[:7], beyond[:7])
        return await self._cells("report_months", months, by)

    async def people_counts(
        self,
        *,
        flow: str | None,
        start: date | None,
        end: date | None,
        by: Sequence[str],
    ) -> list[Cell]:
        """Return the same where each person's last answer to a question counts once."""
        return await self._cells("report_people", _bounds(flow, start, end), by)

    async def comments(
        self, *, flow: str | None, start: date | None, end: date | None
    ) -> list[CommentRow]:
        """Return what people said in that time, newest first."""
        async with self._driver.reading() as db:
            rows = await db.fetch("report_comments", *_bounds(flow, start, end))
        return [_comment(row) for row in rows]

    async def _cells(
        self, name: str, bounds: Sequence[str], by: Sequence[str]
    ) -> list[Cell]:
        flags = [int(column in by) for column in _COLUMNS]
        flags[0] = max((_PERIODS.get(column, 0) for column in by), default=0)
        async with self._driver.reading() as db:
            rows = await db.fetch(name, *bounds, *flags)
        places = [0 if column in _PERIODS else _COLUMNS.index(column) for column in by]
        return [_cell(row, places) for row in rows]


def _whole_months(start: date | None, end: date | None) -> bool:
    """Say whether a time begins and ends with a month, or is open."""
    return all(each is None or each.day == 1 for each in (start, end))


def _bounds(
    flow: str | None, start: date | None, end: date | None
) -> tuple[str, str, str, str]:
    """Return what a statement compares flow and day with, open ends included."""
    return (
        flow or "",
        flow or _LAST_NAME,
        start.isoformat() if start else _FIRST_DAY,
        end.isoformat() if end else _LAST_DAY,
    )


def _cell(row: Row, places: Sequence[int]) -> Cell:
    flow, step, measure, kind, value, n = row[len(_COLUMNS) :]
    return Cell(
        group=tuple(row[place] for place in places),
        flow=flow,
        step=step,
        measure=measure,
        kind=kind,
        value=value,
        n=n,
    )


def _comment(row: Row) -> CommentRow:
    flow, step, at, value, segment, comment, channel, language = row
    return CommentRow(
        flow=flow,
        step=step,
        at=moment(at),
        value=as_value(value),
        segment=segment,
        comment=comment,
        channel=channel,
        language=language,
    )
