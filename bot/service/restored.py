"""A database that comes from a backup lives through the time since then in silence.

What was waiting when the backup was taken may have gone out afterwards, and nobody
knows: so it is `unknown`, which is never sent again by itself. What time was to wake
since is woken now, for talks to stand where they should; what that says is as doubtful,
for it may have been said then. A question among it comes again as the reminder that its
flow has, or at once if the contact writes.
"""

from bot.clock import Clock
from bot.service.ports import Store
from bot.service.timers import Timers


async def live_through(store: Store, timers: Timers, clock: Clock) -> int:
    """Wake what is due, and send nothing of it; return how many messages that is."""
    async with store.transaction() as work:
        doubtful = await work.doubt(clock())
    await timers.tick()
    async with store.transaction() as work:
        return doubtful + await work.doubt(clock())
