"""How fast an account may send: no more than so many in any stretch of time.

Sliding windows rather than buckets that refill: a bucket lets twice its size through in
the first second.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.model.rates import Rate, Rates

AT_ONCE: Final = 1_000_000
"""Room where there are no bounds."""


class Window:
    """The instants of the last so many that left, within one rate."""

    def __init__(self, rate: Rate) -> None:
        self.span = timedelta(seconds=rate.seconds)
        self.most = rate.most
        self._left: deque[datetime] = deque(maxlen=rate.most)

    def room(self, now: datetime) -> int:
        """Return how many more may leave now."""
        while self._left and self._left[0] + self.span <= now:
            self._left.popleft()
        return self.most - len(self._left)

    def next_room(self, now: datetime) -> datetime:
        """Return from when another one may leave."""
        return now if self.room(now) else self._left[0] + self.span

    def leave(self, now: datetime) -> None:
        """Note that one leaves."""
        self._left.append(now)


class Pace:
    """What may leave when, of one account: in all, and to each address."""

    def __init__(self, rates: Rates, clock: Clock) -> None:
        self._rates = rates
        self._clock = clock
        self._account = [Window(rate) for rate in rates.account]
        self._addresses: dict[str, list[Window]] = {}
        self._held_until: datetime | None = None
        self._latest: datetime | None = None

    def room(self) -> int:
        """Return how many may leave now, to addresses that may be sent to."""
        now = self._now()
        if self._held_until is not None and now < self._held_until:
            return 0
        self._held_until = None
        return min([window.room(now) for window in self._account], default=AT_ONCE)

    def busy(self) -> list[str]:
        """Return the handles that may not be sent to now."""
        now = self._now()
        waiting = []
        for handle, windows in list(self._addresses.items()):
            if not all(window.room(now) for window in windows):
                waiting.append(handle)
            elif all(window.room(now) == window.most for window in windows):
                del self._addresses[handle]
        return waiting

    def leave(self, handle: str) -> None:
        """Note that a message leaves for an address."""
        now = self._now()
        for window in (*self._account, *self._windows(handle)):
            window.leave(now)

    def hold(self, span: timedelta) -> None:
        """Let nothing leave for so long: the service wants us to slow down."""
        until = self._now() + span
        self._held_until = max(until, self._held_until or until)

    def next_room(self) -> datetime | None:
        """Return the next instant at which more may leave than now, None for none."""
        now = self._now()
        return min((at for at in self._turns(now) if at > now), default=None)

    def _turns(self, now: datetime) -> Iterator[datetime]:
        if self._held_until is not None:
            yield self._held_until
        for window in self._account:
            yield window.next_room(now)
        for windows in self._addresses.values():
            yield max(window.next_room(now) for window in windows)

    def _windows(self, handle: str) -> list[Window]:
        rates = self._rates.of(handle)
        if not rates:
            return []
        windows = self._addresses.get(handle)
        if windows is None:
            windows = self._addresses[handle] = [Window(rate) for rate in rates]
        return windows

    def _now(self) -> datetime:
        """Return the time; where a clock was set back, what it said is forgotten."""
        now = self._clock()
        if self._latest is not None and now < self._latest:
            self._account = [Window(rate) for rate in self._rates.account]
            self._addresses.clear()
            self._held_until = None
        self._latest = now
        return now
