"""What the world outside tells of contacts: it is kept, and flows start by it.

A start is a plan like any other, so it waits until an open talk is over, keeps to
`once_every`, and is dropped by a stop.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct, json

from bot.engine.told import Declined, awaiting
from bot.model.answer import Value
from bot.model.changes import EventRow, PlanRow
from bot.model.contact import Address, Contact
from bot.model.event import EventTold, Misfitted
from bot.service import witness
from bot.service.batch import Batch
from bot.service.desk import Desk
from bot.service.effects import typed

_encode = json.Encoder().encode
_decode = json.Decoder(EventTold).decode
_CAUSE: Final = "event:"


class Told(Struct, frozen=True, kw_only=True):
    """An event, whom it is about, and what it carries, by declared fields.

    Who is new is taken in as `newcomer` says. Given `flows`, only these may start.
    """

    event: str
    address: Address
    data: Mapping[str, Value] = {}
    newcomer: Contact | None = None
    flows: frozenset[str] | None = None


async def tell(desk: Desk, told: Sequence[Told]) -> list[list[PlanRow]]:
    """Keep events, all in one transaction, and return the starts each one led to."""
    addresses = list(dict.fromkeys(each.address for each in told))
    async with desk.store.transaction() as work:
        batch = Batch(desk, desk.clock())
        found, _ = await work.hold(addresses, wait=True)
        await batch.load(work, found.values())
        owners = {address: contact.id for address, contact in found.items()}
        planned = [_plan(batch, _owner(batch, owners, each), each) for each in told]
        await batch.save(work)
    witness.began(batch)
    desk.stored.set()
    return planned


def _owner(batch: Batch, owners: dict[Address, int], told: Told) -> int:
    if told.address not in owners:
        contact = told.newcomer or Contact(id=batch.desk.new_id())
        batch.meet(contact, told.address)
        owners[told.address] = contact.id
    return owners[told.address]


def _plan(batch: Batch, contact: int, told: Told) -> list[PlanRow]:
    """Keep the event, and plan a start of every flow that waits for it."""
    row = _keep(batch, contact, EventTold(name=told.event, data=told.data))
    plans: list[PlanRow] = []
    facts = batch.facts(contact, told.address)
    for found in awaiting(batch.shelf, told.event, told.data, facts):
        if told.flows is not None and found.flow not in told.flows:
            continue
        if isinstance(found, Declined):
            if found.misfit:
                _keep(batch, contact, Misfitted(step=found.flow, reason=found.misfit))
            continue
        due = batch.now + found.wait
        cause = f"{_CAUSE}{row.id}"
        id_ = batch.desk.new_id()
        plans.append(PlanRow(id_, contact, found.flow, due, None, cause))
    batch.changes.plans += plans
    return plans


def _keep(batch: Batch, contact: int, event: EventTold | Misfitted) -> EventRow:
    row = EventRow(
        id=batch.desk.new_id(),
        contact=contact,
        session=None,
        kind=type(event).__name__,
        data=_encode(event),
        at=batch.now,
    )
    batch.changes.events.append(row)
    return row


def event_of(plan: PlanRow) -> int | None:
    """Return the id of the event that a start was planned for, None for none."""
    cause = plan.cause or ""
    return int(cause.removeprefix(_CAUSE)) if cause.startswith(_CAUSE) else None


def carried(row: EventRow) -> Mapping[str, Value]:
    """Return what a kept event carries."""
    return _decode(row.data).data


def as_declared(desk: Desk, event: str, written: Mapping[str, str]) -> dict[str, Value]:
    """Return what an event carries, each field of the type that it is declared with."""
    fields = desk.world.events.get(event, {})
    return {
        name: typed(value, fields.get(name, "text")) for name, value in written.items()
    }
