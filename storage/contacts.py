"""People and where they are reached."""

from collections.abc import Iterable, Iterator, Sequence

from bot.model.changes import Changes
from bot.model.contact import Address, Contact
from storage.driver import Write
from storage.rows import as_contact, contact_row, micros
from storage.table import Table, by_channel


class Contacts(Table):
    """Contacts and their addresses."""

    async def contacts_at(self, addresses: Sequence[Address]) -> dict[Address, Contact]:
        """Return the contacts that these addresses belong to."""
        found: dict[Address, Contact] = {}
        asked = by_channel([(each.channel, each.handle) for each in addresses])
        for channel, handles in asked.items():
            rows = await self._db.fetch("contacts_at", channel, handles)
            for handle, *contact in rows:
                found[Address(channel, handle)] = as_contact(contact)
        return found

    async def hold(
        self, addresses: Sequence[Address], *, wait: bool = False
    ) -> tuple[dict[Address, Contact], set[Address]]:
        """Hold the contacts that these addresses belong to, until the transaction ends.

        Return them, and the addresses whose contact another worker holds; with `wait`
        there are none. Whoever changes a talk holds its contact, and reads after that.
        """
        if not self._db.shared:
            return await self.contacts_at(addresses), set()
        owners: dict[Address, int] = {}
        asked = by_channel((address.channel, address.handle) for address in addresses)
        for channel, handles in asked.items():
            rows = await self._db.fetch("addresses_at", channel, handles)
            owners |= {Address(channel, handle): contact for handle, contact in rows}
        held = await self._held(sorted(set(owners.values())), wait=wait)
        found = {a: held[contact] for a, contact in owners.items() if contact in held}
        return found, owners.keys() - found.keys()

    async def hold_contacts(self, ids: Iterable[int]) -> None:
        """Hold these contacts until the transaction ends, waiting for other workers."""
        if self._db.shared:
            await self._held(sorted(set(ids)), wait=True)

    async def _held(self, ids: list[int], *, wait: bool) -> dict[int, Contact]:
        if not ids:
            return {}
        name = "contacts_await" if wait else "contacts_hold"
        rows = await self._db.fetch(name, ids)
        return {row[0]: as_contact(row) for row in rows}

    async def contacts(self, ids: Sequence[int]) -> dict[int, Contact]:
        """Return these contacts by id."""
        rows = await self._db.fetch("contacts", list(ids))
        return {row[0]: as_contact(row) for row in rows}

    async def addresses(self, contacts: Sequence[int]) -> dict[int, list[Address]]:
        """Return all addresses of each contact, oldest first."""
        found: dict[int, list[Address]] = {}
        rows = await self._db.fetch("addresses_of", list(contacts))
        for contact, channel, handle in rows:
            found.setdefault(contact, []).append(Address(channel, handle))
        return found


def writes(changes: Changes) -> Iterator[Write]:
    """Yield what is to be written of contacts: who is new, as they are by now."""
    latest = changes.contacts
    new = {contact.id for contact, _ in changes.new_contacts}
    yield (
        "contacts_add",
        [
            (*contact_row(latest.get(contact.id, contact)), micros(since))
            for contact, since in changes.new_contacts
        ],
    )
    yield (
        "contacts_change",
        [contact_row(latest[id_]) for id_ in sorted(latest) if id_ not in new],
    )
    yield (
        "addresses_add",
        [
            (address.channel, address.handle, contact)
            for address, contact in changes.new_addresses
        ],
    )
