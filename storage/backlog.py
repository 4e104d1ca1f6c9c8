"""What waits, counted by indexes that hold nothing else, and only so far."""

from datetime import datetime
from typing import Final

from bot.model.backlog import Backlog, Due
from storage.rows import micros, moment
from storage.table import Table

MOST: Final = 10_000
"""How many of a kind are counted: more is no news to anybody, and costs."""


class Backlogs(Table):
    """What those who run the bot ask of the store."""

    async def backlog(self, now: datetime) -> Backlog:
        """Return what waits at an instant; no more than so many of a kind."""
        [[unknown, stuck, wakes_at]] = await self._db.fetch(
            "backlog", micros(now), MOST
        )
        due = await self._db.fetch("backlog_due", micros(now), MOST)
        return Backlog(
            due={channel: Due(count, moment(since)) for channel, count, since in due},
            unknown=unknown,
            stuck=stuck,
            wakes_at=None if wakes_at is None else moment(wakes_at),
        )
