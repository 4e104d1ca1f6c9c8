"""What the chat page asks of the house."""

from collections.abc import AsyncIterator, Callable, Sequence, Set as AbstractSet
from datetime import datetime
from typing import Protocol

from bot.model.contact import Address
from bot.model.files import Opened
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


class Files(Protocol):
    """Keeps files by name; raises StoreUnavailable."""

    async def keep(
        self, parts: AsyncIterator[bytes], named: Callable[[bytes], str]
    ) -> tuple[str, int]:
        """Keep a file under the name that its first bytes give; return name and size.

        What the parts or `named` raise is raised, and nothing is kept then.
        """
        ...

    async def open(self, name: str) -> Opened | None:
        """Return a file's size and bytes, None where there is none."""
        ...

    async def size(self, name: str) -> int | None:
        """Return a file's size, None where there is none."""
        ...

    async def names(self, folder: str) -> Sequence[str]:
        """Return the names of all files below a folder."""
        ...

    async def old(self, folder: str, before: datetime) -> Sequence[str]:
        """Return the names of files below a folder that were kept before an instant."""
        ...

    async def delete(self, name: str) -> None:
        """Delete a file, or all below a folder; what is not there is no mistake."""
        ...
