"""Addresses at which nobody is reached any more, and since when."""

from collections.abc import Iterator, Sequence
from operator import itemgetter

from bot.model.changes import Changes
from bot.model.contact import Address
from storage.driver import Write
from storage.rows import micros
from storage.table import Table


class Reaches(Table):
    """Who blocked us, or is gone."""

    async def lost(self, contacts: Sequence[int]) -> dict[int, frozenset[Address]]:
        """Return the addresses of these contacts at which nobody is reached."""
        found: dict[int, frozenset[Address]] = {}
        rows = await self._db.fetch("addresses_lost", list(contacts))
        for contact, channel, handle in rows:
            address = frozenset({Address(channel, handle)})
            found[contact] = found.get(contact, frozenset()) | address
        return found


def writes(changes: Changes) -> Iterator[Write]:
    """Yield what is to be noted of addresses that were lost, or found again."""
    yield (
        "addresses_reach",
        [
            (address.channel, address.handle, since and micros(since))
            for address, since in sorted(changes.reaches.items(), key=itemgetter(0))
        ],
    )
