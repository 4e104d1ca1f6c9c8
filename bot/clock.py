"""The one place that knows the time and makes ids; everybody else is handed them."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

Clock = Callable[[], datetime]
Ids = Callable[[], int]
Chance = Random

_EPOCH_MS = 1_735_689_600_000  # 2025-01-01T00:00:00Z
_MILLISECOND = 1_000_000  # in nanoseconds
_NODE_BITS = 13
_COUNT_BITS = 9
_COUNT_MAX = (1 << _COUNT_BITS) - 1
_TICK_SHIFT = _NODE_BITS + _COUNT_BITS


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def make_ids(clock: Clock | None = None, node: int | None = None) -> Ids:
    """Return a maker of ids that grow with time and never repeat within it.

    An id is a positive 63-bit integer: 41 bits of milliseconds since 2025, 13 bits
    that tell one maker from another (drawn at random unless given), 9 bits of count.
    When a millisecond runs out, or the clock steps back, the next one is borrowed. A
    maker belongs to one thread.
    """
    place = (secrets.randbits(_NODE_BITS) if node is None else node) << _COUNT_BITS
    nanos = time.time_ns if clock is None else _nanos_of(clock)
    newest = last = 0  # the id made last, and the last that its millisecond has
    until = (_EPOCH_MS + 1) * _MILLISECOND

    def new_id() -> int:
        nonlocal newest, last, until
        at = nanos()
        if at < until and newest < last:
            newest += 1
            return newest
        tick = max(at, until) // _MILLISECOND
        until = (tick + 1) * _MILLISECOND
        newest = (tick - _EPOCH_MS) << _TICK_SHIFT | place
        last = newest | _COUNT_MAX
        return newest

    return new_id


def first_id(at: datetime) -> int:
    """Return the smallest id that can be made at an instant; earlier ones are smaller.

    >>> first_id(datetime(2025, 1, 1, 0, 0, 0, 1000, tzinfo=UTC)) == 1 << 22
    True
    """
    return max(0, int(at.timestamp() * 1000) - _EPOCH_MS) << _TICK_SHIFT


def seeded(seed: int) -> Chance:
    """Return chance that can be had again: the same seed draws the same."""
    return Chance(seed)


def _nanos_of(clock: Clock) -> Callable[[], int]:
    """Return a reader of a clock's nanoseconds since 1970, by whole milliseconds."""
    return lambda: int(clock().timestamp() * 1000) * _MILLISECOND
