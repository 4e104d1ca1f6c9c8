"""What the service asks of a store about files, and of the place where they are."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.model.changes import MediaRow


class Filed(Protocol):
    """What a transaction knows of files that contacts sent through services."""

    async def due_media(
        self, now: datetime, channels: Collection[str], limit: int
    ) -> list[MediaRow]:
        """Return files of these channels that are to be fetched, oldest first."""
        ...

    async def kept_media(self, contacts: Collection[int]) -> dict[int, int]:
        """Return how many files of each of these contacts are kept."""
        ...

    async def settle_media(self, row: MediaRow) -> None:
        """Store what became of a file that was due."""
        ...

    async def old_media(self, before: int, limit: int) -> list[MediaRow]:
        """Return kept files that came before an id, oldest first."""
        ...

    async def forget_media(self, rows: Sequence[MediaRow]) -> None:
        """Store that these files are kept no more."""
        ...

    async def media_of(self, contact: int) -> list[MediaRow]:
        """Return all files of a contact, oldest first."""
        ...


class Files(Protocol):
    """Files by name; raises StoreUnavailable."""

    async def keep(
        self, parts: AsyncIterator[bytes], named: Callable[[bytes], str]
    ) -> tuple[str, int]:
        """Keep a file under the name that its first bytes give; return name and size.

        It takes the place of one of its name. What the parts or `named` raise is
        raised, and nothing is kept then.
        """
        ...

    async def delete(self, name: str) -> None:
        """Delete a file, or all below a folder; what is not there is no mistake."""
        ...
