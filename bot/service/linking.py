"""One-time links: who comes by one is joined to whom it was made for."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bot.engine.heard import Begun, Heard, Opened, Said
from bot.errors import WrongUse
from bot.model.contact import NAMES, Address, Contact
from bot.model.joins import PREFIX, Link
from bot.model.message import Inbound
from bot.service.batch import Batch
from bot.service.desk import Desk
from bot.service.joining import ALREADY, Declined, unite
from bot.service.ports import Work

VALID: Final = timedelta(days=7)
"""How long a link may be used."""
BYTES: Final = 18
"""Of chance in a code: 144 bits, which nobody guesses."""
GREETING: Final = "/start"
"""What somebody is taken to say who came by a link that means nothing more."""


TELEGRAM: Final = "telegram username"
"""The name under which it is kept how the bot is called on Telegram."""


class Made(Struct, frozen=True):
    """A new link, and its code, which nobody is told again."""

    link: Link
    code: str


async def make(desk: Desk, address: Address, flow: str | None = None) -> Made:
    """Make a one-time link to whoever has an address.

    Who is unknown is met by it, if it is one that somebody else gave them, such as the
    shop's number. Raises WrongUse where nobody is known by a chat.
    """
    code = PREFIX + secrets.token_urlsafe(BYTES)
    async with desk.store.transaction() as work:
        batch = Batch(desk, desk.clock())
        found, _ = await work.hold([address], wait=True)
        contact = found.get(address)
        if contact is None:
            if address.channel not in NAMES:
                raise WrongUse(f"nobody is known by {address}")
            contact = Contact(id=desk.new_id())
            batch.meet(contact, address)
        link = Link(
            hash=hashed(code),
            contact=contact.id,
            flow=flow,
            made_at=batch.now,
            expires_at=batch.now + VALID,
        )
        batch.changes.links.append(link)
        await batch.save(work)
    return Made(link, code)


def hashed(code: str) -> str:
    """Return what is kept of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


class Links:
    """The links that a batch of messages came by."""

    def __init__(self) -> None:
        self._links: dict[str, Link] = {}
        self._homes: dict[int, Address] = {}

    async def look(self, work: Work, messages: Sequence[Inbound]) -> None:
        """Find the links, and an address of each contact that is to be held for it."""
        codes = {message.link for message in messages if message.link}
        if codes:
            self._links = await work.links(sorted(map(hashed, codes)))
            whose = sorted({link.contact for link in self._links.values()})
            found = await work.addresses(whose)
            self._homes = {one: own[0] for one, own in found.items()}

    def home(self, message: Inbound) -> Address | None:
        """Return an address of the contact whom a message's link was made for."""
        link = self._links.get(hashed(message.link)) if message.link else None
        return self._homes.get(link.contact) if link else None

    async def follow(
        self, batch: Batch, work: Work, message: Inbound, owner: int
    ) -> Heard | None:
        """Join who came by a good link, once; return what the message then says.

        None where it came by none. By a link that does not hold they are greeted.
        """
        if message.link is None:
            return None
        key = hashed(message.link)
        link = self._links.get(key)
        if link is None or not await self._holds(batch, work, link, message, owner):
            return _greeted(message)
        self._links[key] = used = replace(
            link, used_at=batch.now, used_by=message.address
        )
        batch.changes.used_links.append(used)
        if link.flow in batch.shelf.current:
            return Begun(flow=link.flow, trigger="opened", prompted=True)
        return _greeted(message)

    async def _holds(
        self, batch: Batch, work: Work, link: Link, message: Inbound, owner: int
    ) -> bool:
        """Say whether a link is good, and its contact and the sender are one now."""
        if link.used_at is None:  # perhaps another worker was faster
            link = (await work.links([link.hash])).get(link.hash, link)
        if link.used_at or link.expires_at <= batch.now:
            return False
        if link.contact not in batch.contacts:
            return False
        became = await unite(
            batch, work, owner, link.contact, proof="link", by=str(message.address)
        )
        return not isinstance(became, Declined) or became.reason == ALREADY


def _greeted(message: Inbound) -> Heard:
    """Return what a message says apart from its link."""
    opening = message.opens
    return Opened(opening.flow, opening.again) if opening else Said(GREETING)
