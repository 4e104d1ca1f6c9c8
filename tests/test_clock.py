"""Ids grow with time and never repeat, whatever the clock does."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.clock import make_ids

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHIFT = 22
"""Bits below the millisecond."""


def test_borrowed_milliseconds() -> None:
    """More ids than a millisecond has take the next ones, and go on growing."""
    new_id = make_ids(lambda: NOON, node=3)
    ids = [new_id() for _ in range(1_100)]
    assert all(a < b for a, b in pairwise(ids))
    assert {id_ >> SHIFT for id_ in ids} == {(ids[0] >> SHIFT) + n for n in range(3)}


def test_clock_steps_back() -> None:
    """An id made after the clock stepped back still comes after those before it."""
    times = iter([NOON, NOON - timedelta(hours=1), NOON])
    new_id = make_ids(lambda: next(times), node=3)
    first, second, third = new_id(), new_id(), new_id()
    assert first < second < third


def test_time_of_an_id() -> None:
    """The millisecond in which an id was made can be read from it."""
    times = iter([NOON, NOON + timedelta(milliseconds=7)])
    new_id = make_ids(lambda: next(times), node=3)
    first, second = new_id(), new_id()
    assert (second >> SHIFT) - (first >> SHIFT) == timedelta(milliseconds=7) // (
        timedelta(milliseconds=1)
    )


def test_two_makers() -> None:
    """Makers of different numbers never make the same id."""
    ours, theirs = make_ids(lambda: NOON, node=1), make_ids(lambda: NOON, node=2)
    assert {ours() for _ in range(600)}.isdisjoint(theirs() for _ in range(600))


def test_clock_before_all_ids() -> None:
    """A clock that stands before 2025 makes positive ids too."""
    new_id = make_ids(lambda: datetime(1999, 1, 1, tzinfo=UTC), node=0)
    assert 0 < new_id() < new_id()
