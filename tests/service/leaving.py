"""A store that is away for a while, as tests want it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.errors import StoreUnavailable
from tests.service.house import House


class Leaving:
    """A store that goes away at the end of a transaction, as often as `away` says.

    It `stays` for so many before that; `undone` says whether nothing is stored then.
    """

    def __init__(self, house: House) -> None:
        self._store = house.store
        self.stays = 0
        self.away = 0
        self.undone = True

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the store's
        """Return what the store itself has."""
        return getattr(self._store, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Open a transaction that may come to nothing."""
        fails = not self.stays and self.away > 0
        self.stays -= self.stays > 0
        self.away -= fails
        async with self._store.transaction() as work:
            yield work
            if fails and self.undone:
                raise StoreUnavailable("away")
        if fails:
            raise StoreUnavailable("away")
