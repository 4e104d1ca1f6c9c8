"""What waits in the store, as those who run the bot count it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from bot.model.contact import Address
from bot.model.message import State


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


class Tally(NamedTuple):
    """How many messages of a channel are in a state."""

    channel: str
    state: State
    messages: int


class Held(Struct, frozen=True, kw_only=True):
    """A message of the outbox without its words: how far it came, and why no further.

    `step` is the one that it asks, if it asks one.
    """

    id: int
    contact: int
    address: Address
    flow: str
    step: str | None
    state: State
    reason: str | None
    due_at: datetime
    settled_at: datetime | None
    attempts: int
