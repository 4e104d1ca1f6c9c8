"""The only file that sees every part: it builds them and hands them to one another."""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import clock as clocks, log
from bot.config import Settings, load_settings, world_of
from bot.service.desk import Desk
from bot.service.inbound import Inbox
from bot.service.library import Library
from bot.service.outbox import Outbox
from bot.service.ports import Channel
from bot.service.timers import Timers
from storage import SqlStore, open_store


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything a command works with, ready to use."""

    settings: Settings
    store: SqlStore
    desk: Desk
    library: Library
    inbox: Inbox
    outbox: Outbox
    timers: Timers


@asynccontextmanager
async def opened(
    config: Path | None = None,
    *,
    memory: bool = False,
    clock: clocks.Clock | None = None,
    channels: Sequence[Channel] = (),
    settings: Settings | None = None,
) -> AsyncIterator[House]:
    """Open the house that the configuration describes, and close it after use.

    With `memory` nothing is kept. Raises InvalidSettings, StoreUnavailable.
    """
    settings = settings or load_settings(config)
    log.configure()
    database = "sqlite:///:memory:" if memory else settings.database_url()
    async with open_store(database) as store:
        library = Library(store)
        desk = Desk(
            store=store,
            library=library,
            clock=clock or clocks.now,
            new_id=clocks.make_ids(clock),
            world=world_of(settings),
            zone=ZoneInfo(settings.brand.timezone),
        )
        await library.refresh()
        inbox = Inbox(desk)
        house = House(
            settings=settings,
            store=store,
            desk=desk,
            library=library,
            inbox=inbox,
            outbox=Outbox(desk, _by_name(channels)),
            timers=Timers(desk),
        )
        settle_memory()
        taking = asyncio.create_task(inbox.run())
        try:
            yield house
        finally:
            taking.cancel()
            with suppress(asyncio.CancelledError):
                await taking


def settle_memory() -> None:
    """Leave what is loaded by now out of the garbage collector's rounds: it stays."""
    gc.freeze()


def _by_name(channels: Sequence[Channel]) -> Mapping[str, Channel]:
    return {channel.name: channel for channel in channels}
