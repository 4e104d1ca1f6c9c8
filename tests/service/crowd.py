"""People with chats on two services and a number in the shop, and a house for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from bot.model.changes import PlanRow, Standing
from bot.model.contact import Address, Contact
from bot.model.joins import Join
from bot.model.message import Inbound
from bot.model.session import Session
from bot.service import joining, linking
from bot.service.inbound import Taken
from bot.service.joining import Declined
from bot.service.outbox import Outbox
from bot.service.rehearsal import Listener
from bot.service.telling import Told, tell
from tests.service.house import House, open_house

SURVEY: Final = """
flow: survey
once_every: 90 days
remind_after: [1 day]
expire_after: 30 days
languages: [en, es]
triggers: [{keyword: [survey]}, {event: order.paid}]
steps:
  q: {ask: {en: How was it?, es: ¿Qué tal?}, answer: nps}
  why: {ask: {en: Why?, es: ¿Por qué?}, answer: text}
  bye: {say: {en: Thanks., es: Gracias.}}
"""
OTHER: Final = """
flow: other
languages: [en, es]
triggers: [{keyword: [other]}, {event: order.sent}]
steps:
  q: {ask: {en: Better?, es: ¿Mejor?}, answer: yes_no}
"""
NEWS: Final = """
flow: news
languages: [en]
triggers: [{keyword: [news]}]
steps:
  may: {ask: May we write?, answer: consent, topic: survey}
"""
TELEGRAM: Final = Address("telegram", "1")
WEB: Final = Address("web", "1")
CRM: Final = Address("crm", "4711")
PHONE: Final = Address("phone", "+4930123456")


class Crowd:
    """A house on both services, and short words for what people do."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.desk = house.desk
        self.heard = {name: Listener(name) for name in ("telegram", "web")}
        house.outbox = Outbox(house.desk, dict(self.heard))
        self._keys = 0

    def message(
        self, address: Address, text: str | None = "hello", **more: object
    ) -> Inbound:
        """Return a message with a key of its own unless one is given."""
        self._keys += 1
        fields: dict[str, object] = {"key": f"{address}:{self._keys}", **more}
        at = self.house.hands.at
        return Inbound(address=address, at=at, text=text, **fields)  # type: ignore[arg-type]

    async def say(
        self, address: Address, text: str | None = "hello", **more: object
    ) -> Taken:
        """Send one message, and send what is due after it."""
        taken = await self.house.inbox.take(self.message(address, text, **more))
        await self.settle()
        return taken

    async def settle(self) -> None:
        """Do and send what is due."""
        await self.house.timers.tick()
        await self.house.outbox.drain()

    async def wait(self, **span: float) -> None:
        """Move the clock, and do what is due at the end of it."""
        await self.house.wait(**span)

    def said(self, channel: str) -> list[str]:
        """Return what the bot said on a channel."""
        return [delivery.content.text for delivery in self.heard[channel].heard]

    async def link(self, address: Address, flow: str | None = None) -> str:
        """Return the code of a new link."""
        return (await linking.make(self.desk, address, flow)).code

    async def follow(self, address: Address, code: str, **more: object) -> Taken:
        """Come by a link."""
        return await self.say(address, None, link=code, **more)

    async def join(self, a: Address, b: Address) -> Join:
        """Join two on an operator's word."""
        made = await joining.join(self.desk, a, b, by="ops")
        assert not isinstance(made, Declined), made
        return made

    async def undo(self, join: Join) -> None:
        """Undo a join."""
        await joining.undo(self.desk, join.id)

    async def tell(self, event: str, address: Address = CRM) -> list[PlanRow]:
        """Tell of an event; return the starts it led to."""
        [plans] = await tell(self.desk, [Told(event=event, address=address)])
        await self.settle()
        return plans

    async def contact(self, address: Address) -> Contact:
        """Return whose an address is, as the row has it."""
        found = await self.house.store.find(address)
        assert found is not None, address
        return found

    async def one(self, *addresses: Address) -> bool:
        """Say whether these addresses belong to one person."""
        found = [await self.contact(address) for address in addresses]
        return len({each.merged_into or each.id for each in found}) == 1

    async def session(self, address: Address) -> Session | None:
        """Return the newest talk of an address's own contact."""
        contact = await self.contact(address)
        async with self.house.store.reading() as work:
            return (await work.last_sessions([contact.id])).get(contact.id)

    async def standing(self, address: Address) -> Standing:
        """Return what policy knows of whoever has an address."""
        contact = await self.contact(address)
        async with self.house.store.reading() as work:
            return (await work.standings([contact.id]))[contact.id]

    async def joins(self, address: Address) -> list[Join]:
        """Return all joins of an address's contact."""
        contact = await self.contact(address)
        async with self.house.store.reading() as work:
            return await work.joins_of([contact.id])

    async def events(self, address: Address, kind: str) -> int:
        """Return how many events of a kind an address's contact has."""
        contact = await self.contact(address)
        async with self.house.store.reading() as work:
            found = (await work.traces([contact.id]))[contact.id].events
        return sum(event.kind == kind for event in found)


@asynccontextmanager
async def open_crowd(*sources: str) -> AsyncIterator[Crowd]:
    """Open a house on both services with these flows, else with all of them."""
    async with open_house(*(sources or (SURVEY, OTHER, NEWS))) as house:
        yield Crowd(house)
