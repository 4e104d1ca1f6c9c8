"""What waits to go out or went wrong, as an operator looks at it."""

from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Final

from msgspec import Struct

from bot.model.backlog import Held, Tally
from bot.model.message import State
from bot.service.desk import Desk

LONG: Final = timedelta(minutes=10)
"""After which a message that has not left needs somebody."""
WRONG: Final[Sequence[State]] = ("unknown", "failed", "withheld")


class Look(Struct, frozen=True):
    """How many messages there are by channel and state, and some of them."""

    counts: Sequence[Tally]
    messages: Sequence[Held]


async def look(
    desk: Desk, state: State | None, channel: str | None, limit: int
) -> Look:
    """Return the newest messages in a state; without one, those that need somebody."""
    async with desk.store.reading() as work:
        counts = await work.tally()
        if state is not None:
            found = await work.listed(state, channel, limit)
        else:
            found = await work.late(desk.clock() - LONG, channel, limit)
            for each in WRONG:
                found += await work.listed(each, channel, limit)
            found.sort(key=attrgetter("id"), reverse=True)
    own = [each for each in counts if channel in {None, each.channel}]
    return Look(own, found[:limit])
