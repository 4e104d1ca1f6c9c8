"""Customer effort score 2.0: was it made easy, 1 (disagree) to 7 (agree)."""

from bot.model.score import Interval
from bot.scoring.histogram import Histogram, on_scale, total, within
from bot.scoring.intervals import LEVEL
from bot.scoring.share import share, share_interval


def ces(histogram: Histogram) -> float | None:
    """Return the per cent of 5s, 6s and 7s, 0…100; None where n is 0.

    Dixon, Toman and DeLisi, The Effortless Experience, 2013.

    >>> ces({7: 1, 4: 1})
    50.0
    """
    return share(*easy(histogram))


def ces_interval(histogram: Histogram, level: float = LEVEL) -> Interval | None:
    """Return the Wilson range of the score, in per cent within 0…100."""
    return share_interval(*easy(histogram), level)


def easy(histogram: Histogram) -> tuple[int, int]:
    """Return how many found it easy, and how many answered."""
    counts = on_scale("ces", histogram)
    return within("ces", counts, "easy"), total(counts)
