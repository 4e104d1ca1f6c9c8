"""What waits in the store, told as figures."""

import asyncio
from collections.abc import Sequence
from typing import Final

from prometheus_client.metrics_core import Metric

from bot import figures
from bot.errors import StoreUnavailable
from bot.service.desk import Desk

PATIENCE: Final = 1.0
"""Seconds after which figures are shown without what the store would say."""


async def told(desk: Desk, channels: Sequence[str]) -> list[Metric]:
    """Return what waits in the store; of messages, what these channels have to send.

    Where the store does not answer, that alone is told.
    """
    now = desk.clock()
    try:
        async with asyncio.timeout(PATIENCE), desk.store.reading() as work:
            found = await work.backlog(now)
    except (StoreUnavailable, TimeoutError):
        return [figures.STORE_UP.is_now(0)]
    own = {channel: found.due.get(channel) for channel in channels}
    counts: dict[tuple[str, ...], float] = {
        (name,): due.messages if due else 0 for name, due in own.items()
    }
    ages: dict[tuple[str, ...], float] = {
        (name,): (now - due.since).total_seconds() if due else 0.0
        for name, due in own.items()
    }
    woken_late = now - (found.wakes_at or now)
    return [
        figures.STORE_UP.is_now(1),
        figures.DUE.family(counts),
        figures.OLDEST_DUE.family(ages),
        figures.UNKNOWN.is_now(found.unknown),
        figures.STUCK.is_now(found.stuck),
        figures.OLDEST_TIMER.is_now(woken_late.total_seconds()),
    ]
