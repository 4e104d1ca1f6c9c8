"""Begin a flow for somebody we know by an address, or meet them by it."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.engine.heard import Begun
from bot.model.contact import Address, Contact
from bot.service import witness
from bot.service.batch import Batch
from bot.service.desk import Desk


async def start_flow(
    desk: Desk,
    begun: Begun,
    address: Address,
    *,
    known_as: Sequence[Address] = (),
    newcomer: Contact | None = None,
    language: str | None = None,
) -> int:
    """Begin the flow at an address and return whose it is; all in one transaction.

    The contact is found by the address or by one of `known_as`; who is new gets all of
    them, and what `newcomer` says. A `language` is the contact's from now on. An open
    talk runs the flow inside itself.
    """
    addresses = [address, *known_as]
    async with desk.store.transaction() as work:
        batch = Batch(desk, desk.clock())
        found, _ = await work.hold(addresses, wait=True)
        contact = next((found[a] for a in addresses if a in found), None)
        await batch.load(work, [contact] if contact else [])
        if contact is None:
            contact = newcomer or Contact(id=desk.new_id())
            batch.meet(contact, address)
            found[address] = contact
        elif language and language != contact.language:
            contact = replace(contact, language=language)
            batch.contacts[contact.id] = batch.changes.contacts[contact.id] = contact
        if language:
            _speak(batch, contact.id, language)
        missing = [a for a in addresses if a not in found]
        batch.changes.new_addresses.extend((a, contact.id) for a in missing)
        batch.push(contact.id, begun, address)
        await batch.save(work)
    witness.began(batch)
    return contact.id


def _speak(batch: Batch, contact: int, language: str) -> None:
    """Let an open talk go on in a language, if its flow speaks it."""
    session = batch.sessions.get(contact)
    if session is None or session.status != "active":
        return
    script = batch.shelf.by_hash[session.pins[session.here.flow]]
    spoken = script.spoken([language])
    if spoken:
        batch.sessions[contact] = replace(session, language=spoken)
