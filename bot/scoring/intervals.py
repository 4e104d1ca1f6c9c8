"""Where the true figure lies, given how few people were asked."""

from math import sqrt
from statistics import NormalDist

from bot.model.score import Interval

LEVEL = 0.95
"""The default: the range holds the true figure 19 times out of 20."""
LOW_SAMPLE = 30
"""With fewer answers the range of an NPS is mostly wider than ±27 points."""


def z_of(level: float) -> float:
    """Return how many standard errors on either side hold `level` (0…1) of chance.

    >>> round(z_of(0.95), 2)
    1.96
    """
    return NormalDist().inv_cdf((1 + level) / 2)


def adjusted_wald(
    promoters: int, detractors: int, n: int, level: float = LEVEL
) -> Interval | None:
    """Return the range of a net promoter score, within -1…1; None where n is 0.

    Three answers are added, ¾ to either end and 1½ to the middle, which pulls the
    middle of the range towards 0: of one single answer 10 the range ends below the
    score. Rocks, The American Statistician 70(4), 2016: among the best of those tested.

    >>> [round(end, 3) for end in adjusted_wald(50, 20, 100)]
    [0.141, 0.442]
    """
    if not n:
        return None
    size, for_us, against = n + 3, promoters + 0.75, detractors + 0.75
    middle = (for_us - against) / size
    variance = max(0.0, (for_us + against) / size - middle**2)
    margin = z_of(level) * sqrt(variance / size)
    return max(-1.0, middle - margin), min(1.0, middle + margin)


def wilson(hits: int, n: int, level: float = LEVEL) -> Interval | None:
    """Return the range of a share, within 0…1; None where n is 0.

    It always holds the share itself. Wilson, JASA 22(158), 1927.

    >>> [round(end, 3) for end in wilson(9, 10)]
    [0.596, 0.982]
    """
    if not n:
        return None
    z, share = z_of(level), hits / n
    size = n + z**2
    middle = (hits + z**2 / 2) / size
    margin = z / size * sqrt(n * share * (1 - share) + z**2 / 4)
    return max(0.0, min(share, middle - margin)), min(1.0, max(share, middle + margin))
