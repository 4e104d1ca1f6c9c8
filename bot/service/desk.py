"""What every use case works with: the same for a whole process."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct, field

from bot.clock import Clock, Ids
from bot.engine.heard import Facts, Sprint
from bot.model.contact import NAMES, Address, Contact
from bot.model.world import World
from bot.service.library import Library
from bot.service.ports import Store


class Desk(Struct, frozen=True, kw_only=True):
    """The store, the flows, the clock, and what the operator configured.

    `zone` is the brand's: the day that reports count by. `start_flows` names the flow
    that *start* begins on each channel. `channels` are those that we send through, all
    where none is named. `slot` tells one worker's counts from others'.
    """

    store: Store
    library: Library
    clock: Clock
    new_id: Ids
    world: World
    zone: ZoneInfo
    start_flows: Mapping[str, str] = {}
    slot: int = 0
    channels: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    """The channels that files are fetched from."""
    watch: Callable[[int, Sprint], None] | None = None
    """Shown each sprint with its contact; whoever rehearses looks on here."""
    stored: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever something was stored that may have to go out now."""

    def facts(
        self,
        contact: Contact,
        address: Address,
        now: datetime,
        today: date,
        told_language: str | None = None,
    ) -> Facts:
        """Return what the engine is told of a contact at an instant."""
        return Facts(
            now=now,
            today=today,
            contact=contact,
            address=address,
            world=self.world,
            new_session=self.new_id(),
            start_flow=self.start_flows.get(address.channel),
            told_language=told_language,
        )

    def reaches(self, address: Address) -> bool:
        """Say whether somebody is reached at an address, rather than only named."""
        if self.channels:
            return address.channel in self.channels
        return address.channel not in NAMES

    def day(self, now: datetime) -> str:
        """Return the brand's date at an instant, as reports write it."""
        return now.astimezone(self.zone).date().isoformat()

    def today(self, now: datetime, zone: str | None) -> date:
        """Return the date at an instant where a contact lives, else at the brand's."""
        return now.astimezone(zone_named(zone) or self.zone).date()


@lru_cache(maxsize=1024)
def zone_named(name: str | None) -> ZoneInfo | None:
    """Return a time zone by name, None where there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
