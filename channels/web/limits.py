"""How much one visitor and one address may ask for: token buckets on a given clock."""

from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import Final

from msgspec import Struct

Seconds = Callable[[], float]
"""A clock that only grows, such as `time.monotonic`."""

MOST_BUCKETS: Final = 50_000
"""Names of which a meter keeps count; the one that was asked about longest ago goes."""


class Rate(Struct, frozen=True):
    """So many at once, and so many more a second."""

    burst: int
    a_second: float


class Limits(Struct, frozen=True, kw_only=True):
    """What is allowed; an address may stand for a whole office, or a mobile network."""

    messages: Rate = Rate(20, 1)
    """Messages of one visitor."""
    messages_of_address: Rate = Rate(300, 50)
    visitors_of_address: Rate = Rate(60, 0.5)
    """New visitors from one address."""
    calls_of_address: Rate = Rate(600, 60)
    """Requests and new sockets from one address."""
    uploads: Rate = Rate(5, 0.05)
    """Photos and files of one visitor."""
    tabs: int = 6
    """Open sockets of one visitor; the oldest is closed."""
    sockets_of_address: int = 250
    strangers: int = 4_000
    """Sockets that have not said hello yet; the oldest is closed. There is room for all
    that can come in the second that a slow network takes to bring a hello."""
    sockets: int = 10_000
    """Open sockets in all."""


class Meter:
    """One bucket a name; a name that stays within its rate is never refused."""

    def __init__(self, rate: Rate, seconds: Seconds) -> None:
        self._rate = rate
        self._seconds = seconds
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> bool:
        """Take one from a name's bucket; False where it is empty."""
        now = self._seconds()
        left, since = self._buckets.pop(name, (float(self._rate.burst), now))
        left = min(self._rate.burst, left + (now - since) * self._rate.a_second)
        allowed = left >= 1
        self._buckets[name] = (left - 1 if allowed else left, now)
        self._forget(now)
        return allowed

    def _forget(self, now: float) -> None:
        """Drop the names asked about longest ago: a full bucket is as good as none."""
        while self._buckets:
            _, since = next(iter(self._buckets.values()))
            full = (now - since) * self._rate.a_second >= self._rate.burst
            if not full and len(self._buckets) <= MOST_BUCKETS:
                return
            self._buckets.popitem(last=False)

    def wait(self, name: str) -> int:
        """Return after how many whole seconds a name may ask again, at least one."""
        left, since = self._buckets.get(name, (float(self._rate.burst), 0.0))
        left += (self._seconds() - since) * self._rate.a_second
        return max(1, ceil((1 - left) / self._rate.a_second))
