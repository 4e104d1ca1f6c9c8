from collections import Counter
from math import isfinite

import pytest
from hypothesis import given, strategies as st

from bot.model.answer import SCALES
from bot.model.score import Score
from bot.scoring.score import score

KINDS = st.sampled_from(["nps", "csat", "ces", "rating"])
HISTOGRAMS = st.dictionaries(st.integers(-3, 14), st.integers(-5, 10_000))


def test_a_hundred_answers() -> None:
    """50, 30 and 20 of 100: 30, 14.05…44.21 (docs/explanation/scores.md)."""
    found = score("nps", {10: 50, 8: 30, 3: 20})
    assert (found.n, found.score, found.low_sample) == (100, 30, False)
    assert found.interval == pytest.approx((14.05, 44.21), abs=0.1)
    assert (found.method, found.level) == ("adjusted-wald", 0.95)


def test_eight_promoters() -> None:
    """8 of 8 promoters: 100, 38.5…100 (docs/explanation/scores.md)."""
    found = score("nps", {9: 3, 10: 5})
    assert (found.score, found.low_sample) == (100, True)
    assert found.interval == pytest.approx((38.5, 100), abs=0.1)


def test_satisfied_customers() -> None:
    """9 of 10 chose 4 or 5: 90, 59.6…98.2 (docs/explanation/scores.md)."""
    found = score("csat", {5: 6, 4: 3, 3: 1})
    assert found.score == 90
    assert found.interval == pytest.approx((59.6, 98.2), abs=0.05)
    assert found.method == "wilson"
    assert found.mean == pytest.approx(4.5)


def test_easy_ways() -> None:
    """50 of 100 chose 5 to 7: 50, 40.4…59.6 (docs/explanation/scores.md)."""
    found = score("ces", {5: 20, 6: 20, 7: 10, 4: 30, 1: 20})
    assert found.score == 50
    assert found.interval == pytest.approx((40.4, 59.6), abs=0.05)


def test_nobody_satisfied() -> None:
    """0 of 5 were satisfied: 0, up to 43.4 (docs/explanation/scores.md)."""
    found = score("csat", {1: 5})
    assert found.score == 0
    assert found.interval == pytest.approx((0, 43.4), abs=0.05)


@pytest.mark.parametrize("kind", ["nps", "csat", "ces", "rating"])
def test_nobody(kind: str) -> None:
    """Nobody answered, so there is no score, no range and no mean."""
    found = score(kind, {})
    assert (found.n, found.score, found.interval, found.mean) == (0, None, None, None)
    assert found.low_sample


def test_a_rating_has_a_mean_only() -> None:
    """No definition says which ratings are good ones, so only the mean is given."""
    found = score("rating", {1: 0, 2: 30, 3: 10})
    assert (found.score, found.interval, found.method) == (None, None, "wilson")
    assert (found.n, found.mean) == (40, 2.25)
    assert found.histogram == {1: 0, 2: 30, 3: 10}


@pytest.mark.parametrize(("n", "low"), [(29, True), (30, False)])
def test_thirty_answers_are_enough(n: int, *, low: bool) -> None:
    """Below 30 answers a sample is low (docs/explanation/scores.md)."""
    assert score("nps", {10: n}).low_sample is low


def test_every_value_of_the_scale_is_there() -> None:
    """A histogram shows its whole scale in order, zeros included, and nothing else."""
    for kind, (lowest, highest) in SCALES.items():
        found = score(kind, {highest: 1, highest + 1: 5})
        assert list(found.histogram) == list(range(lowest, highest + 1))
        assert found.n == 1


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("nps", {0: -100, 6: -100, 7: 0, 8: 0, 9: 100, 10: 100}),
        ("csat", {1: 0, 3: 0, 4: 100, 5: 100}),
        ("ces", {1: 0, 4: 0, 5: 100, 7: 100}),
    ],
)
def test_where_values_count(kind: str, values: dict[int, float]) -> None:
    """Each value counts as its definition says, up to both sides of every edge."""
    assert {value: score(kind, {value: 1}).score for value in values} == values


@given(kind=KINDS, histogram=HISTOGRAMS, level=st.floats(0.01, 0.999))
def test_any_histogram_has_a_score(
    kind: str, histogram: dict[int, int], level: float
) -> None:
    """Whatever the counts, figures are finite and within bounds; nothing raises."""
    found = score(kind, histogram, level)
    lowest = -100 if kind == "nps" else 0
    if found.n == 0 or kind == "rating":
        assert found.score is None
        assert found.interval is None
        return
    assert found.score is not None
    assert found.interval is not None
    assert found.mean is not None
    assert isfinite(found.mean)
    assert lowest <= found.score <= 100
    assert lowest <= found.interval[0] <= found.interval[1] <= 100


@given(*[st.tuples(*[st.integers(0, 1000)] * 3).filter(any)] * 2)
def test_counts_are_pooled(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    """The score of two groups weighs each by its answers; scores are never averaged."""
    first, second = _nps(*one), _nps(*other)
    pooled = _nps(*(a + b for a, b in zip(one, other, strict=True)))
    assert pooled.n == first.n + second.n
    assert first.score is not None
    assert second.score is not None
    weighed = (first.n * first.score + second.n * second.score) / pooled.n
    assert pooled.score == pytest.approx(weighed, abs=1e-9)


@given(st.tuples(*[st.integers(0, 1000)] * 3).filter(any))
def test_the_mirror_of_a_score(counts: tuple[int, int, int]) -> None:
    """As many detractors as there were promoters make the opposite score."""
    promoters, passives, detractors = counts
    found = _nps(promoters, passives, detractors)
    mirrored = _nps(detractors, passives, promoters)
    assert found.score is not None
    assert mirrored.score == pytest.approx(-found.score)


def _nps(promoters: int, passives: int, detractors: int) -> Score:
    return score("nps", Counter({10: promoters, 7: passives, 0: detractors}))
