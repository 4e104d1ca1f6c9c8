"""Visitors of a chat page: what they are shown, and what opening it begins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from bot.engine.heard import Opened
from bot.engine.opening import begins, flow_of
from bot.engine.script import Shelf
from bot.errors import StoreUnavailable
from bot.model.answer import Kind
from bot.model.changes import InboundRow
from bot.model.contact import CUSTOMERS, Address, Contact, as_one
from bot.model.message import Delivery, Inbound
from bot.model.session import Session, leading
from bot.model.visit import Place, Visit, place_of
from bot.service.desk import Desk
from bot.service.inbound import Inbox
from bot.service.outbox import Outbox
from bot.service.people import teaches
from bot.service.ports import Work
from flows.language.model import Ask

log = structlog.get_logger()

CHANNEL: Final = "web"
BROWSERS: Final = 5
"""Browsers of one customer of which a page shows what was said."""
HISTORY: Final = 200
"""Messages of each side that a page is shown after a reload."""
SILENT: Final = 10_000
"""Visitors without a word of theirs that are kept; the oldest are forgotten first."""
SWEEP_SECONDS: Final = 60.0


class Visits:
    """What the chat page asks of the house.

    `present` says whether a visitor has the page open; `forgotten` is told of those who
    are forgotten, so that their files go, too.
    """

    def __init__(
        self,
        desk: Desk,
        inbox: Inbox,
        outbox: Outbox,
        *,
        present: Callable[[str], bool] = lambda _: False,
        forgotten: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._desk = desk
        self._inbox = inbox
        self._outbox = outbox
        self._present = present
        self._forgotten = forgotten

    def offers(self, flow: str) -> bool:
        """Say whether a flow of this name can begin now."""
        return flow in self._shelf.current

    def languages(self, flow: str | None) -> tuple[str, ...]:
        """Return the languages of the flow that opening the page begins."""
        start_flow = self._desk.start_flows.get(CHANNEL)
        name = flow_of(self._shelf, Opened(flow), start_flow)
        script = self._shelf.current.get(name) if name else None
        return script.flow.languages if script else self._desk.world.languages

    async def customers(self, address: Address) -> frozenset[str]:
        """Return as which customers of the shop the owner of an address is known."""
        async with self._desk.store.reading() as work:
            kin = await _kin(work, address)
            own = await _addresses(work, kin)
        return frozenset(each.handle for each in own if each.channel == CUSTOMERS)

    async def known(self, address: Address) -> bool:
        """Say whether an address belongs to somebody."""
        async with self._desk.store.reading() as work:
            return bool(await work.contacts_at([address]))

    async def arrive(self, arrival: Inbound) -> None:
        """Let somebody open the page; a flow begins if one should, once.

        What only looks is not stored: a reload writes nothing. Raises StoreUnavailable
        and Refused, as the inbox does.
        """
        if await self._matters(arrival):
            await self._inbox.take(arrival)

    async def take(self, message: Inbound) -> tuple[int | None, Place | None]:
        """Take a message in; return its id and where the talk stands after it.

        Both are None for a message that was known already.
        """
        taken = await self._inbox.take(message)
        return taken.id, place_of(taken.session, self._kind(taken.session))

    async def look(self, address: Address, after: int = 0) -> Visit:
        """Return what a visitor is to see, all of it or what came after an id.

        A customer sees what they said and heard in all their browsers. What is shown
        this way has arrived, and is counted so.
        """
        shown: list[Delivery] = []
        written: list[InboundRow] = []
        async with self._desk.store.reading() as work:
            kin = await _kin(work, address)
            session = await self._newest(work, kin)
            own = await _addresses(work, kin)
            for handle in _browsers(own, address):
                shown += await work.shown(handle, after, HISTORY)
                written += await work.written(handle, after, HISTORY)
        await self._outbox.arrived([d for d in shown if d.address == address])
        place = place_of(session, self._kind(session))
        return Visit(place, tuple(shown), tuple(written))

    async def run(self) -> None:
        """Forget the oldest silent visitors now and then, until cancelled."""
        while True:
            try:
                await self.forget_silent()
            except StoreUnavailable as error:
                log.warning("visitors_wait", error=str(error))
            await asyncio.sleep(SWEEP_SECONDS)

    async def forget_silent(self, keep: int = SILENT) -> int:
        """Forget all but the newest so many who never said a word; return how many.

        Who has the page open is spared, and who left more than a look: a case, or
        another address.
        """
        async with self._desk.store.transaction() as work:
            silent = await work.silent_beyond(keep)
            gone = [(c, handle) for c, handle in silent if not self._present(handle)]
            if gone:
                await work.forget(gone)
        for _, handle in gone:
            if self._forgotten is not None:
                await self._forgotten(handle)
        if gone:
            log.info("visitors_forgotten", visitors=len(gone))
        return len(gone)

    async def _matters(self, arrival: Inbound) -> bool:
        """Say whether opening the page begins something, or tells something new."""
        address, opening = arrival.address, arrival.opens
        async with self._desk.store.reading() as work:
            kin = await _kin(work, address)
            if not kin or opening is None or arrival.link:
                return True
            own = await _addresses(work, kin)
            session = await self._newest(work, kin)
        new = not set(arrival.known_as) <= set(own)
        if new or teaches(arrival, kin[0], self._desk.world.attributes):
            return True
        contact, now = as_one(kin[0], kin[1:]), self._desk.clock()
        today = self._desk.today(now, contact.zone)
        facts = self._desk.facts(contact, address, now, today)
        opened = Opened(opening.flow, opening.again)
        return begins(self._shelf, session, opened, facts) is not None

    async def _newest(self, work: Work, kin: Sequence[Contact]) -> Session | None:
        talks = await work.last_sessions([one.id for one in kin]) if kin else {}
        session = leading(talks.values())
        if session is not None:
            await self._desk.library.ensure(work, session.pins.values())
        return session

    @property
    def _shelf(self) -> Shelf:
        return self._desk.library.shelf

    def _kind(self, session: Session | None) -> Kind | None:
        """Return what a talk waits for, None where it waits for no answer."""
        if session is None or session.asks is None:
            return None
        here = session.here
        step = self._shelf.by_hash[session.pins[here.flow]].steps[here.step]
        return step.answer if isinstance(step, Ask) else None


async def _kin(work: Work, address: Address) -> list[Contact]:
    """Return whose an address is and all whom they were joined to, the owner first."""
    own = (await work.contacts_at([address])).get(address)
    if own is None or own.merged_into is None:
        return [own] if own else []
    members = await work.members([own.merged_into])
    return [own, *(each for each in members if each.id != own.id)]


async def _addresses(work: Work, kin: Sequence[Contact]) -> list[Address]:
    """Return all addresses of a person, those of the owner last."""
    found = await work.addresses([one.id for one in kin]) if kin else {}
    return [each for one in reversed(kin) for each in found.get(one.id, ())]


def _browsers(own: Sequence[Address], here: Address) -> list[str]:
    """Return the newest browsers of a person, this one among them."""
    others = [e.handle for e in own if e.channel == CHANNEL and e != here]
    return [*others[-BROWSERS + 1 :], here.handle] if own else []
