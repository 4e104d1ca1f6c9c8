"""Begin a flow for somebody we know by an address, or meet them by it."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from bot.engine.heard import Begun
from bot.model.contact import Address, Contact
from bot.service import witness
from bot.service.batch import Batch
from bot.service.desk import Desk


class Start(Struct, frozen=True, kw_only=True):
    """A flow to begin at an address, and what is known of who is there.

    The contact is found by the address or by one of `known_as`; who is new gets all of
    them, and what `newcomer` says. A `language` is the contact's from now on. Without
    `begun` the contact is only met.
    """

    begun: Begun | None
    address: Address
    known_as: Sequence[Address] = ()
    newcomer: Contact | None = None
    language: str | None = None


async def start_flow(
    desk: Desk,
    begun: Begun,
    address: Address,
    *,
    known_as: Sequence[Address] = (),
    newcomer: Contact | None = None,
    language: str | None = None,
) -> int:
    """Begin the flow at an address and return whose it is, as `Start` says."""
    start = Start(
        begun=begun,
        address=address,
        known_as=known_as,
        newcomer=newcomer,
        language=language,
    )
    return (await start_flows(desk, [start]))[0]


async def start_flows(desk: Desk, starts: Sequence[Start]) -> list[int]:
    """Begin flows and return whose each is; all in one transaction.

    An open talk runs the flow inside itself.
    """
    addresses = [a for start in starts for a in (start.address, *start.known_as)]
    async with desk.store.transaction() as work:
        batch = Batch(desk, desk.clock())
        found, _ = await work.hold(list(dict.fromkeys(addresses)), wait=True)
        await batch.load(work, found.values())
        owners = {address: contact.id for address, contact in found.items()}
        ids = [_begin(batch, owners, start) for start in starts]
        await batch.save(work)
    witness.began(batch)
    return ids


def _begin(batch: Batch, owners: dict[Address, int], start: Start) -> int:
    """Find or meet the contact, and begin the flow."""
    addresses = (start.address, *start.known_as)
    contact = next((owners[a] for a in addresses if a in owners), None)
    known = contact is not None
    if contact is None:
        newcomer = start.newcomer or Contact(id=batch.desk.new_id())
        batch.meet(newcomer, start.address)
        contact = owners[start.address] = newcomer.id
    elif start.language and start.language != batch.contacts[contact].language:
        batch.change(contact, language=start.language)
    if start.language:
        _speak(batch, contact, start.language)
    missing = [a for a in addresses if a not in owners]
    batch.changes.new_addresses.extend((a, contact) for a in missing)
    owners.update((a, contact) for a in missing)
    if known and missing:
        batch.changes.reached.update(batch.kin(contact))
    if start.begun is not None:
        batch.push(contact, start.begun, start.address)
    return contact


def _speak(batch: Batch, contact: int, language: str) -> None:
    """Let an open talk go on in a language, if its flow speaks it."""
    session = batch.talk(contact)
    if session is None or session.status != "active":
        return
    script = batch.shelf.by_hash[session.pins[session.here.flow]]
    spoken = script.spoken([language])
    if spoken:
        batch.sessions[session.contact] = replace(session, language=spoken)
