"""A few values that stand for all that an open name may have.

Conditions can tell values apart only by what they compare them with: so each of these,
the gap on either side of it, and something else are enough. One sample too many costs
nothing but a mistake that is not found; one too few would report a sound way.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Final, TypeVar

from bot.model.world import Type
from flows.language.check.ways.uses import Uses, numbers_of, texts_of
from flows.language.evaluation import day_of

T = TypeVar("T")

MOST_PARTS: Final = 6
"""Words looked for in one text or list; each doubles the samples."""
BEYOND: Final = "\ue000"
"""A character for private use, which no condition holds."""
_DAY: Final = timedelta(days=1)
_SOME_DAY: Final = date(2026, 3, 2)


class Alien:
    """A value of no kind that conditions know."""


ALIENS: Final[tuple[object, ...]] = (None, Alien(), True, False, 0.5, BEYOND, ())
"""What a name from outside may have in spite of its type; none where it is absent."""


def samples(  # noqa: PLR0911 - one a type
    kind: Type, uses: Uses
) -> tuple[object, ...] | None:
    """Return values of a type that differ in every way that is asked, or None."""
    if uses.opaque:
        return None
    match kind:
        case "number":
            return tuple(numbers(numbers_of(uses)))
        case "text":
            return _texts(uses)
        case "date":
            texts = _texts(uses)
            return None if texts is None else (*texts, *days(texts_of(uses)))
        case "yes_no":
            return (True, False)
        case "list":
            return _rows(uses)
        case _:
            return None


def numbers(known: Sequence[float]) -> Iterator[float]:
    """Yield each number, one between every two, one below and one above.

    >>> list(numbers([3, 4]))
    [2, 3, 3.5, 4, 5]
    """
    if not known:
        yield 0
        return
    yield known[0] - 1
    for low, high in pairwise(known):
        yield low
        yield (low + high) / 2
    yield known[-1]
    yield known[-1] + 1


def days(known: Sequence[str]) -> Iterator[date]:
    """Yield the days that texts name, with the days before and after each."""
    yield _SOME_DAY
    for text in known:
        day = day_of(text)
        if day is not None and date.min < day < date.max:
            yield from (day - _DAY, day, day + _DAY)


def _texts(uses: Uses) -> tuple[str, ...] | None:
    """Return each text, the next one behind it, and some that hold the parts."""
    if uses.parts and uses.ordered:
        return None
    known = texts_of(uses)
    found = ["", BEYOND, *known, *(f"{text}\0" for text in known)]
    parts = [part for part in uses.parts if isinstance(part, str)]
    if len(parts) > MOST_PARTS:
        return None
    found += ["".join(f"{p}{BEYOND}" for p in some) for some in _subsets(parts)]
    return tuple(dict.fromkeys(found))


def _rows(uses: Uses) -> tuple[object, ...] | None:
    if len(uses.parts) > MOST_PARTS:
        return None
    some = [(*each, BEYOND) for each in _subsets([*uses.parts])]
    return tuple(dict.fromkeys([*some, *_subsets([*uses.parts]), *uses.rows]))


def _subsets(items: Sequence[T]) -> Iterator[tuple[T, ...]]:
    for size in range(len(items) + 1):
        yield from combinations(items, size)
