"""The service with a clock of its own, and a channel that keeps what it is given."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import make_ids
from bot.engine.heard import Begun
from bot.model.changes import Traces
from bot.model.contact import Address, Contact
from bot.model.message import Inbound, Tap
from bot.model.session import Session
from bot.service.desk import Desk
from bot.service.inbound import KNOWN, Inbox, Taken
from bot.service.library import Library
from bot.service.outbox import Outbox
from bot.service.rehearsal import Hands, Listener
from bot.service.starting import start_flow
from bot.service.timers import Timers
from flows.language.document import load_flow
from storage import SqlStore, open_store
from tests.engine.chat import WORLD


class House:
    """All parts of the service, and short words for what tests do with them."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.hands = Hands()
        self.library = Library(store)
        self.desk = Desk(
            store=store,
            library=self.library,
            clock=self.hands,
            new_id=make_ids(self.hands, node=1),
            world=WORLD,
            zone=ZoneInfo("Europe/Madrid"),
        )
        self.listener = Listener("web")
        self.inbox = Inbox(self.desk)
        self.outbox = Outbox(self.desk, {"web": self.listener})
        self.timers = Timers(self.desk)
        self._keys = 0

    async def publish(self, *sources: str) -> list[str]:
        """Publish flows; return the names of those that changed."""
        documents = [load_flow("flow.yaml", source.encode()) for source in sources]
        changed = await self.library.publish(documents, now=self.hands.at, by="test")
        return [revision.flow for revision in changed]

    async def begin(self, flow: str, handle: str = "1", language: str = "en") -> int:
        """Start a flow for somebody on the web; return whose talk it is."""
        newcomer = Contact(id=self.desk.new_id(), language=language)
        contact = await start_flow(
            self.desk,
            Begun(flow=flow, trigger="test"),
            Address("web", handle),
            newcomer=newcomer,
        )
        await self.outbox.drain()
        return contact

    async def say(self, *texts: str, handle: str = "1") -> Taken:
        """Send words, one after the other; return what became of the last."""
        taken = KNOWN
        for text in texts:
            taken = await self.inbox.take(self.message(text, handle))
        await self.outbox.drain()
        return taken

    async def tap(self, step: str, *options: str, handle: str = "1") -> None:
        """Press options of a question of the newest talk."""
        session = await self.session(handle)
        tap = Tap(session.id, step, options)
        await self.inbox.take(self.message(None, handle, tap=tap))
        await self.outbox.drain()

    def message(
        self,
        text: str | None,
        handle: str = "1",
        *,
        key: str | None = None,
        tap: Tap | None = None,
    ) -> Inbound:
        """Return a message with a key of its own unless one is given."""
        self._keys += 1
        return Inbound(
            address=Address("web", handle),
            key=key or f"{handle}-{self._keys}",
            at=self.hands.at,
            text=text,
            tap=tap,
        )

    async def wait(self, **span: float) -> None:
        """Move the clock, and do what is due at the end of it."""
        self.hands.at += timedelta(**span)
        await self.timers.tick()
        await self.outbox.drain()

    def heard(self) -> list[str]:
        """Return what the bot said so far."""
        return [delivery.content.text for delivery in self.listener.heard]

    async def session(self, handle: str = "1") -> Session:
        """Return somebody's newest talk."""
        contact = await self.contact(handle)
        async with self.store.reading() as work:
            return (await work.last_sessions([contact.id]))[contact.id]

    async def contact(self, handle: str = "1") -> Contact:
        """Return who has this handle on the web."""
        found = await self.store.find(Address("web", handle))
        assert found is not None
        return found

    async def traces(self, handle: str = "1") -> Traces:
        """Return what talks left with somebody."""
        contact = await self.contact(handle)
        async with self.store.reading() as work:
            return (await work.traces([contact.id]))[contact.id]

    async def histogram(self, step: str = "q") -> dict[str, int]:
        """Return how often each value was counted for a step, over all days."""
        cells = await self.store.reports.counts(flow=None, start=None, end=None, by=())
        found: dict[str, int] = {}
        for cell in cells:
            if cell.measure == "answer" and cell.step == step:
                found[cell.value] = found.get(cell.value, 0) + cell.n
        return {value: n for value, n in found.items() if n}

    async def funnel(self) -> dict[str, int]:
        """Return the counts of whole talks by measure."""
        cells = await self.store.reports.counts(flow=None, start=None, end=None, by=())
        return {c.measure: c.n for c in cells if c.measure != "answer" and not c.step}


def blank() -> str:
    """Return the address of a database with nothing in it."""
    return "sqlite:///:memory:"


@asynccontextmanager
async def open_house(*sources: str, file: Path | None = None) -> AsyncIterator[House]:
    """Open a house with these flows published and its inbox running."""
    async with open_store(f"sqlite:///{file}" if file else blank()) as store:
        house = House(store)
        await house.publish(*sources)
        taking = asyncio.create_task(house.inbox.run())
        try:
            yield house
        finally:
            taking.cancel()
            with suppress(asyncio.CancelledError):
                await taking
