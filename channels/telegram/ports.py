"""What the Telegram channel asks of the house."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from bot.model.message import Inbound
from bot.model.session import Session


class Stored(Protocol):
    """What became of a message that is stored for good."""

    @property
    def known(self) -> bool:
        """Whether it was stored before."""
        ...

    @property
    def session(self) -> Session | None:
        """The talk as it stands now."""
        ...


class House(Protocol):
    """Takes messages in, for good.

    Raises StoreUnavailable where it could not be stored: it may be brought again, and
    Refused for a message that can never be taken.
    """

    async def take(self, message: Inbound) -> Stored:
        """Return once the message and all it led to are stored."""
        ...


Heard = Callable[[], Awaitable[None]]
"""Told whenever the service has reached us, or could have."""
Ours = Callable[[], bool]
"""Says whether it is for this process to ask, and to tell Telegram how to call us."""
Commands = Mapping[str, Sequence[tuple[str, str]]]
"""The commands of the menu, each with what it does, by language; "" is all others."""
