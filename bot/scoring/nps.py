"""Net promoter score: how likely people are to recommend us, 0 to 10."""

from bot.model.score import Interval
from bot.scoring.histogram import Histogram, on_scale, total, within
from bot.scoring.intervals import LEVEL, adjusted_wald


def nps(histogram: Histogram) -> float | None:
    """Return the per cent of 9-10 minus that of 0-6, -100…100; None where n is 0.

    Reichheld, Harvard Business Review, December 2003.

    >>> nps({10: 50, 8: 30, 3: 20})
    30.0
    """
    promoters, detractors, n = ends(histogram)
    return 100 * (promoters - detractors) / n if n else None


def nps_interval(histogram: Histogram, level: float = LEVEL) -> Interval | None:
    """Return the adjusted-Wald range of the score, within -100…100."""
    found = adjusted_wald(*ends(histogram), level)
    return found and (100 * found[0], 100 * found[1])


def nps_variance(histogram: Histogram) -> float:
    """Return the variance of one answer counted as 1, 0 or -1; 0 where n is 0.

    >>> nps_variance({10: 1, 0: 1}), nps_variance({})
    (1.0, 0.0)
    """
    promoters, detractors, n = ends(histogram)
    if not n:
        return 0.0
    return max(0.0, (promoters + detractors) / n - ((promoters - detractors) / n) ** 2)


def ends(histogram: Histogram) -> tuple[int, int, int]:
    """Return the number of promoters, of detractors and of all who answered."""
    n = total(on_scale("nps", histogram))
    promoters = within("nps", histogram, "promoter")
    return promoters, within("nps", histogram, "detractor"), n
