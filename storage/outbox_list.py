"""A look at the outbox: what waits, what went wrong and why, each by its own index."""

from datetime import datetime
from typing import Final

from bot.clock import first_id
from bot.model.backlog import Held, Tally
from bot.model.contact import Address
from bot.model.message import State
from storage.backlog import MOST
from storage.driver import Row
from storage.rows import micros, moment
from storage.table import Table

_LEAVING: Final = frozenset({"claimed", "sending"})


class OutboxList(Table):
    """What an operator asks of the outbox."""

    async def tally(self) -> list[Tally]:
        """Return how many messages wait or went wrong, by channel and state.

        No more than so many of a state are counted.
        """
        rows = await self._db.fetch("outbox_tally", MOST)
        return [Tally(*row) for row in rows]

    async def listed(self, state: State, channel: str | None, limit: int) -> list[Held]:
        """Return the last messages in a state, of one channel or all, newest first.

        What was sent well is not looked for: it is most of a table without an end.
        """
        if state in {"due", "unknown"}:
            rows = await self._db.fetch(f"outbox_list_{state}", channel, limit)
        else:
            kind = "leaving" if state in _LEAVING else "ended"
            rows = await self._db.fetch(f"outbox_list_{kind}", channel, limit, state)
        return [_as_held(row) for row in rows]

    async def late(
        self, since: datetime, channel: str | None, limit: int
    ) -> list[Held]:
        """Return messages that should have left before an instant, newest first."""
        asked = (channel, limit, micros(since), first_id(since))
        return [
            _as_held(row) for row in await self._db.fetch("outbox_list_late", *asked)
        ]


def _as_held(row: Row) -> Held:
    id_, contact, channel, handle, flow, asks, state, reason, *times, attempts = row
    due_at, settled_at = times
    return Held(
        id=id_,
        contact=contact,
        address=Address(channel, handle),
        flow=flow,
        step=asks,
        state=state,
        reason=reason,
        due_at=moment(due_at),
        settled_at=None if settled_at is None else moment(settled_at),
        attempts=attempts,
    )
