"""What waits in the store, as those who run the bot count it."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct


class Due(Struct, frozen=True):
    """Messages of one channel that are due: how many, and since when the oldest is."""

    messages: int
    since: datetime


class Backlog(Struct, frozen=True, kw_only=True):
    """What waits; `wakes_at` is when the talk was due that time has to wake first."""

    due: Mapping[str, Due]
    unknown: int
    stuck: int
    wakes_at: datetime | None
