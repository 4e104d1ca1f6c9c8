"""Figures that know their noise: a score, a rate, a change between two periods."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Method = Literal["adjusted-wald", "wilson"]
Interval = tuple[float, float]
Verdict = Literal["real", "noise"]


class Score(Struct, frozen=True, kw_only=True):
    """What the answers to one question add up to, and how far that can be trusted.

    `score` is -100…100 (NPS) or per cent 0…100 (CSAT, CES), unrounded; it and
    `interval` are None where nobody answered and where a kind has no score (`rating`).
    `mean` is in the units of the question's own scale.
    """

    n: int
    score: float | None
    interval: Interval | None
    level: float
    method: Method
    low_sample: bool
    histogram: Mapping[int, int]
    mean: float | None


class Rate(Struct, frozen=True):
    """A share, 0 and up, and the name of what it is a share of; None of nothing."""

    value: float | None
    of: str


class Change(Struct, frozen=True, kw_only=True):
    """How far a score moved, in its points, and whether chance alone would do that."""

    difference: float
    z: float
    level: float
    verdict: Verdict
