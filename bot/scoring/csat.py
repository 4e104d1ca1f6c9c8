"""Customer satisfaction: how content people were, 1 to 5."""

from bot.model.score import Interval
from bot.scoring.histogram import Histogram, on_scale, total, within
from bot.scoring.intervals import LEVEL
from bot.scoring.share import share, share_interval


def csat(histogram: Histogram) -> float | None:
    """Return the per cent of 4s and 5s (top-2-box), 0…100; None where n is 0.

    >>> csat({5: 6, 4: 3, 1: 1})
    90.0
    """
    return share(*satisfied(histogram))


def csat_interval(histogram: Histogram, level: float = LEVEL) -> Interval | None:
    """Return the Wilson range of the score, in per cent within 0…100."""
    return share_interval(*satisfied(histogram), level)


def satisfied(histogram: Histogram) -> tuple[int, int]:
    """Return how many were satisfied, and how many answered."""
    counts = on_scale("csat", histogram)
    return within("csat", counts, "satisfied"), total(counts)
