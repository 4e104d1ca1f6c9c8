"""Talks of `*.test.yaml`, played through the real house on a clock of its own.

Every talk has its own contact and address, and all talks are played at once: at each
moment of the clock all that are due play their next line together. So the house takes
their messages in batches, as it does for customers.
"""

from bot.service.rehearsal.matching import matches
from bot.service.rehearsal.play import Failure, Play
from bot.service.rehearsal.stage import Hands, Listener, Stage, Watch
from bot.service.rehearsal.troupe import perform

__all__ = [
    "Failure",
    "Hands",
    "Listener",
    "Play",
    "Stage",
    "Watch",
    "matches",
    "perform",
]
