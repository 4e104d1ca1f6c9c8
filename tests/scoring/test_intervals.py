from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from bot.scoring.intervals import adjusted_wald, wilson, z_of

COUNTS = st.integers(0, 100_000)
SHAPES = st.tuples(*[st.integers(0, 500)] * 3).filter(any)
LEVELS = st.floats(0.5, 0.999)


@pytest.mark.parametrize(
    ("hits", "n", "expected"),
    [(9, 10, (0.596, 0.982)), (0, 5, (0.0, 0.434)), (50, 100, (0.404, 0.596))],
)
def test_known_shares(hits: int, n: int, expected: tuple[float, float]) -> None:
    """Wilson's range at 95 % (docs/explanation/scores.md)."""
    assert wilson(hits, n) == pytest.approx(expected, abs=0.0005)


@pytest.mark.parametrize(
    ("promoters", "detractors", "n", "expected"),
    [(50, 20, 100, (0.1405, 0.4421)), (8, 0, 8, (0.385, 1.0))],
)
def test_known_net_scores(
    promoters: int, detractors: int, n: int, expected: tuple[float, float]
) -> None:
    """The adjusted-Wald range at 95 % (docs/explanation/scores.md)."""
    found = adjusted_wald(promoters, detractors, n)
    assert found == pytest.approx(expected, abs=0.001)


def test_of_one_answer_the_range_ends_below_its_score() -> None:
    """Three added answers outweigh one: 1 promoter gives -0.485…0.985, not up to 1."""
    assert adjusted_wald(1, 0, 1) == pytest.approx((-0.485, 0.985), abs=0.001)


def test_nobody_has_no_range() -> None:
    """Without answers there is nothing to be sure or unsure of."""
    assert adjusted_wald(0, 0, 0) is None
    assert wilson(0, 0) is None


def test_the_usual_levels() -> None:
    """95 % is 1.96 standard errors to either side and 99 % is 2.58 (normal tables)."""
    assert z_of(0.95) == pytest.approx(1.95996, abs=1e-5)
    assert z_of(0.99) == pytest.approx(2.57583, abs=1e-5)


@given(hits=COUNTS, misses=COUNTS, level=LEVELS)
def test_wilson_holds_its_share(hits: int, misses: int, level: float) -> None:
    """The range lies within 0…1 and holds the share, at any level."""
    found = wilson(hits, hits + misses, level)
    if found is None:
        assert hits + misses == 0
        return
    assert 0 <= found[0] <= hits / (hits + misses) <= found[1] <= 1


@given(promoters=COUNTS, passives=COUNTS, detractors=COUNTS)
def test_adjusted_wald_holds_its_score(
    promoters: int, passives: int, detractors: int
) -> None:
    """At 95 % the range lies within -1…1 and, from two answers on, holds the score."""
    n = promoters + passives + detractors
    found = adjusted_wald(promoters, detractors, n)
    if found is None:
        assert n == 0
        return
    assert -1 <= found[0] < found[1] <= 1
    if n > 1:
        assert found[0] <= (promoters - detractors) / n <= found[1]


@given(promoters=COUNTS, passives=COUNTS, detractors=COUNTS, level=LEVELS)
def test_the_mirror_of_a_net_score(
    promoters: int, passives: int, detractors: int, level: float
) -> None:
    """Promoters and detractors swapped turn the range over at 0."""
    n = promoters + passives + detractors
    found = adjusted_wald(promoters, detractors, n, level)
    mirrored = adjusted_wald(detractors, promoters, n, level)
    if found is None or mirrored is None:
        assert n == 0
        return
    assert mirrored == pytest.approx((-found[1], -found[0]), abs=1e-12)


@given(SHAPES, st.integers(2, 50))
def test_more_of_the_same_says_it_more_sharply(
    shape: tuple[int, int, int], times: int
) -> None:
    """As many times the same answers always narrow the range, at 95 %."""
    promoters, detractors, _ = shape
    n = sum(shape)
    for few, many in (
        (
            adjusted_wald(promoters, detractors, n),
            adjusted_wald(promoters * times, detractors * times, n * times),
        ),
        (wilson(promoters, n), wilson(promoters * times, n * times)),
    ):
        assert few is not None
        assert many is not None
        assert many[1] - many[0] < few[1] - few[0]


@given(promoters=COUNTS, detractors=COUNTS, passives=COUNTS)
def test_surer_is_wider(promoters: int, detractors: int, passives: int) -> None:
    """To be right more often, a range must be wider (or already be all there is)."""
    n = promoters + detractors + passives
    ranges = [adjusted_wald(promoters, detractors, n, at) for at in (0.8, 0.95, 0.99)]
    ranges = [found for found in ranges if found]
    assert len(ranges) == (3 if n else 0)
    for narrow, wide in pairwise(ranges):
        assert narrow is not None
        assert wide is not None
        assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]
