"""Who is connected: the web as a channel that messages are sent through."""

from collections import Counter, OrderedDict
from typing import Final, Protocol

from bot.model.message import Delivery, State
from bot.model.rates import FREE, Rates
from channels.web import frames
from channels.web.entries import NAME, said
from channels.web.limits import Limits

BAD_FRAME: Final = 4400
NO_HELLO: Final = 4408
TOO_MANY_TABS: Final = 4409
TOO_MUCH: Final = 4429
"""The codes that we close sockets with (RFC 6455 leaves 4000 to 4999 to us)."""


class Line(Protocol):
    """One open socket: where it comes from, and whose it is once it said hello."""

    address: str
    handle: str | None

    def push(self, frame: frames.ToPage) -> bool:
        """Have a frame sent; False where the line is closing."""
        ...

    def close(self, code: int) -> None:
        """Close the line with a code of ours."""
        ...


class Hub:
    """All open sockets by visitor."""

    name = NAME
    at_once: int | None = None
    rates: Rates = FREE

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._strangers: OrderedDict[Line, None] = OrderedDict()
        self._tabs: dict[str, list[Line]] = {}
        self._of_address: Counter[str] = Counter()
        self._open = 0

    @property
    def open(self) -> int:
        """Return how many sockets are open."""
        return self._open

    def admit(self, line: Line) -> bool:
        """Take in a socket that has not said hello; False where there are too many.

        The stranger that waited longest is closed in favour of a new one.
        """
        limits = self._limits
        crowded = self._of_address[line.address] >= limits.sockets_of_address
        if crowded or self._open >= limits.sockets:
            return False
        if len(self._strangers) >= limits.strangers:
            oldest, _ = self._strangers.popitem(last=False)
            oldest.close(NO_HELLO)
        self._strangers[line] = None
        self._of_address[line.address] += 1
        self._open += 1
        return True

    def greet(self, line: Line, handle: str) -> None:
        """Know from now on whose socket this is; close the oldest of too many tabs."""
        self._part(line)
        line.handle = handle
        tabs = self._tabs.setdefault(handle, [])
        tabs.append(line)
        if len(tabs) > self._limits.tabs:
            tabs.pop(0).close(TOO_MANY_TABS)

    def leave(self, line: Line) -> None:
        """Forget a socket that is closed."""
        self._part(line)
        self._open -= 1
        self._of_address[line.address] -= 1
        if not self._of_address[line.address]:
            del self._of_address[line.address]

    def _part(self, line: Line) -> None:
        self._strangers.pop(line, None)
        tabs = self._tabs.get(line.handle or "", [])
        if line in tabs:
            tabs.remove(line)
        if line.handle is not None and not tabs:
            self._tabs.pop(line.handle, None)

    def present(self, handle: str) -> bool:
        """Say whether a visitor has the page open."""
        return handle in self._tabs

    def others(self, handle: str, line: Line | None) -> bool:
        """Say whether a visitor has further windows open."""
        return len(self._tabs.get(handle, ())) > (line is not None)

    def show(
        self, handle: str, frame: frames.ToPage, *, but: Line | None = None
    ) -> bool:
        """Push a frame to every socket of a visitor; say whether any took it."""
        lines = [line for line in self._tabs.get(handle, ()) if line is not but]
        return sum(line.push(frame) for line in lines) > 0

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Show a message to its visitor: delivered where a socket is open, else sent.

        What was only sent is fetched when the page comes again, and counts then.
        """
        talk = None
        if delivery.asks is not None and delivery.session is not None:
            talk = frames.Talk(
                id=str(delivery.session), open=True, language=None, asks=delivery.asks
            )
        frame = frames.Messages((said(delivery),), talk)
        shown = self.show(delivery.address.handle, frame)
        return ("delivered" if shown else "sent"), None
