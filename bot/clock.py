"""The one place that knows the time and makes ids; everybody else is handed them."""

import itertools
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
Ids = Callable[[], int]

_EPOCH_MS = 1_735_689_600_000  # 2025-01-01T00:00:00Z
_NODE_BITS = 13
_COUNT_BITS = 9


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def make_ids(clock: Clock = now, node: int | None = None) -> Ids:
    """Return a maker of ids that grow with time and never repeat within it.

    An id is a positive 63-bit integer: 41 bits of milliseconds since 2025, 13 bits
    that tell one maker from another (drawn at random unless given), 9 bits of count.
    When a millisecond runs out, or the clock steps back, the next one is borrowed.
    """
    place = secrets.randbits(_NODE_BITS) if node is None else node
    lock = threading.Lock()
    last = 0
    counter = itertools.count()

    def new_id() -> int:
        nonlocal last, counter
        with lock:
            tick = int(clock().timestamp() * 1000) - _EPOCH_MS
            if tick > last:
                last, counter = tick, itertools.count()
            count = next(counter)
            if count >> _COUNT_BITS:
                last, counter = last + 1, itertools.count(1)
                count = 0
            return ((last << _NODE_BITS) | place) << _COUNT_BITS | count

    return new_id


def stopwatch() -> float:
    """Return seconds of a clock that only runs forward, for measuring spans."""
    return time.monotonic()
