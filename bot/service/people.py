"""Who wrote: found by their addresses, or taken in, and what is told of them."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from bot.model.answer import Value
from bot.model.contact import Address, Contact
from bot.model.message import Inbound
from bot.model.world import Type
from bot.service.batch import Batch
from bot.service.desk import zone_named
from bot.service.ports import Work

LONGEST_NAME: Final = 100


def addresses_of(messages: Sequence[Inbound]) -> list[Address]:
    """Return all addresses that messages come from, or prove, each once."""
    found = dict.fromkeys([message.address for message in messages])
    proving = [message for message in messages if message.known_as]
    found |= dict.fromkeys(chain.from_iterable(m.known_as for m in proving))
    return list(found)


async def owners(
    batch: Batch,
    work: Work,
    messages: Sequence[Inbound],
    known: Mapping[Address, Contact],
) -> dict[Address, int]:
    """Load who wrote, and take in who never did before; return whose each address is.

    `known` is who was found by the addresses of the messages.

    A message that proves several addresses at once makes the unknown ones those of the
    contact that is known by another. Where two are known already, nothing is joined.
    """
    proving = [message for message in messages if message.known_as]
    await batch.load(work, known.values())
    owned = {address: contact.id for address, contact in known.items()}
    bound = await _customers(work, owned, proving)
    for message in messages:
        if message.address in owned and not message.known_as:
            continue
        mine = (message.address, *message.known_as)
        owner = next((owned[each] for each in mine if each in owned), None)
        if owner is None:
            contact = _newcomer(batch.desk.new_id(), message)
            batch.meet(contact, message.address)
            owned[message.address] = owner = contact.id
        for address in mine:
            if address not in owned and (owner, address.channel) not in bound:
                batch.changes.new_addresses.append((address, owner))
                owned[address] = owner
                if address != message.address:
                    bound.add((owner, address.channel))
        if message.known_as and all(owned.get(each) == owner for each in mine):
            _learn(batch, owner, message)
    return owned


async def _customers(
    work: Work, owned: Mapping[Address, int], messages: Sequence[Inbound]
) -> set[tuple[int, str]]:
    """Return who has an address on a channel on which a message proves another one.

    A person is one customer of a shop: who is known as one does not become a second.
    """
    channels = {each.channel for message in messages for each in message.known_as}
    if not channels:
        return set()
    found = await work.addresses(sorted(set(owned.values())))
    return {
        (contact, address.channel)
        for contact, addresses in found.items()
        for address in addresses
        if address.channel in channels
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
