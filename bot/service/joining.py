"""One person, several addresses: joined by proof, and undone without a trace.

Joining moves nothing. A set is what standing joins connect; its contacts name their
oldest in `merged_into`, and whoever reads a person reads the set.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, json
from msgspec.structs import replace

from bot.engine.wake import next_wake
from bot.errors import WrongUse
from bot.model.changes import EventRow, SessionRow
from bot.model.contact import CUSTOMERS, Address
from bot.model.event import JoinRefused
from bot.model.joins import Join, Proof
from bot.model.session import Session
from bot.service.batch import Batch
from bot.service.desk import Desk
from bot.service.ports import Work

_encode = json.Encoder().encode

ALREADY = "they are one already"


class Declined(Struct, frozen=True):
    """Two contacts were not joined, for this reason."""

    reason: str


class Kinship(Struct, frozen=True, kw_only=True):
    """Who a person is: all their addresses, and every join that ever named them.

    `homes` holds the addresses by contact, also of those they were parted from.
    """

    addresses: Sequence[Address]
    homes: Mapping[int, Sequence[Address]]
    joins: Sequence[Join]


async def kinship(desk: Desk, address: Address) -> Kinship:
    """Return who is known by an address, and as whom.

    Raises WrongUse where nobody is.
    """
    async with desk.store.reading() as work:
        found = await work.contacts_at([address])
        if address not in found:
            raise WrongUse(f"nobody is known by {address}")
        batch = Batch(desk, desk.clock())
        await batch.load(work, found.values())
        kin = batch.kin(found[address].id)
        joins = await work.joins_of(kin)
        named = {*kin, *(one for each in joins for one in (each.a, each.b))}
        homes = await work.addresses(sorted(named))
    own = [each for one in kin for each in homes.get(one, ())]
    return Kinship(addresses=own, homes=homes, joins=joins)


async def join(desk: Desk, a: Address, b: Address, *, by: str) -> Join | Declined:
    """Join the contacts of two addresses on an operator's word.

    Raises WrongUse where nobody is known by one of them.
    """
    async with desk.store.transaction() as work:
        batch = Batch(desk, desk.clock())
        found, _ = await work.hold([a, b], wait=True)
        for address in (a, b):
            if address not in found:
                raise WrongUse(f"nobody is known by {address}")
        await batch.load(work, found.values())
        became = await unite(
            batch, work, found[a].id, found[b].id, proof="operator", by=by
        )
        await batch.save(work)
    desk.stored.set()
    return became


async def undo(desk: Desk, id_: int) -> Join:
    """Undo a join: what each was before stands, but for what happened meanwhile.

    Raises WrongUse where there is no such join, or where it was undone before.
    """
    async with desk.store.transaction() as work:
        found = await work.join_by_id(id_)
        if found is None:
            raise WrongUse(f"there is no join {id_}")
        batch = Batch(desk, desk.clock())
        held = await work.hold_sets([found.a, found.b], wait=True)
        await batch.load(work, held.values())
        standing = await work.joins_of(batch.kin(found.a))
        if all(each.id != id_ or each.undone_at for each in standing):
            raise WrongUse(f"join {id_} was undone already")
        undone = replace(found, undone_at=batch.now)
        await _part(batch, work, undone, [each for each in standing if each.id != id_])
        await batch.save(work)
    return undone


async def unite(
    batch: Batch, work: Work, a: int, b: int, *, proof: Proof, by: str
) -> Join | Declined:
    """Join two contacts and their sets within a batch that holds and loaded both.

    A refusal is kept as an event of the first.
    """
    if b in batch.kin(a):
        return Declined(ALREADY)
    members = sorted({*batch.kin(a), *batch.kin(b)})
    if await _two_customers(batch, work, members):
        return refuse(batch, a, "they are two customers of the shop")
    id_ = batch.desk.new_id()
    made = Join(id=id_, a=a, b=b, proof=proof, by=by, at=batch.now)
    batch.changes.joins.append(made)
    batch.changes.reached.update(members)
    batch.merge(members)
    return made


def refuse(batch: Batch, contact: int, reason: str) -> Declined:
    """Keep as an event of a contact why they were not joined."""
    _log(batch, contact, JoinRefused(reason=reason))
    return Declined(reason)


async def _two_customers(batch: Batch, work: Work, members: Sequence[int]) -> bool:
    """Say whether these contacts are more than one customer of the shop."""
    known = await work.addresses(members)
    stored = ((whose, each) for whose, own in known.items() for each in own)
    fresh = ((whose, address) for address, whose in batch.changes.new_addresses)
    customers = {
        address.handle
        for whose, address in (*stored, *fresh)
        if whose in members and address.channel == CUSTOMERS
    }
    return len(customers) > 1


def _log(batch: Batch, contact: int, event: JoinRefused) -> None:
    batch.changes.events.append(
        EventRow(
            id=batch.desk.new_id(),
            contact=contact,
            session=None,
            kind=type(event).__name__,
            data=_encode(event),
            at=batch.now,
        )
    )


# ── parting ──────────────────────────────────────────────────────────────────────


async def _part(batch: Batch, work: Work, undone: Join, others: Iterable[Join]) -> None:
    """Let each go by what still joins them, and nothing go to the others' addresses."""
    before = batch.kin(undone.a)
    edges = [(each.a, each.b) for each in others if each.undone_at is None]
    batch.changes.undone.append(undone)
    for part in components(before, edges):
        batch.merge(part)
    addresses = await work.addresses(before)
    for one in before:
        lost = [
            address
            for other in before
            if other not in batch.kin(one)
            for address in addresses.get(other, ())
        ]
        batch.changes.parted += [(one, address) for address in lost]
        talk = batch.sessions.get(one)
        if talk is not None and talk.status == "active" and talk.address in lost:
            _bring_home(batch, talk, addresses)


def components(
    members: Sequence[int], edges: Iterable[tuple[int, int]]
) -> list[tuple[int, ...]]:
    """Return which of these still hang together, each part oldest first.

    >>> components([1, 2, 3, 4], [(1, 3), (2, 4)])
    [(1, 3), (2, 4)]
    """
    part = {one: {one} for one in members}
    for a, b in edges:
        if a in part and b in part and part[a] is not part[b]:
            part[a] |= part[b]
            part.update(dict.fromkeys(part[b], part[a]))
    return sorted({tuple(sorted(each)) for each in part.values()})


def _bring_home(
    batch: Batch, talk: Session, addresses: Mapping[int, Sequence[Address]]
) -> None:
    """Let an open talk go on at an address of its own contact, or end without one."""
    kin = batch.kin(talk.contact)
    home = address_of(batch.desk, [a for one in kin for a in addresses.get(one, ())])
    if home is not None:
        talk = replace(talk, address=home)
    else:
        talk = replace(talk, status="expired", ended_at=batch.now)
    batch.sessions[talk.contact] = talk
    row = SessionRow(talk, next_wake(batch.shelf, talk), new=False)
    batch.changes.sessions[talk.id] = row


def address_of(
    desk: Desk, addresses: Sequence[Address], last: Address | None = None
) -> Address | None:
    """Return where somebody is best reached: where they were last, else the newest.

    None where they are only named, or on channels that we do not have.
    """
    good = [address for address in addresses if desk.reaches(address)]
    return last if last in good else next(reversed(good), None)
