"""Who wrote: found by their addresses, or taken in, and what is told of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.model.answer import Value
from bot.model.contact import Address, Contact
from bot.model.message import Inbound
from bot.model.world import Type
from bot.service.batch import Batch
from bot.service.desk import zone_named
from bot.service.joining import refuse, unite
from bot.service.linking import Links
from bot.service.ports import Work

LONGEST_NAME: Final = 100
PHONES: Final = "phone"
"""The channel of numbers that a platform shared of its own user."""


def addresses_of(messages: Sequence[Inbound], links: Links) -> list[Address]:
    """Return all addresses that messages come from, prove or lead to, each once."""
    found = dict.fromkeys([message.address for message in messages])
    for message in [one for one in messages if one.known_as or one.link]:
        found |= dict.fromkeys(concerned(message, links))
    return list(found)


def concerned(message: Inbound, links: Links) -> tuple[Address, ...]:
    """Return the addresses whose contacts one message may concern."""
    if not (message.known_as or message.link):
        return (message.address,)
    home = links.home(message)
    return (message.address, *message.known_as, *([home] if home else []))


async def owners(
    batch: Batch,
    work: Work,
    messages: Sequence[Inbound],
    known: Mapping[Address, Contact],
) -> dict[Address, int]:
    """Load who wrote, and take in who never did before; return whose each address is.

    `known` is who was found by the addresses of the messages.

    A message that proves several addresses at once makes the unknown ones those of the
    contact that is known by another, and joins those who are known already: who comes
    by a number of somebody's is joined to them, which can be undone.
    """
    proving = [message for message in messages if message.known_as]
    await batch.load(work, known.values())
    owned = {address: contact.id for address, contact in known.items()}
    bound = await _customers(batch, work, owned, proving)
    for message in messages:
        if message.address in owned and not message.known_as:
            continue
        mine = (message.address, *message.known_as)
        # By a number alone nobody is known: it may have been somebody else's before.
        good = (each for each in mine if each in owned and each.channel != PHONES)
        owner = next((owned[each] for each in good), None)
        if owner is None:
            contact = _newcomer(batch.desk.new_id(), message)
            batch.meet(contact, message.address)
            owned[message.address] = owner = contact.id
        for address in mine:
            if address not in owned and not _bound(batch, bound, owner, address):
                batch.changes.new_addresses.append((address, owner))
                batch.changes.reached.update(batch.kin(owner))
                owned[address] = owner
                if address != message.address:
                    bound.add((owner, address.channel))
        if message.known_as:
            await _join(batch, work, message, owned)
    return owned


def _bound(
    batch: Batch, bound: set[tuple[int, str]], owner: int, address: Address
) -> bool:
    """Say whether somebody has an address on this channel that was proven already."""
    return any((one, address.channel) in bound for one in batch.kin(owner))


async def _join(
    batch: Batch, work: Work, message: Inbound, owned: Mapping[Address, int]
) -> None:
    """Make one person of all whom a message proves to be one, and learn of them."""
    owner = owned[message.address]
    for address in message.known_as:
        if address in owned and owned[address] not in batch.kin(owner):
            other, by = owned[address], str(message.address)
            if address.channel != PHONES:
                await unite(batch, work, owner, other, proof="signed", by=by)
            elif await _moved_on(batch, work, message.address.channel, other):
                refuse(batch, owner, "the number was another account's before")
            else:
                await unite(batch, work, owner, other, proof="shared", by=by)
    if all(owned.get(each) in batch.kin(owner) for each in message.known_as):
        _learn(batch, owner, message)


async def _moved_on(batch: Batch, work: Work, channel: str, other: int) -> bool:
    """Say whether whoever had a number talks with us on the same service.

    A number is one account's there, so it is not theirs any more.
    """
    kin = batch.kin(other)
    stored = await work.addresses(kin)
    fresh = (address for address, whose in batch.changes.new_addresses if whose in kin)
    known = (*(each for own in stored.values() for each in own), *fresh)
    return any(each.channel == channel for each in known)


async def _customers(
    batch: Batch, work: Work, owned: Mapping[Address, int], messages: Sequence[Inbound]
) -> set[tuple[int, str]]:
    """Return who has an address on a channel on which a message proves another one.

    A person is one customer of a shop: who is known as one does not become a second.
    """
    channels = {each.channel for message in messages for each in message.known_as}
    if not channels:
        return set()
    owners = {one for contact in owned.values() for one in batch.kin(contact)}
    found = await work.addresses(sorted(owners))
    return {
        (one, address.channel)
        for contact, addresses in found.items()
        for address in addresses
        if address.channel in channels
        for one in batch.kin(contact)
    }


def teaches(message: Inbound, contact: Contact, declared: Mapping[str, Type]) -> bool:
    """Say whether a trusted source says anything new of somebody."""
    return bool(_news(message, contact, declared))


def _newcomer(contact: int, message: Inbound) -> Contact:
    zone = message.zone if zone_named(message.zone) else None
    return Contact(
        id=contact,
        first_name=_name(message.first_name),
        zone=zone,
        silent=message.opens is not None,
    )


def _learn(batch: Batch, contact: int, message: Inbound) -> None:
    """Keep what a trusted source says of somebody, where it says anything new."""
    new = _news(message, batch.contacts[contact], batch.desk.world.attributes)
    if new:
        batch.change(contact, **new)


def _news(
    message: Inbound, known: Contact, declared: Mapping[str, Type]
) -> dict[str, Any]:
    """Return the fields of a contact that a message would change."""
    attributes = {
        name: clean(value) if isinstance(value, str) else value
        for name, value in message.attributes.items()
        if name in declared
    }
    told: dict[str, Any] = {
        "first_name": _name(message.first_name) or known.first_name,
        "last_name": _name(message.last_name) or known.last_name,
        "zone": message.zone if zone_named(message.zone) else known.zone,
        "attributes": _joined(known.attributes, attributes),
    }
    return {
        name: value for name, value in told.items() if value != getattr(known, name)
    }


def _joined(old: Mapping[str, Value], new: Mapping[str, Value]) -> Mapping[str, Value]:
    return {**old, **new} if new else old


def _name(name: str | None) -> str | None:
    """Return a name without what would steer the text around it, None for none."""
    cleaned = clean(name or "").translate(_DIRECTIONS).strip()
    return " ".join(cleaned.split())[:LONGEST_NAME] or None


def clean(text: str) -> str:
    r"""Return a text without control characters other than line breaks and tabs.

    >>> clean("n\x00ine\x1b[0m\n")
    'nine[0m\n'
    """
    return text if text.isprintable() else text.translate(_CONTROLS)


_CONTROLS: Final = {
    code: None
    for code in (*range(32), *range(127, 160), *range(0xD800, 0xE000))
    if code not in {9, 10}
}
"""Control characters, and halves of characters, which no store can keep."""
_DIRECTIONS: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Marks that turn the direction of what follows them, beyond the name itself."""
