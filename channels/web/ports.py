"""What the chat page asks of the house."""

from collections.abc import Sequence, Set as AbstractSet
from typing import Protocol

from bot.model.contact import Address
from bot.model.message import Inbound
from bot.model.visit import Place, Visit


class House(Protocol):
    """Takes messages in, and tells what a visitor is to see.

    Raises StoreUnavailable where nothing could be stored or read, Refused for a
    message that can never be taken.
    """

    def offers(self, flow: str) -> bool:
        """Say whether a flow of this name can begin now."""
        ...

    def languages(self, flow: str | None) -> Sequence[str]:
        """Return the languages of the flow that opening the page begins."""
        ...

    async def arrive(self, arrival: Inbound) -> None:
        """Let somebody open the page; a flow begins if one should, once."""
        ...

    async def take(self, message: Inbound) -> tuple[int | None, Place | None]:
        """Take a message in; return its id and where the talk stands after it."""
        ...

    async def look(self, address: Address, after: int = 0) -> Visit:
        """Return what a visitor is to see, all of it or what came after an id."""
        ...

    async def customers(self, address: Address) -> AbstractSet[str]:
        """Return as which customers of the shop the owner of an address is known."""
        ...

    async def known(self, address: Address) -> bool:
        """Say whether an address belongs to somebody."""
        ...
