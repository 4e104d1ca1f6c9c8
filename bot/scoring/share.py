"""The share of answers that are good ones, in per cent."""

from bot.model.score import Interval
from bot.scoring.intervals import LEVEL, wilson


def share(hits: int, n: int) -> float | None:
    """Return hits in per cent of n, 0…100; None where n is 0.

    >>> share(9, 10), share(0, 0)
    (90.0, None)
    """
    return 100 * hits / n if n else None


def share_interval(hits: int, n: int, level: float = LEVEL) -> Interval | None:
    """Return the Wilson range of that share, in per cent within 0…100."""
    found = wilson(hits, n, level)
    return found and (100 * found[0], 100 * found[1])
