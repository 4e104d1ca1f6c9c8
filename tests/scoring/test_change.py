from math import inf

import pytest
from hypothesis import given, strategies as st

from bot.scoring.change import change

COUNTS = st.dictionaries(st.integers(0, 10), st.integers(0, 1000))


def test_fifteen_points_of_a_hundred_answers_are_noise() -> None:
    """50/30/20, then 60/25/15: z is 1.39, noise (docs/explanation/scores.md)."""
    found = change("nps", {10: 50, 8: 30, 3: 20}, {10: 60, 8: 25, 3: 15})
    assert found is not None
    assert found.difference == pytest.approx(15)
    assert found.z == pytest.approx(1.39, abs=0.005)
    assert found.verdict == "noise"


def test_the_same_points_of_more_answers_are_real() -> None:
    """Ten times the answers make the same 15 points sure."""
    found = change("nps", {10: 500, 8: 300, 3: 200}, {10: 600, 8: 250, 3: 150})
    assert found is not None
    assert found.verdict == "real"


@pytest.mark.parametrize(("kind", "good", "bad"), [("csat", 5, 3), ("ces", 5, 4)])
def test_shares_move(kind: str, good: int, bad: int) -> None:
    """From 50 to 65 of 100: pooled z is 2.15, real (two-proportion z test by hand)."""
    found = change(kind, {good: 50, bad: 50}, {good: 65, bad: 35})
    assert found is not None
    assert found.difference == pytest.approx(15)
    assert found.z == pytest.approx(2.1455, abs=0.001)
    assert found.verdict == "real"


def test_a_stricter_level() -> None:
    """What is real 19 times out of 20 may be noise at 99 %."""
    found = change("csat", {5: 50, 3: 50}, {5: 65, 3: 35}, level=0.99)
    assert found is not None
    assert found.verdict == "noise"


@pytest.mark.parametrize(("before", "after"), [(29, 500), (500, 29), (0, 0)])
def test_too_few_answers_say_nothing(before: int, after: int) -> None:
    """With fewer than 30 answers in either period there is no verdict."""
    assert change("nps", {0: before}, {10: after}) is None


def test_a_rating_has_no_score_to_change() -> None:
    """A kind without a score has no change either."""
    assert change("rating", {1: 50}, {5: 50}) is None


def test_all_against_all() -> None:
    """From none to all is real without a doubt, and from all to all is no change."""
    turned = change("nps", {0: 30}, {10: 30})
    same = change("csat", {5: 30}, {5: 40})
    assert turned is not None
    assert same is not None
    assert (turned.difference, turned.z, turned.verdict) == (200, inf, "real")
    assert (same.difference, same.z, same.verdict) == (0, 0, "noise")


@given(kind=st.sampled_from(["nps", "csat", "ces"]), before=COUNTS, after=COUNTS)
def test_there_and_back(
    kind: str, before: dict[int, int], after: dict[int, int]
) -> None:
    """The way back is as far as the way there, and as sure."""
    there, back = change(kind, before, after), change(kind, after, before)
    if there is None or back is None:
        assert there is back
        return
    assert back.difference == pytest.approx(-there.difference)
    assert back.z == pytest.approx(-there.z)
    assert back.verdict == there.verdict
