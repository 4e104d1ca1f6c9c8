"""Visitors of a chat page: what they are shown, and what opening it begins."""

import asyncio
from typing import Final

import structlog

from bot.engine.heard import Opened
from bot.engine.opening import begins
from bot.engine.script import Shelf
from bot.errors import StoreUnavailable
from bot.model.answer import Kind
from bot.model.contact import Address
from bot.model.message import Inbound
from bot.model.session import Session
from bot.model.visit import Place, Visit, place_of
from bot.service.desk import Desk
from bot.service.inbound import Inbox
from bot.service.outbox import Outbox
from bot.service.ports import Work
from flows.language.model import Ask

log = structlog.get_logger()

HISTORY: Final = 200
"""Messages of each side that a page is shown after a reload."""
SILENT: Final = 10_000
"""Visitors without a word of theirs that are kept; the oldest are forgotten first."""
SWEEP_SECONDS: Final = 60.0


class Visits:
    """What the chat page asks of the house."""

    def __init__(self, desk: Desk, inbox: Inbox, outbox: Outbox) -> None:
        self._desk = desk
        self._inbox = inbox
        self._outbox = outbox

    def offers(self, flow: str) -> bool:
        """Say whether a flow of this name can begin now."""
        return flow in self._desk.library.shelf.current

    def languages(self, flow: str | None) -> tuple[str, ...]:
        """Return the languages of the flow that opening the page begins."""
        shelf = self._desk.library.shelf
        name = flow or self._desk.start_flows.get("web") or shelf.anything
        script = shelf.current.get(name) if name else None
        return script.flow.languages if script else self._desk.world.languages

    async def arrive(self, arrival: Inbound) -> None:
        """Let somebody open the page; a flow begins if one should, once.

        What only looks is not stored: a reload writes nothing. Raises StoreUnavailable
        and Refused, as the inbox does.
        """
        if arrival.known_as or await self._begins(arrival):
            await self._inbox.take(arrival)

    async def take(self, message: Inbound) -> tuple[int | None, Place | None]:
        """Take a message in; return its id and where the talk stands after it.

        Both are None for a message that was known already.
        """
        taken = await self._inbox.take(message)
        return taken.id, place_of(taken.session, self._kind(taken.session))

    async def look(self, address: Address, after: int = 0) -> Visit:
        """Return what a visitor is to see, all of it or what came after an id.

        What is shown this way has arrived, and is counted so.
        """
        async with self._desk.store.reading() as work:
            session = await self._newest(work, address)
            shown = await work.shown(address.handle, after, HISTORY)
            written = await work.written(address.handle, after, HISTORY)
        await self._outbox.arrived(shown)
        place = place_of(session, self._kind(session))
        return Visit(place, tuple(shown), tuple(written))

    async def known(self, address: Address) -> bool:
        """Say whether an address belongs to somebody."""
        async with self._desk.store.reading() as work:
            return bool(await work.contacts_at([address]))

    async def run(self) -> None:
        """Forget the oldest silent visitors now and then, until cancelled."""
        while True:
            try:
                await self.forget_silent()
            except StoreUnavailable as error:
                log.warning("visitors_wait", error=str(error))
            await asyncio.sleep(SWEEP_SECONDS)

    async def forget_silent(self, keep: int = SILENT) -> int:
        """Forget all but the newest so many who never said a word; return how many."""
        async with self._desk.store.transaction() as work:
            many = await work.silent_beyond(keep)
            gone = await work.forget_silent(many) if many else 0
        if gone:
            log.info("visitors_forgotten", visitors=gone)
        return gone

    async def _begins(self, arrival: Inbound) -> bool:
        """Say whether opening the page begins something, or meets somebody new."""
        opening = arrival.opens
        async with self._desk.store.reading() as work:
            contact = (await work.contacts_at([arrival.address])).get(arrival.address)
            if contact is None or opening is None:
                return True
            session = (await work.last_sessions([contact.id])).get(contact.id)
        begun = begins(
            self._shelf,
            session,
            Opened(opening.flow, opening.again),
            now=self._desk.clock(),
            address=arrival.address,
            start_flow=self._desk.start_flows.get(arrival.address.channel),
            stopped=contact.stopped,
        )
        return begun is not None

    async def _newest(self, work: Work, address: Address) -> Session | None:
        contact = (await work.contacts_at([address])).get(address)
        if contact is None:
            return None
        session = (await work.last_sessions([contact.id])).get(contact.id)
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
