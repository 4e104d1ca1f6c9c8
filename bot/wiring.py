"""The only file that sees every part: it builds them and hands them to one another."""

import asyncio
import gc
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bot import clock as clocks, log
from bot.config import Settings, load_settings
from bot.engine.heard import Sprint
from bot.errors import StoreUnavailable
from bot.service.bell import Bell
from bot.service.desk import Desk
from bot.service.inbound import Inbox
from bot.service.leases import Leases
from bot.service.library import Library
from bot.service.outbox import Outbox
from bot.service.ports import Channel, Gives
from bot.service.pushes import Pushes
from bot.service.retention import LEASE as FORGETTING, Retention
from bot.service.stuck import Decoder
from bot.service.timers import Timers
from bot.world import world_of
from channels.web import entries
from storage import SqlStore, open_store

TELEGRAM: Final = "telegram"
MEMORY: Final = "sqlite:///:memory:"
YOUNG: Final = 50_000
"""New objects after which the garbage collector looks for cycles among them."""


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything a command works with, ready to use."""

    settings: Settings
    store: SqlStore
    desk: Desk
    library: Library
    leases: Leases
    bell: Bell
    inbox: Inbox
    outbox: Outbox
    timers: Timers
    retention: Retention


@asynccontextmanager
async def opened(  # noqa: PLR0913 - all that a house may differ in
    config: Path | None = None,
    *,
    memory: bool = False,
    looking: bool = False,
    clock: clocks.Clock | None = None,
    channels: Sequence[Channel] = (),
    settings: Settings | None = None,
    worker: bool = False,
    watch: Callable[[int, Sprint], None] | None = None,
) -> AsyncIterator[House]:
    """Open the house that the configuration describes, and close it after use.

    With `memory` nothing is kept; `looking` makes no database where there is none yet;
    a `worker` serves, perhaps beside others, and has a number of its own; `watch` is
    shown each sprint.
    Raises InvalidSettings, StoreUnavailable.
    """
    settings = settings or load_settings(config)
    log.configure(settings.log.level)
    database = settings.database_url()
    if memory or (looking and _is_missing(database)):
        database = MEMORY
    async with open_store(database, threaded=not memory) as store:
        library = Library(store)
        me = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        leases = Leases(store, clock or clocks.now, me)
        bell = Bell(store, me)
        slot = await leases.seat() if worker else 0
        desk = Desk(
            store=store,
            library=library,
            slot=slot,
            clock=clock or clocks.now,
            new_id=clocks.make_ids(clock),
            world=world_of(settings),
            zone=ZoneInfo(settings.brand.timezone),
            start_flows=_start_flows(settings, channels),
            channels=frozenset(channel.name for channel in channels),
            watch=watch,
            gives=frozenset(each.name for each in channels if isinstance(each, Gives)),
        )
        await library.refresh()
        pushed = [each.name for each in channels if each.at_once is None]
        pushes = Pushes(pushed if worker else ())
        inbox = Inbox(desk, pushes)
        house = House(
            settings=settings,
            store=store,
            desk=desk,
            library=library,
            leases=leases,
            bell=bell,
            inbox=inbox,
            outbox=Outbox(
                desk,
                _by_name(channels),
                leases=leases if worker else None,
                bell=bell,
                pushes=pushes,
            ),
            timers=Timers(desk),
            retention=Retention(
                desk,
                settings.retention.raw_payloads,
                store.scrub,
                partial(leases.holds, FORGETTING),
            ),
        )
        settle_memory()
        taking = asyncio.create_task(inbox.run())
        try:
            yield house
        finally:
            taking.cancel()
            with suppress(asyncio.CancelledError):
                await taking
            with suppress(StoreUnavailable):
                await leases.drop()


def _is_missing(database: str) -> bool:
    place = database.removeprefix("sqlite:///")
    return place != database and not Path(place).exists()


def settle_memory() -> None:
    """Keep the garbage collector's rounds short and few: what is loaded by now stays.

    Messages leave no cycles behind, so nearly all of a round would be in vain:
    measured at 13 % of the inbound path (`benchmarks/inbound.py`).
    """
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)


def _start_flows(settings: Settings, channels: Sequence[Channel]) -> Mapping[str, str]:
    """Return what *start* begins on each of these channels, where that is set."""
    names = (channel.name for channel in channels)
    parts = ((name, getattr(settings.channels, name, None)) for name in names)
    return {name: part.flow for name, part in parts if part is not None and part.flow}


def as_served(house: House) -> Desk:
    """Return the desk as it is while the server runs: no channel is open here."""
    parts = {name: part for name, part in house.settings.channels if part.enabled}
    flows = {name: part.flow for name, part in parts.items() if part.flow}
    gives = frozenset({TELEGRAM} & parts.keys())
    return replace(house.desk, start_flows=flows, gives=gives)


def decoders(settings: Settings) -> Mapping[str, Decoder]:
    """Return what reads once more what a provider sent, by channel."""
    from channels.telegram.decode import read  # noqa: PLC0415 - seldom needed

    own = settings.channels.telegram
    flows = (*own.allowed, *filter(None, [own.flow]))
    return {
        entries.NAME: entries.decode,
        TELEGRAM: lambda raw: read(raw, flows, at=clocks.now()).inbound,
    }


def _by_name(channels: Sequence[Channel]) -> Mapping[str, Channel]:
    return {channel.name: channel for channel in channels}
