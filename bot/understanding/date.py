"""A date: written out, by the name of its day, or counted from today."""

import re
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

from bot.model.answer import Accepted, Confirm, Rejected, Understood
from bot.model.words import clean, normalise, plain, split
from bot.understanding.lexicon import Phrases, load

REJECTED: Final = Rejected()
LONGEST: Final = 40
"""Characters a date may have; the rest of a long text would only cost time."""

NEAR: Final = timedelta(days=120)
"""A day without a year is taken when it lies this close; farther away it is asked."""

_ISO: Final = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_NUMERIC: Final = re.compile(r"(\d{1,2})\s?[-./]\s?(\d{1,2})\s?[-./]\s?(\d{4}|\d{2})")
MONTHS: Final = 12
_WEEK: Final = 7
_NEAR: Final = 2
_FAR: Final = 9998


class Dates:
    """The days of one language."""

    def __init__(self, language: str) -> None:
        words = load(language).date
        self.language = language
        self.order = words.order
        self.order_by_region = words.order_by_region
        self.fillers = Phrases(words.fillers)
        self.days = {plain(said): count for said, count in words.days.items()}
        self.weekdays = {
            plain(s): i for i, day in enumerate(words.weekdays) for s in day
        }
        self.months = {
            plain(s): i + 1 for i, said in enumerate(words.months) for s in said
        }
        self.next = frozenset(map(plain, words.next))
        self.last = frozenset(map(plain, words.last))

    def core(self, text: str) -> list[str]:
        """Return the words of a message without the fillers around them."""
        words = [w for w in split(text) if w.kind in {"word", "number"}]
        return [word.norm for word in self.fillers.strip(words)]


@cache
def dates(language: str) -> Dates:
    """Return the days of a language, compiled once."""
    return Dates(language)


def read_date(text: str, language: str, today: date, region: str | None) -> Understood:
    """Return the day that a message names, as ISO text.

    >>> read_date("tomorrow", "en", date(2026, 3, 2), None)
    Accepted(value='2026-03-03', comment=None)
    >>> read_date("9", "en", date(2026, 3, 2), None)
    Rejected()
    """
    if len(text) > LONGEST:
        return REJECTED
    text = clean(text)
    days = dates(language)
    if found := _ISO.fullmatch(normalise(text)):
        return _day(*map(int, found.groups()))
    core = days.core(text)
    named = _named(days, core, today)
    if named is not None:
        return named
    if found := _NUMERIC.fullmatch(normalise(text)):
        return _numeric(days, found, region)
    return _written(days, core, today) or _parsed(days, text, today)


def _day(year: int, month: int, day: int, *, ask: bool = False) -> Understood:
    try:
        value = date(year, month, day).isoformat()
    except ValueError:
        return REJECTED
    return Confirm(value) if ask else Accepted(value)


def _named(days: Dates, core: list[str], today: date) -> Understood | None:
    """Return today, tomorrow, or a day of the week; a bare one is asked about."""
    said = " ".join(core)
    if not _NEAR < today.year < _FAR:
        return None  # the calendar ends there
    if said in days.days:
        return Accepted((today + timedelta(days=days.days[said])).isoformat())
    found = [word for word in core if word in days.weekdays]
    rest = " ".join(word for word in core if word not in days.weekdays)
    if len(found) != 1 or (rest and rest not in days.next | days.last):
        return None
    ahead = (days.weekdays[found[0]] - today.weekday()) % _WEEK or _WEEK
    if rest in days.last:
        ahead -= _WEEK if ahead < _WEEK else 2 * _WEEK
    value = (today + timedelta(days=ahead)).isoformat()
    return Accepted(value) if rest else Confirm(value)


def _numeric(days: Dates, found: re.Match[str], region: str | None) -> Understood:
    """Return a date of three numbers; asked about where the order depends on where."""
    one, two, year = map(int, found.groups())
    year += 2000 if year < 100 else 0  # noqa: PLR2004 - two digits of this century
    order = days.order
    if region:
        order = days.order_by_region.get(region.upper(), "DMY")
    if order == "MDY" or (not order and two > MONTHS):
        one, two = two, one
    ask = not order and one != two and max(one, two) <= MONTHS
    return _day(year, two, one, ask=ask)


def _written(days: Dates, core: list[str], today: date) -> Understood | None:
    """Return a date with the name of its month: "the 5th of May 2026"."""
    left = [
        word
        for word in core
        if not days.fillers.knows(word) and word not in days.weekdays
    ]
    months = [days.months[word] for word in left if word in days.months]
    numbers = [_ordinal(word) for word in left if word not in days.months]
    if len(months) != 1 or not 1 <= len(numbers) <= 2 or None in numbers:  # noqa: PLR2004
        return None
    day, year = _day_and_year([number for number in numbers if number is not None])
    if day is None:
        return None
    if year is not None:
        return _day(year, months[0], day)
    return _nearest(months[0], day, today)


def _day_and_year(numbers: list[int]) -> tuple[int | None, int | None]:
    """Tell the day from the year: 1900 and later are years."""
    years = [number for number in numbers if 1900 <= number <= 2200]  # noqa: PLR2004
    rest = [number for number in numbers if number not in years]
    if len(rest) != 1 or len(years) > 1:
        return None, None
    return rest[0], years[0] if years else None


def _nearest(month: int, day: int, today: date) -> Understood:
    """Return the nearest such day; asked about where that is months away."""
    found: list[date] = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    if not found:
        return REJECTED
    nearest = min(found, key=lambda one: abs(one - today))
    value = nearest.isoformat()
    return Accepted(value) if abs(nearest - today) <= NEAR else Confirm(value)


def _ordinal(word: str) -> int | None:
    """Return the number of 5, 5th and 5º."""
    digits = re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th|º|ª|o|er)?", word)
    return int(digits[1]) if digits else None


def _parsed(days: Dates, text: str, today: date) -> Understood:
    """Leave what is counted from today ("3 days ago") to dateparser, strictly."""
    words = split(text)
    counted = any(word.kind == "number" for word in words)
    if not counted or any(word.kind == "sign" for word in words) or len(words) < 2:  # noqa: PLR2004
        return REJECTED
    import dateparser  # noqa: PLC0415 - slow to import, rarely needed

    try:
        found = dateparser.parse(
            text,
            languages=[days.language],
            settings={
                "RELATIVE_BASE": datetime.combine(today, time(12)),
                "STRICT_PARSING": True,
                "REQUIRE_PARTS": ["day", "month", "year"],
            },
        )
    except (ValueError, OverflowError, LookupError):
        return REJECTED
    return Accepted(found.date().isoformat()) if found else REJECTED
