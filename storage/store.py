"""The store that the service works with, on whichever database."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from bot.errors import WrongUse
from bot.model.changes import InboundRow
from bot.model.contact import Address, Contact
from bot.model.message import Delivery
from storage.counts import Difference
from storage.driver import Driver
from storage.postgres import open_postgres
from storage.reports import Reports
from storage.sqlite import open_sqlite
from storage.work import SqlWork

_SQLITE: Final = "sqlite:///"
POSTGRES: Final = ("postgresql://", "postgres://")


class SqlStore:
    """A database; raises StoreUnavailable where it is full, locked or gone."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.reports = Reports(driver)

    @property
    def shared(self) -> bool:
        """Say whether other processes may write, too."""
        return self._driver.shared

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlWork]:
        """Open a transaction that commits at its end, and rolls back on an error."""
        async with self._driver.transaction() as db:
            yield SqlWork(db)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlWork]:
        """Open a look at one moment of the store; nothing may be written."""
        async with self._driver.reading() as db:
            yield SqlWork(db)

    async def ring(self, words: str) -> None:
        """Say some words to all who listen at this store, if anybody does."""
        await self._driver.ring(words)

    async def listen(self, hear: Callable[[str], None]) -> None:
        """Hand over what is rung, also by ourselves, until cancelled."""
        await self._driver.listen(hear)

    async def scrub(self) -> None:
        """Have what was deleted leave the disk, as far as the database lets us."""
        await self._driver.scrub()

    async def find(self, address: Address) -> Contact | None:
        """Return whom an address belongs to, None where nobody is known by it."""
        async with self.reading() as work:
            return (await work.contacts_at([address])).get(address)

    async def stuck(self) -> list[InboundRow]:
        """Return the messages that could not be handled, oldest first."""
        async with self.reading() as work:
            return await work.stuck()

    async def outbox(self, limit: int = 100) -> list[Delivery]:
        """Return the last deliveries, newest first, and how far each of them came."""
        async with self.reading() as work:
            return await work.newest(limit)

    async def recount(self) -> list[Difference]:
        """Return every cell of the histograms that differs from the answers."""
        async with self.reading() as work:
            return await work.recount()


@asynccontextmanager
async def open_store(url: str, *, threaded: bool = True) -> AsyncIterator[SqlStore]:
    """Open the database that an address names, and close it after use.

    One in memory that one process has for itself need not be `threaded`.
    Raises WrongUse where there is no such kind of database, StoreUnavailable where it
    cannot be opened.
    """
    if url.startswith(POSTGRES):
        async with open_postgres(url) as shared:
            yield SqlStore(shared)
        return
    if not url.startswith(_SQLITE) or len(url) == len(_SQLITE):
        kind = url.partition(":")[0]
        raise WrongUse(
            f"There is no store of the kind {kind!r}; write `database: "
            "sqlite:///voxpop.db`, or `database: postgresql://user@host/name`."
        )
    async with open_sqlite(url.removeprefix(_SQLITE), threaded=threaded) as driver:
        yield SqlStore(driver)
