"""A date: written out, by the name of its day, or counted from today."""

# ruff: noqa: RUF001 - these are the signs that people type

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from bot.model.answer import Accepted, Confirm, Rejected, Understood
from bot.model.words import SPOKEN, Word, clean, normalise, spell, split
from bot.understanding.calendars import (
    MONTHS,
    PERSIAN_ERA,
    PERSIAN_YEARS,
    WEEK,
    Span,
    from_persian,
    moved,
)
from bot.understanding.lexicon import heard, load
from bot.understanding.numerals import numerals, whole
from bot.understanding.phrases import Named, Phrases

REJECTED: Final = Rejected()
LONGEST: Final = 40
"""Characters a date may have; the rest of a long text would only cost time."""

NEAR: Final = timedelta(days=120)
"""A day without a year is taken when it lies this close; farther away it is asked."""

_ISO: Final = re.compile(
    r"(?<!\d)(\d{4})\s?[-./年년]\s?(\d{1,2})\s?[-./月월]\s?(\d{1,2})[日일号號.]?(?!\d)"
)
_NUMERIC: Final = re.compile(
    r"(?<![\d.])(\d{1,2})\s?[-./]\s?(\d{1,2})\s?[-./]\s?(\d{4}|\d{2})(?!\d)"
)
_SHORT: Final = re.compile(r"(?<![\d./])(\d{1,2})\s?[./]\s?(\d{1,2})\.?(?![\d./])")
_PART: Final = re.compile(r"[,،、;\n]|[.!…。]\s|\s[-–—(]")
_ORDINAL: Final = re.compile(r"(\d{1,4})([^\W\d_]*)")
_ASKING: Final = ("?", "؟", "？")
_SEPARATORS: Final = str.maketrans("٫·‐‑–—／．", "..----/.")
_TRIM: Final = " \t\n.,;:!¡。、،-–—()"
_SPANS: Final[tuple[Span, ...]] = ("day", "week", "fortnight", "month", "year")
_WEEKS: Final = {"this_week": 0, "next_week": WEEK, "last_week": -WEEK}
_AHEAD: Final = 10
"""Years that a year of two digits may lie ahead."""
_MOST_COUNTED: Final = 1000
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
        self.eras = words.eras
        self.days = Named(words.days)
        self.weekdays = _several(words.weekdays)
        self.months = _several(words.months)
        self.persian = _several(words.persian_months)
        self.numbers = Named(words.numbers)
        self.beside = {
            name: Phrases(getattr(words, name))
            for name in ("next", "last", "this_week", "next_week", "last_week")
        }
        self.ordinals = Phrases(words.ordinals)
        self.hung = frozenset(
            one for said in words.ordinals if len(one := spell(said)) == len(said)
        )
        self.spans: Named[Span] = Named(
            {said: span for span in _SPANS for said in getattr(words.units, span)}
        )
        self.ahead, self.ago = Phrases(words.ahead), Phrases(words.ago)
        self.numerals = numerals(language)
        self.meaning: dict[str, Named[Any]] = {
            "shift": self.days,
            "weekday": self.weekdays,
            "month": self.months,
            "persian": self.persian,
            "span": self.spans,
        }
        self.kinds: dict[str, Phrases] = {
            **self.meaning,
            **self.beside,
            "ahead": self.ahead,
            "ago": self.ago,
            "filler": self.fillers,
        }
        self.article = Phrases(load(language).scale.article)


@cache
def dates(language: str) -> Dates:
    """Return the days of a language, compiled once."""
    return Dates(language)


def _several(names: Sequence[Sequence[str]]) -> "Named[int]":
    return Named({said: at for at, forms in enumerate(names) for said in forms})


def read_date(text: str, language: str, today: date, region: str | None) -> Understood:
    """Return the day that a message names, as ISO text.

    Its first 40 characters are read; a longer message is parted where a remark begins.

    >>> read_date("tomorrow", "en", date(2026, 3, 2), None)
    Accepted(value='2026-03-03', comment=None)
    >>> read_date("9", "en", date(2026, 3, 2), None)
    Rejected()
    """
    text = clean(text)
    days = dates(language)
    if not _NEAR < today.year < _FAR:
        return REJECTED  # the calendar ends there
    found = _whole(days, text, today, region) if len(text) <= LONGEST else REJECTED
    if found is not REJECTED:
        return found
    head = _head(text[: LONGEST + 1])
    if head:
        found = _whole(days, head, today, region)
        comment = text[len(head) :].strip(_TRIM) or None
        if isinstance(found, Accepted) and not _dated(days, text[len(head) :]):
            return Accepted(found.value, comment)
    return REJECTED


