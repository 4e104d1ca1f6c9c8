"""People and where they are reached."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from bot.errors import StoreBusy
from bot.model.changes import Changes
from bot.model.contact import Address, Contact
from storage.driver import Write
from storage.rows import as_contact, contact_row, micros
from storage.table import Table, by_channel

TRIES: Final = 3
"""How often we look again at a set that changed while we took hold of it."""


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

        Who was joined to others is held with all of the set, or not at all. Return
        them, and the addresses whose contact another worker holds; with `wait` there
        are none. Whoever changes a talk holds its contact, and reads after that.
        """
        if not self._db.shared:
            return await self.contacts_at(addresses), set()
        owners: dict[Address, int] = {}
        merged: dict[int, int | None] = {}
        asked = by_channel((address.channel, address.handle) for address in addresses)
        for channel, handles in asked.items():
            rows = await self._db.fetch("addresses_at", channel, handles)
            for handle, contact, survivor in rows:
                owners[Address(channel, handle)] = contact
                merged[contact] = survivor
        held = await self._wholly_held(merged, wait=wait)
        found = {a: held[contact] for a, contact in owners.items() if contact in held}
        return found, owners.keys() - found.keys()

    async def hold_contacts(self, ids: Iterable[int]) -> None:
        """Hold these contacts until the transaction ends, waiting for other workers."""
        if self._db.shared:
            await self._held(sorted(set(ids)), wait=True)

    async def hold_sets(
        self, ids: Iterable[int], *, wait: bool = False
    ) -> dict[int, Contact]:
        """Hold these contacts, each with all of its set, and return those it got."""
        found = await self.contacts(sorted(set(ids)))
        if not self._db.shared:
            return found
        merged = {id_: contact.merged_into for id_, contact in found.items()}
        return await self._wholly_held(merged, wait=wait)

    async def members(self, survivors: Sequence[int]) -> list[Contact]:
        """Return all of the sets whose oldest contacts these are."""
        rows = await self._db.fetch("contacts_merged", list(survivors))
        return [as_contact(row) for row in rows]

    async def _wholly_held(
        self, merged: Mapping[int, int | None], *, wait: bool
    ) -> dict[int, Contact]:
        """Hold contacts with their sets, all in the order of ids; return those we got.

        Who joins or parts a set holds all of it: once any of a set is held it stays as
        it is, and one that changed before that counts as held by somebody else.
        """
        wanted = set(merged)
        others = await self._members_of(merged.values())
        for _ in range(TRIES):
            held = await self._held(sorted({*wanted, *others}), wait=wait)
            others = await self._members_of(c.merged_into for c in held.values())
            lacking = {whose for one, whose in others.items() if one not in held}
            got = {
                id_: contact
                for id_, contact in held.items()
                if id_ in wanted and contact.merged_into not in lacking
            }
            if not (wait and lacking):
                return got
        raise StoreBusy("Contacts were joined meanwhile; the same may be tried again.")

    async def _members_of(self, survivors: Iterable[int | None]) -> dict[int, int]:
        """Return who belongs to these sets, each with the oldest of the set."""
        asked = sorted({each for each in survivors if each is not None})
        if not asked:
            return {}
        found = await self.members(asked)
        return {each.id: each.merged_into for each in found if each.merged_into}

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
