"""Whether a score moved, or only chance did."""

from math import copysign, inf, sqrt

from bot.model.score import Change
from bot.scoring.ces import easy
from bot.scoring.csat import satisfied
from bot.scoring.histogram import Histogram, on_scale, total
from bot.scoring.intervals import LEVEL, LOW_SAMPLE, z_of
from bot.scoring.nps import nps, nps_variance


def change(
    kind: str, before: Histogram, after: Histogram, level: float = LEVEL
) -> Change | None:
    """Return how a score moved between two periods, in points, with a verdict.

    *Real* means that chance alone would move it as far less often than 1 - `level`.
    None where either period has fewer than 30 answers, or the kind has no score.

    >>> change("nps", {10: 50, 8: 30, 3: 20}, {10: 60, 8: 25, 3: 15}).verdict
    'noise'
    """
    if min(total(on_scale(kind, counts)) for counts in (before, after)) < LOW_SAMPLE:
        return None
    match kind:
        case "nps":
            difference, error = _net(before, after)
        case "csat":
            difference, error = _shares(satisfied(before), satisfied(after))
        case "ces":
            difference, error = _shares(easy(before), easy(after))
        case _:
            return None
    z = _z(difference, error)
    return Change(
        difference=difference,
        z=z,
        level=level,
        verdict="real" if abs(z) > z_of(level) else "noise",
    )


def _net(before: Histogram, after: Histogram) -> tuple[float, float]:
    """Return the difference of two scores and its standard error, unpooled."""
    variances = [
        nps_variance(counts) / total(on_scale("nps", counts))
        for counts in (before, after)
    ]
    return (nps(after) or 0.0) - (nps(before) or 0.0), 100 * sqrt(sum(variances))


def _shares(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, float]:
    """Return the difference of two shares and its standard error, pooled."""
    (hits, n), (hits_after, n_after) = before, after
    pooled = (hits + hits_after) / (n + n_after)
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / n_after))
    return 100 * (hits_after / n_after - hits / n), 100 * error


def _z(difference: float, error: float) -> float:
    """Return the difference in standard errors, infinite where there is no error."""
    if error:
        return difference / error
    return copysign(inf, difference) if difference else 0.0
