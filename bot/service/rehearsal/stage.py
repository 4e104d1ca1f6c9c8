"""What talks are played on: a house whose clock and channels are in our hands."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.engine.heard import Sprint, Trod
from bot.model.limits import Limits
from bot.model.message import Delivery, State
from bot.model.rates import FREE, Rates
from bot.service.desk import Desk
from bot.service.inbound import Inbox
from bot.service.outbox import Outbox
from bot.service.timers import Timers
from flows.language.model import SPRINTS_A_SESSION

MONDAY_NOON: Final = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001 - local to the contact
LAST: Final = datetime(2091, 1, 1, tzinfo=UTC)
"""Where the clock ends: ids hold no moments beyond 2094."""
RESTLESS: Final = SPRINTS_A_SESSION
"""So many pushes without a line of the test in between, and a talk never rests."""


class Hands:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.at = MONDAY_NOON.replace(tzinfo=ZoneInfo("UTC"))

    def __call__(self) -> datetime:
        """Return the moment the clock shows."""
        return self.at


class Listener:
    """A channel that keeps what it is given, for the test to look at."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.at_once: int | None = 1
        self.rates: Rates = FREE
        self.heard: list[Delivery] = []

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Keep the message; it counts as delivered."""
        self.heard.append(delivery)
        return "delivered", None


class Audience:
    """A channel that keeps what it is given, by whom it is for."""

    at_once: int | None = None
    rates: Rates = FREE

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: dict[str, list[Delivery]] = {}

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Keep the message; it counts as delivered."""
        self.heard.setdefault(delivery.address.handle, []).append(delivery)
        return "delivered", None


class Watch:
    """Sees every sprint: whose talks they are, what ways they took, who never rests."""

    def __init__(self) -> None:
        self.newest: dict[tuple[int, str], int] = {}
        self.trod: set[Trod] = set()
        self.pushes: Counter[int] = Counter()
        self.restless: set[int] = set()

    def __call__(self, contact: int, sprint: Sprint) -> None:
        """Look at what one push of a contact's talk produced."""
        self.trod.update(sprint.trod)
        self.pushes[contact] += 1
        if self.pushes[contact] > RESTLESS:
            self.restless.add(contact)
        session = sprint.session
        if session is not None:
            self.newest[contact, session.flow] = session.id

    def rest(self, contact: int) -> None:
        """Count a contact's pushes anew: the test has said its next line."""
        self.pushes[contact] = 0


class Stage(Struct, frozen=True, kw_only=True):
    """All that rehearsals need: a freshly opened house, its clock and its channels."""

    desk: Desk
    hands: Hands
    inbox: Inbox
    outbox: Outbox
    timers: Timers
    watch: Watch
    channels: Mapping[str, Audience] = {}
    limits: Mapping[str, Limits] = {}
    """What services can show, by channel."""

    def set_clock(self, at: datetime) -> None:
        """Move the clock on, never back."""
        self.hands.at = max(self.hands.at, at.astimezone(UTC))
