"""From the counts of any scored question to its figure."""

from bot.model.score import Interval, Score
from bot.scoring.ces import ces, ces_interval
from bot.scoring.csat import csat, csat_interval
from bot.scoring.histogram import Histogram, mean, on_scale, total
from bot.scoring.intervals import LEVEL, LOW_SAMPLE
from bot.scoring.nps import nps, nps_interval


def score(kind: str, histogram: Histogram, level: float = LEVEL) -> Score:
    """Return what the counts of one question add up to; any other kind has a mean only.

    `level` (above 0, below 1) is how often the range holds the true figure.

    >>> found = score("nps", {10: 50, 8: 30, 3: 20})
    >>> found.score, found.method, found.low_sample
    (30.0, 'adjusted-wald', False)
    """
    counts = on_scale(kind, histogram)
    figure, interval = _figure(kind, counts, level)
    return Score(
        n=total(counts),
        score=figure,
        interval=interval,
        level=level,
        method="adjusted-wald" if kind == "nps" else "wilson",
        low_sample=total(counts) < LOW_SAMPLE,
        histogram=counts,
        mean=mean(counts),
    )


def _figure(
    kind: str, counts: Histogram, level: float
) -> tuple[float | None, Interval | None]:
    match kind:
        case "nps":
            return nps(counts), nps_interval(counts, level)
        case "csat":
            return csat(counts), csat_interval(counts, level)
        case "ces":
            return ces(counts), ces_interval(counts, level)
        case _:
            return None, None
