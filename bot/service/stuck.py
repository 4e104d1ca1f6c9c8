"""Messages that could not be handled: looked at, tried again, or dropped."""

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.errors import StoreBusy, StoreConflict, StoreUnavailable
from bot.model.changes import Changes, InboundRow
from bot.model.contact import Address
from bot.model.message import Inbound
from bot.service import people, witness
from bot.service.batch import Batch, reason
from bot.service.desk import Desk
from bot.service.inbound import TRIES, handle
from bot.service.linking import Links

Decoder = Callable[[str], Inbound | None]
"""Reads what a provider sent, as its channel does; None where nothing is in it for us.

Whatever it raises is the reason why the message stays stuck. Without a handle the
sender is the one whom the channel knew when the message came.
"""

NOTHING: Final = "there is nothing in it for us"
AGAIN: Final = "it came again since, and was taken then"
DROPPED: Final = "dropped by hand"


class Came(Struct, frozen=True):
    """What has become of a stuck message, and why where it was not handled."""

    id: int
    state: Literal["handled", "stuck", "dropped"]
    reason: str | None = None


class Stuck:
    """The messages that wait for somebody to look at them."""

    def __init__(self, desk: Desk, decoders: Mapping[str, Decoder]) -> None:
        self._desk = desk
        self._decoders = decoders

    async def ids(self) -> list[int]:
        """Return the ids of all that is stuck, oldest first."""
        async with self._desk.store.reading() as work:
            return await work.stuck_ids()

    async def newest(self, limit: int) -> tuple[list[InboundRow], int]:
        """Return the last that got stuck, newest first, and how many there are."""
        async with self._desk.store.reading() as work:
            ids = await work.stuck_ids()
            rows = await work.inbound(ids[-limit:])
        return rows[::-1], len(ids)

    async def one(self, id_: int) -> InboundRow | None:
        """Return a message that came, stuck or not; None where there is none."""
        async with self._desk.store.reading() as work:
            return next(iter(await work.inbound([id_])), None)

    async def drop(self, ids: Sequence[int]) -> list[int]:
        """Drop stuck messages; return which of them that were."""
        async with self._desk.store.transaction() as work:
            rows = await work.take_stuck(ids)
            await work.save(Changes(inbound=[_as(r, "dropped", DROPPED) for r in rows]))
        return [row.id for row in rows]

    async def retry(self, id_: int) -> Came | None:
        """Handle a stuck message as if it came now; None where this id is not stuck.

        It keeps its id and its key, so that it is known if it comes again. Raises
        StoreUnavailable; nothing has changed then.
        """
        row = await self.one(id_)
        if row is None or row.state != "stuck":
            return None
        if row.channel not in self._decoders:
            told = f"the channel {row.channel} has nothing that reads it again"
            return Came(id_, "stuck", told)
        try:
            message = self._decoders[row.channel](row.raw)
        except Exception as error:  # noqa: BLE001 - whatever a decoder stumbles over
            return await self._settle(row, "stuck", reason(error))
        if message is None:
            return await self._settle(row, "dropped", NOTHING)
        if message.fault is not None:
            return await self._settle(row, "stuck", reason(message.fault))
        return await self._push(row, _as_kept(message, row))

    async def _push(self, row: InboundRow, message: Inbound) -> Came | None:
        """Push the talk with a message, again where others were in the way."""
        for _ in range(TRIES):
            try:
                return await self._handle(row, message)
            except (StoreBusy, StoreConflict):
                continue
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the message's own fault
                return await self._settle(row, "stuck", reason(error))
        return await self._handle(row, message)

    async def _handle(self, row: InboundRow, message: Inbound) -> Came | None:
        """Handle a message in one transaction, unless somebody else was faster."""
        links = Links()
        async with self._desk.store.transaction() as work:
            await links.look(work, [message])
            asked = people.addresses_of([message], links)
            known, _ = await work.hold(asked, wait=True)
            if not await work.take_stuck([row.id]):
                return None
            if await work.seen([(message.address, row.key)]):
                await work.save(Changes(inbound=[_as(row, "dropped", AGAIN)]))
                return Came(row.id, "dropped", AGAIN)
            batch = Batch(self._desk, self._desk.clock())
            owners = await people.owners(batch, work, [message], known)
            owner = owners[message.address]
            says = await links.follow(batch, work, message, owner)
            handle(batch, message, _owned(row, message, owner), says=says)
            await batch.save(work)
            saved = perf_counter()
        self._desk.stored.set()
        witness.stored(batch, saved)
        return Came(row.id, "handled")

    async def _settle(
        self, row: InboundRow, state: Literal["stuck", "dropped"], why: str
    ) -> Came | None:
        async with self._desk.store.transaction() as work:
            if not await work.take_stuck([row.id]):
                return None
            await work.save(Changes(inbound=[_as(row, state, why)]))
        return Came(row.id, state, why)


def _as(row: InboundRow, state: Literal["stuck", "dropped"], why: str) -> InboundRow:
    return replace(row, state=state, error=why)


def _owned(row: InboundRow, message: Inbound, contact: int) -> InboundRow:
    """Return the row of a message that is handled now, and whose it is."""
    sender = message.address.handle
    return replace(row, contact=contact, handle=sender, state="handled", error=None)


def _as_kept(message: Inbound, row: InboundRow) -> Inbound:
    """Return a message with the key it came by, from whom it was known to come."""
    sender = Address(row.channel, row.handle or message.address.handle)
    return replace(message, address=sender, key=row.key, raw=row.raw)
