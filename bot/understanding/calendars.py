"""Days counted by months, and the Persian calendar."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final, Literal

Span = Literal["day", "week", "fortnight", "month", "year"]

MONTHS: Final = 12
WEEK: Final = 7

PERSIAN_ERA: Final = 621
"""Years between a Persian year and the one it begins in."""

PERSIAN_YEARS: Final = (1300, 1500)
"""Years that are taken for Persian ones where that calendar is known."""

_LEAP: Final = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_DAYS: Final = {"day": 1, "week": WEEK, "fortnight": 2 * WEEK}
_LONG: Final = 6  # months of 31 days
_ANCHOR: Final = (1400, date(2021, 3, 21))


def moved(today: date, span: Span, count: int) -> date | None:
    """Return the day so many spans from today; None beyond the calendar's ends.

    >>> moved(date(2026, 1, 31), "month", 1), moved(date(2026, 3, 2), "week", -2)
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 16))
    """
    try:
        if span in _DAYS:
            return today + timedelta(days=_DAYS[span] * count)
        months = today.year * MONTHS + today.month - 1
        months += count * (MONTHS if span == "year" else 1)
        year, month = divmod(months, MONTHS)
        return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        return None


def from_persian(year: int, month: int, day: int) -> date | None:
    """Return the day of a Persian date, None where there is none.

    Leap years by the cycle of 33 years, which agrees with the equinox from 1206 to 1497
    (K. M. Borkowski, The Persian calendar for 3000 years, 1996).

    >>> from_persian(1405, 1, 1), from_persian(1403, 12, 30), from_persian(1404, 12, 30)
    (datetime.date(2026, 3, 21), datetime.date(2025, 3, 20), None)
    """
    longest = 31 if month <= _LONG else 30
    if month == MONTHS and year % 33 not in _LEAP:
        longest = 29
    if not (1 <= month <= MONTHS and 1 <= day <= longest):
        return None
    anchor, first = _ANCHOR
    leaps = _leaps(year) - _leaps(anchor)
    before = 31 * (month - 1) - max(0, month - 1 - _LONG)
    days = 365 * (year - anchor) + leaps + before + day - 1
    return first + timedelta(days=days)


def _leaps(year: int) -> int:
    """Return how many leap years of the cycle lie before a year."""
    cycles, left = divmod(year, 33)
    return cycles * len(_LEAP) + sum(1 for one in _LEAP if one < left)
