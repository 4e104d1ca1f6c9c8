"""Counts of answers by value, and the few questions that scores ask of them."""

from collections.abc import Mapping

from bot.model.answer import SCALES, Kind, segment

Histogram = Mapping[int, int]


def on_scale(kind: str, histogram: Histogram) -> dict[int, int]:
    """Return the count of every value of the scale, lowest first, zeros included.

    What lies off the scale is left out, and a count below zero is none. The scale of
    a `rating` is the flow's own: its values are those that were handed in.

    >>> on_scale("csat", {4: 2, 9: 1})
    {1: 0, 2: 0, 3: 0, 4: 2, 5: 0}
    """
    values: list[int] = sorted(histogram)
    if kind in SCALES:
        lowest, highest = SCALES[kind]
        values = list(range(lowest, highest + 1))
    return {value: max(0, histogram.get(value, 0)) for value in values}


def total(histogram: Histogram) -> int:
    """Return how many answers there are."""
    return sum(histogram.values())


def mean(histogram: Histogram) -> float | None:
    """Return the average answer in the scale's own units, None where nobody answered.

    >>> mean({1: 1, 5: 3}), mean({})
    (4.0, None)
    """
    n = total(histogram)
    if not n:
        return None
    return sum(value * count for value, count in histogram.items()) / n


def within(kind: Kind, histogram: Histogram, name: str) -> int:
    """Return how many answers on the scale fall in one segment, such as `promoter`.

    >>> within("nps", {8: 1, 9: 2, 10: 3}, "promoter")
    5
    """
    counts = on_scale(kind, histogram)
    return sum(count for value, count in counts.items() if segment(kind, value) == name)
