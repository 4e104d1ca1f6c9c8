"""What a flow is checked against: all that stands outside its own file."""

from collections.abc import Mapping
from datetime import time, timedelta
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from bot.model.limits import Limits
from bot.model.programme import Programme

Type = Literal["text", "number", "date", "yes_no", "list", "none", "any"]
"""What a value is. `any` fits everything and is only met where nothing is known."""

CONTACT_FIELDS: Final[Mapping[str, Type]] = MappingProxyType(
    {"first_name": "text", "last_name": "text", "language": "text", "zone": "text"}
)
SESSION_FIELDS: Final[Mapping[str, Type]] = MappingProxyType(
    {
        "channel": "text",
        "language": "text",
        "flow": "text",
        "trigger": "text",
        "today": "date",
    }
)


class Budget(Struct, frozen=True):
    """How many messages we may start with one contact in a time."""

    messages: int
    per: timedelta


class QuietHours(Struct, frozen=True):
    """When nothing that we start goes out; they may pass midnight."""

    begin: time
    end: time

    def hold(self, at: time) -> bool:
        """Tell whether they hold at a time of day.

        >>> QuietHours(time(21), time(9)).hold(time(23))
        True
        """
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


class World(Struct, frozen=True, kw_only=True):
    """Names and types that `config.yaml` declares and flows may use."""

    brand: str = "Voxpop"
    languages: tuple[str, ...] = ("en",)
    teams: tuple[str, ...] = ()
    programmes: Mapping[str, Programme] = {}
    attributes: Mapping[str, Type] = {}
    events: Mapping[str, Mapping[str, Type]] = {}
    review_links: Mapping[str, str] = {}
    budget: Budget | None = None
    quiet_hours: QuietHours | None = None
    templates: Mapping[str, Mapping[str, str]] | None = None
    """`flow.step` to its approved template by language; None where none are needed,
    because no channel closes after 24 hours."""
    opens: frozenset[str] = frozenset()
    """The flows that begin where a contact writes to a channel first."""
    reserved: Mapping[str, Mapping[str, str]] = {}
    """Language to the messages that mean the same in every flow, and what they mean."""
    limits: Mapping[str, Limits] = {}
    """What each enabled channel can show."""