def _dated(days: Dates, rest: str) -> bool:
    """Tell whether a remark names a day as well."""
    words = split(rest)
    named: tuple[Named[int], ...] = (days.days, days.weekdays, days.months)
    return any(one.end(words, at) > at for one in named for at in range(len(words)))


def _head(text: str) -> str:
    """Return what stands before the first comma, line or sentence end, if anything."""
    cut = _PART.search(text)
    return text[: cut.start()] if cut else ""


def _whole(days: Dates, text: str, today: date, region: str | None) -> Understood:
    """Return the day that the whole text names."""
    if text.endswith(_ASKING):
        return REJECTED
    digits = _in_digits(days, text)
    if found := _alone(days, _ISO, digits):
        year, month, day = map(int, found.groups())
        return _counted_year(days, year, month, day)
    if found := _alone(days, _NUMERIC, digits):
        return _numeric(days, found, region, today)
    if days.order and (found := _alone(days, _SHORT, digits)):
        return _day_and_month(days, found, region, today)
    words = [
        word
        for word in heard(text, days.language).words
        if word.kind in SPOKEN or word.norm == "-"
    ]
    return _Day(days, words, today).outcome()


def _in_digits(days: Dates, text: str) -> str:
    """Return a text with every digit as 0-9, and years of an era as ours."""
    plain = normalise(text).translate(_SEPARATORS)
    digits = "".join(str(int(c)) if c.isdecimal() else c for c in plain)
    for era, before in days.eras.items():
        digits = re.sub(
            rf"{era}\s?(\d{{1,2}}|元)年",
            lambda m, b=before: f"{b + (1 if m[1] == '元' else int(m[1]))}年",  # type: ignore[misc]
            digits,
        )
    return digits


def _alone(days: Dates, form: re.Pattern[str], digits: str) -> re.Match[str] | None:
    """Return a date in digits where only fillers and its weekday stand beside it."""
    found = form.search(digits)
    if found is None:
        return None
    rest = f"{digits[: found.start()]} {digits[found.end() :]}"
    return None if rest != " " and _left(days, split(rest)) else found


def _left(days: Dates, words: Sequence[Word]) -> bool:
    """Tell whether words other than fillers and days of the week are left."""
    spoken = [word for word in words if word.kind in SPOKEN]
    at = 0
    while at < len(spoken):
        after = max(days.fillers.end(spoken, at), days.weekdays.end(spoken, at))
        if after == at:
            return True
        at = after
    return False


