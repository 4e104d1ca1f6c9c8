"""What waits to go out: claimed with a lease, fenced by a token, settled once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import itemgetter

from bot.model.changes import Changes, Sent
from bot.model.contact import Address
from bot.model.message import Delivery, Reach
from storage.driver import Row, Write
from storage.rows import as_outbound, micros, moment, text
from storage.table import Table


class Outbox(Table):
    """The outbox."""

    async def claim(
        self, now: datetime, lease_until: datetime, limit: int, reach: Reach
    ) -> list[Delivery]:
        """Claim due deliveries within reach, oldest first; they come back `claimed`.

        A row waits while an earlier one of its address is claimed, on its way or to be
        tried again.
        """
        at, until = micros(now), micros(lease_until)
        kind = "_singly" if reach.singly else ""
        within: Row = (list(reach.channels), reach.handle)
        within += (list(reach.but),) if reach.singly else ()
        if self._db.shared:
            found = await self._db.fetch(f"outbox_hold{kind}", at, limit, *within)
            rows = await self._db.fetch("outbox_claim", until, found) if found else []
        else:
            name = f"outbox_claim{kind}"
            rows = await self._db.fetch(name, at, until, limit, *within)
        return [as_delivery(row) for row in sorted(rows, key=itemgetter(0))]

    async def newest(self, limit: int) -> list[Delivery]:
        """Return the last deliveries that were made, whatever became of them."""
        rows = await self._db.fetch("outbox_newest", limit)
        return [as_delivery(row) for row in rows]

    async def start_sending(
        self, deliveries: Sequence[tuple[int, int, int]]
    ) -> set[int]:
        """Mark claimed deliveries (contact, id, new token) as `sending`.

        Return the ids of those it got.
        """
        rows = await self._db.fetch("outbox_start", list(deliveries))
        return {id_ for (id_,) in rows}

    async def settle(self, results: Sequence[Sent]) -> None:
        """Store what became of deliveries, where their token is still the same."""
        await self._db.write([("outbox_settle", [_settled(sent) for sent in results])])

    async def asked_since(self, channel: str, first: int) -> list[Delivery]:
        """Return the questions that left through a channel, from an id on, in order."""
        rows = await self._db.fetch("outbox_asked", channel, first)
        return [as_delivery(row) for row in rows]

    async def unsettled(self, deliveries: Sequence[tuple[int, int, int]]) -> set[int]:
        """Return which deliveries (contact, id, token) wait to be settled still."""
        rows = await self._db.fetch("outbox_unsettled", list(deliveries))
        return {id_ for (id_,) in rows}

    async def arrived(
        self, deliveries: Sequence[tuple[int, int]], at: datetime
    ) -> set[int]:
        """Mark sent deliveries (contact, id) as delivered.

        Return the ids of those that were not known to be.
        """
        rows = await self._db.fetch("outbox_arrived", list(deliveries), micros(at))
        return {id_ for (id_,) in rows}

    async def let_go(self, address: Address) -> None:
        """Let the leases on what goes to an address run out: their holder is gone."""
        await self._db.write([("outbox_let_go", [_place(address)])])

    async def abandon(self, channel: str) -> None:
        """Let the leases on what goes through a channel run out: it is ours now."""
        await self._db.write([("outbox_abandon", [(channel,)])])

    async def doubt(self, now: datetime) -> int:
        """Mark all that was to leave by now as unknown: it came from a backup.

        Return how many messages that are.
        """
        return len(await self._db.fetch("outbox_restored", micros(now)))

    async def release(self, now: datetime) -> None:
        """End leases that ran out: `claimed` is due again, `sending` is unknown."""
        at = [(micros(now),)]
        await self._db.write([("outbox_due_again", at), ("outbox_lost", at)])


def silences(changes: Changes) -> Iterator[Write]:
    """Yield what takes back unsent rows; it comes before new ones are added."""
    yield "outbox_withdraw", sorted(changes.withdrawn)
    silenced = [(contact,) for contact in sorted(changes.silenced)]
    yield "outbox_silence_due", silenced
    yield "outbox_silence_claimed", silenced
    parted = sorted((contact, *_place(where)) for contact, where in changes.parted)
    yield "outbox_part_due", parted
    yield "outbox_part_claimed", parted


def writes(changes: Changes) -> Iterator[Write]:
    """Yield what is to go out."""
    yield "outbox_add", [_row(delivery) for delivery in changes.deliveries]


def _place(address: Address) -> tuple[str, str]:
    return address.channel, address.handle


def _row(delivery: Delivery) -> Row:
    return (
        delivery.id,
        delivery.contact,
        delivery.address.channel,
        delivery.address.handle,
        delivery.session,
        delivery.flow,
        delivery.asks,
        delivery.cause,
        text(delivery.content),
        delivery.topic,
        delivery.prompted,
        delivery.role,
        micros(delivery.due_at),
        delivery.state,
        delivery.token,
        delivery.attempts,
        delivery.reason,
    )


def as_delivery(row: Row) -> Delivery:
    """Return the delivery that a row holds."""
    id_, contact, channel, handle, session, flow, asks, cause, content, *rest = row
    topic, prompted, role, due_at, state, token, attempts, *last = rest
    reason, reference = last
    return Delivery(
        id=id_,
        contact=contact,
        address=Address(channel, handle),
        session=session,
        flow=flow,
        asks=asks,
        cause=cause,
        content=as_outbound(content),
        topic=topic,
        prompted=bool(prompted),
        role=role,
        due_at=moment(due_at),
        state=state,
        token=token,
        attempts=attempts,
        reason=reason,
        reference=reference,
    )


def _settled(sent: Sent) -> Row:
    due_at = None if sent.due_at is None else micros(sent.due_at)
    at = micros(sent.at)
    return (
        sent.id,
        sent.token,
        sent.state,
        at,
        sent.reason,
        sent.reference,
        due_at,
        sent.contact,
        int(not sent.counts),
    )