class _Day:
    """The parts of a date that stand in some words, in whatever order."""

    def __init__(self, days: Dates, words: Sequence[Word], today: date) -> None:
        self.days, self.words, self.today = days, words, today
        self.shift: int | None = None
        self.weekday: int | None = None
        self.beside: str | None = None
        self.month: int | None = None
        self.persian: int | None = None
        self.span: Span | None = None
        self.ahead = self.ago = self.behind = False
        self.numbers: list[int] = []
        self.counts = False  # "2 months": the number counts the span behind it

    def outcome(self) -> Understood:
        """Return the day, or why there is none."""
        at = 0
        while at < len(self.words):
            after = self._part(at)
            if after == at:
                return REJECTED
            at = after
        return self._day()

    def _part(self, at: int) -> int:
        """Take the part that begins here; return where it ends, or `at`."""
        days, words = self.days, self.words
        if words[at].norm == "-":
            return at + 1
        best, name = self._longest(at)
        number = self._number(at)
        tie = name == "filler" and number is not None and number[1] == best
        if number is not None and (number[1] > best or tie):
            self.numbers.append(number[0])
            self.counts = days.spans.end(words, number[1]) > number[1]
            return number[1]
        if best == at:
            article = days.article.end(words, at)
            return article if days.spans.end(words, article) > article else at
        return best if self._take(name, at, best) else at

    def _longest(self, at: int) -> tuple[int, str]:
        """Return where the longest phrase ends that begins here, and its kind."""
        best, name = at, ""
        for one, phrases in self.days.kinds.items():
            if (end := phrases.end(self.words, at)) > best:
                best, name = end, one
        return best, name

    def _take(self, name: str, at: int, end: int) -> bool:
        """Note a part; False where there was one of its kind already."""
        days, words = self.days, self.words
        if name == "filler":
            return True
        if name in days.beside:
            weaker = {None, "this_week", name}
            if name in _WEEKS:
                weaker |= {"next", "last"}  # "on Thursday next week"
            taken = self.beside not in weaker and not (
                self.beside in _WEEKS and name in {"next", "last"}
            )
            if self.beside is None or (self.beside in weaker and name != "this_week"):
                self.beside = name
            return not taken
        if name in {"ahead", "ago"}:
            setattr(self, name, True)
            self.behind = self.span is not None
            return True
        named: Named[Any] = days.meaning[name]
        taken = getattr(self, name) is not None
        setattr(self, name, named.meaning(words, at, end))
        return not taken

    def _number(self, at: int) -> tuple[int, int] | None:
        """Return the number, or the ordinal, that stands here and where it ends."""
        days, words = self.days, self.words
        end = days.numbers.end(words, at)
        word = words[at]
        found: tuple[int, int] | None = None
        if word.kind == "number":
            value = whole(word.norm)
            found = None if value is None else (value, at + 1)
        elif hung := _ORDINAL.fullmatch(word.norm):
            known = not hung[2] or hung[2] in days.hung
            found = (int(hung[1]), at + 1) if known else None
        else:
            read = days.numerals.read(words, at)
            if read and read[0] == int(read[0]):
                found = (int(read[0]), read[1])
        if end > at and (found is None or end >= found[1]):
            found = (days.numbers.meaning(words, at, end), end)
        if found is None:
            return None
        at = found[1]
        span = days.spans.end(words, at)
        if (
            span > at
            and max(days.ahead.end(words, span), days.ago.end(words, span)) > span
        ):
            return found
        return found[0], days.ordinals.end(words, at)

    # ── what the parts make ──────────────────────────────────────────────────────

    def _day(self) -> Understood:
        if (
            self.numbers
            and self.span is None
            and self.beside in _WEEKS
            and (self.month is None and self.weekday is None)
        ):
            self.span = "week"  # "two weeks ago", where "weeks ago" is last week
            self.ago, self.ahead = (
                self.beside == "last_week",
                self.beside == "next_week",
            )
        if self.span is not None:
            return self._counted()
        if self.weekday is not None and not self.beside and self.ahead != self.ago:
            self.beside = "next" if self.ahead else "last"
        elif self.ahead and self.month is None and self.shift is None:
            return REJECTED
        if self.month is not None or self.persian is not None:
            return self._dated()
        if self.numbers:
            return REJECTED
        if self.shift is not None:
            alone = self.weekday is None and self.beside is None
            return self._shifted(self.shift) if alone else REJECTED
        return REJECTED if self.weekday is None else self._named(self.weekday)

    def _shifted(self, by: int) -> Understood:
        return Accepted((self.today + timedelta(days=by)).isoformat())

    def _named(self, weekday: int) -> Understood:
        """Return a day of the week; a bare one is asked about."""
        today = self.today
        if self.beside in _WEEKS:
            monday = today - timedelta(days=today.weekday())
            day = monday + timedelta(days=weekday + _WEEKS[self.beside])
            return Accepted(day.isoformat())
        ahead = (weekday - today.weekday()) % WEEK or WEEK
        if self.beside == "last":
            ahead -= WEEK if ahead < WEEK else 2 * WEEK
        text = (today + timedelta(days=ahead)).isoformat()
        return Accepted(text) if self.beside else Confirm(text)

    def _of_month(self) -> Understood:
        """Return a day of the next or the last month: "the 5th of next month"."""
        first = self.today.replace(day=1)
        by = 1 if self.beside == "next" else -1
        month = moved(first, "month", by)
        if month is None or len(self.numbers) != 1:
            return REJECTED
        return _day(month.year, month.month, self.numbers[0])

    def _counted(self) -> Understood:
        """Return a day counted from today: "in 3 days", "two weeks ago"."""
        alone = (self.month, self.weekday, self.shift, self.persian) == (None,) * 4
        beside = self.beside in {"next", "last"}
        counted = self.counts or self.ahead or self.ago
        if alone and beside and self.numbers and self.span == "month" and not counted:
            return self._of_month()
        if self.numbers and self.beside in {"next", "last"}:
            self.ahead = self.ahead or self.beside == "next"
            self.ago = self.ago or self.beside == "last"
        other = (self.month, self.weekday, self.shift, self.persian)
        if (
            self.ahead == self.ago
            or len(self.numbers) > 1
            or any(one is not None for one in other)
        ):
            return REJECTED
        if not self.numbers and self.ahead and self.behind:
            return REJECTED  # "next year" is no day
        count = self.numbers[0] if self.numbers else 1
        if not 0 <= count <= _MOST_COUNTED or self.span is None:
            return REJECTED
        return _on(moved(self.today, self.span, -count if self.ago else count))

    def _dated(self) -> Understood:
        """Return a date with the name of its month."""
        day, year = _day_and_year(self.numbers)
        if day is None or self.shift is not None:
            return REJECTED
        if self.persian is not None:
            return self._persian_day(self.persian + 1, day, year)
        month = (self.month or 0) + 1
        if year is None:
            return _nearest(month, day, self.today)
        return _day(year, month, day)

    def _persian_day(self, month: int, day: int, year: int | None) -> Understood:
        if year is not None:
            return _on(from_persian(year, month, day))
        now = self.today.year - PERSIAN_ERA
        found = [from_persian(one, month, day) for one in (now - 1, now, now + 1)]
        near = [one for one in found if one is not None]
        if not near:
            return REJECTED
        return _on(min(near, key=lambda one: abs(one - self.today)))


def _on(value: date | None) -> Understood:
    return REJECTED if value is None else Accepted(value.isoformat())


def _counted_year(days: Dates, year: int, month: int, day: int) -> Understood:
    """Return a day of either calendar: years of the Persian one are 1300 to 1499."""
    if days.persian and PERSIAN_YEARS[0] <= year < PERSIAN_YEARS[1]:
        return _on(from_persian(year, month, day))
    return _day(year, month, day)


def _day(year: int, month: int, day: int, *, ask: bool = False) -> Understood:
    try:
        value = date(year, month, day).isoformat()
    except ValueError:
        return REJECTED
    return Confirm(value) if ask else Accepted(value)


def _numeric(
    days: Dates, found: re.Match[str], region: str | None, today: date
) -> Understood:
    """Return a date of three numbers; asked about where the order depends on where."""
    one, two, year = map(int, found.groups())
    if days.order == "YMD" and len(found[3]) < 3:  # noqa: PLR2004 - 26/3/5
        year, one = one, year
    if year < 100:  # noqa: PLR2004 - two digits of this century, or of the last
        year += 2000 if 2000 + year <= today.year + _AHEAD else 1900
    if days.persian and PERSIAN_YEARS[0] <= year < PERSIAN_YEARS[1]:
        return _on(from_persian(year, two, one))
    order = days.order
    if region:
        order = days.order_by_region.get(region.upper(), order or "DMY")
    if order == "MDY" or (not order and two > MONTHS):
        one, two = two, one
    ask = not order and one != two and max(one, two) <= MONTHS
    return _day(year, two, one, ask=ask)


def _day_and_month(
    days: Dates, found: re.Match[str], region: str | None, today: date
) -> Understood:
    """Return the nearest day of "24.12." or "3/5", in the order of the place."""
    one, two = map(int, found.groups())
    order = days.order
    if region:
        order = days.order_by_region.get(region.upper(), order or "DMY")
    if order in {"MDY", "YMD"}:
        one, two = two, one
    if not 1 <= two <= MONTHS:
        return REJECTED
    return _nearest(two, one, today)


def _day_and_year(numbers: list[int]) -> tuple[int | None, int | None]:
    """Tell the day from the year: 1900 and later are years."""
    years = [n for n in numbers if 1900 <= n <= 2200 or 1300 <= n < 1500]  # noqa: PLR2004
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
