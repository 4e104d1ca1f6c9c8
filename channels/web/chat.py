"""What a page may do, whichever way it comes: by socket or by request."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.clock import Clock, Ids
from bot.errors import Refused, StoreUnavailable, VoxpopError
from bot.model.contact import Address
from bot.model.message import Inbound, Opening
from bot.model.world import Type
from channels.web import frames
from channels.web.entries import NAME, OPENED, entries, inbound, own, talk, words
from channels.web.hub import Hub, Line
from channels.web.limits import Limits, Meter, Seconds
from channels.web.ports import House
from channels.web.uploads import Uploads
from channels.web.visitors import (
    CUSTOMERS,
    Facts,
    InvalidFacts,
    Visitor,
    Visitors,
    read_facts,
)

log = structlog.get_logger()

BUSY_SECONDS: Final = 2
LARGEST_ID: Final = 2**63 - 1
_PLACE: Final = re.compile(r"-?\d{1,2}(\.\d{1,7})?,-?\d{1,3}(\.\d{1,7})?\Z", re.ASCII)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", re.ASCII)


class TooFast(VoxpopError):
    """Somebody asks for more than is allowed; they may again after so many seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"That was a lot at once. Try again in {seconds} s.")


class Page(Struct, frozen=True, kw_only=True):
    """How the operator wants the page to be.

    `sites` are the origins that may embed it, `secret` is what they sign facts with,
    `origin` is where the world reaches us, if that is configured.
    """

    brand: str
    color: str | None = None
    logo: Path | None = None
    flow: str | None = None
    allowed: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    secret: str | None = None
    attributes: Mapping[str, Type] = {}
    origin: str | None = None


class Arrived(Struct, frozen=True):
    """Who said hello, and what is to be stored of it."""

    visitor: Visitor
    arrival: Inbound
    after: int
    token: str | None
    note: str | None


class Chat:
    """Every page's counterpart: knows visitors, and keeps them within their limits."""

    def __init__(  # noqa: PLR0913 - all that the chat is made of
        self,
        house: House,
        page: Page,
        visitors: Visitors,
        uploads: Uploads,
        hub: Hub,
        *,
        limits: Limits,
        seconds: Seconds,
        clock: Clock,
        new_id: Ids,
    ) -> None:
        self.house = house
        self.page = page
        self.visitors = visitors
        self.uploads = uploads
        self.hub = hub
        self._clock = clock
        self._new_id = new_id
        self._messages = Meter(limits.messages, seconds)
        self._messages_of_address = Meter(limits.messages_of_address, seconds)
        self._newcomers = Meter(limits.visitors_of_address, seconds)
        self._calls = Meter(limits.calls_of_address, seconds)
        self._uploads = Meter(limits.uploads, seconds)

    def offers(self, flow: str) -> bool:
        """Say whether the page may be asked for a flow."""
        page = self.page
        return (flow == page.flow or flow in page.allowed) and self.house.offers(flow)

    def call(self, address: str) -> None:
        """Let an address make one more request; raise TooFast where it may not."""
        _take(self._calls, address)

    def upload(self, visitor: Visitor, address: str) -> None:
        """Let a visitor upload one more file; raise TooFast where they may not."""
        self.call(address)
        _take(self._uploads, visitor.handle)

    # ── hello ────────────────────────────────────────────────────────────────────

    async def meet(self, hello: frames.Hello, address: str) -> Arrived:
        """Return who says hello: known by their id, or new.

        Raises Refused where a newcomer asks for a flow that is not offered, TooFast and
        StoreUnavailable.
        """
        facts, note = self._facts(hello)
        visitor = await self._visitor(hello, facts)
        if hello.flow is not None and not self.offers(hello.flow):
            if visitor is None:
                raise Refused("There is no such chat.")
            note = f"the flow {hello.flow!r} is not offered (channels.web.allowed)"
            hello = replace(hello, flow=None)
        new = visitor is None
        if visitor is None:
            _take(self._newcomers, address)
            visitor = self.visitors.new(facts.customer if facts else None)
        arrival = self._arrival(hello, visitor, facts, new=new)
        after = min(int(hello.after or 0), LARGEST_ID)
        return Arrived(visitor, arrival, after, hello.visitor, note)

    async def welcome(self, arrived: Arrived) -> frames.Welcome:
        """Let them in, and return all that they are to see."""
        address, visitor = arrived.arrival.address, arrived.visitor
        customer = visitor.customer
        await self.house.arrive(arrived.arrival)
        if arrived.arrival.link and customer is None:
            visitor = await self._led(visitor, address)
        if customer and await self.house.customers(address) != {customer}:
            raise StoreUnavailable(
                "Somebody else signed in meanwhile; say hello again."
            )
        visit = await self.house.look(address, arrived.after)
        token = self.visitors.token(visitor, arrived.token)
        return frames.Welcome(token, talk(visit.place), entries(visit), arrived.note)

    async def _led(self, visitor: Visitor, address: Address) -> Visitor:
        """Return a visitor as the customer that a link may have made them."""
        bound = await self.house.customers(address)
        return Visitor(visitor.handle, *bound) if len(bound) == 1 else visitor

    def _facts(self, hello: frames.Hello) -> tuple[Facts | None, str | None]:
        if hello.facts is None:
            return None, None
        try:
            return read_facts(hello.facts, self.page.secret, self.page.attributes)
        except InvalidFacts as error:
            return None, str(error)

    async def _visitor(
        self, hello: frames.Hello, facts: Facts | None
    ) -> Visitor | None:
        """Return the visitor of a good id, unless it is another customer's.

        What the store knows decides, for an id may be older than a sign-in.
        """
        visitor = self.visitors.read(hello.visitor)
        if visitor is None:
            return None
        wanted = facts.customer if facts else visitor.customer
        if visitor.customer not in {None, wanted}:
            return None
        bound = await self.house.customers(Address(NAME, visitor.handle))
        if bound:
            return Visitor(visitor.handle, wanted) if wanted in bound else None
        if facts and await self.house.known(Address(CUSTOMERS, facts.customer)):
            return None
        return Visitor(visitor.handle, wanted)

    def _arrival(
        self,
        hello: frames.Hello,
        visitor: Visitor,
        facts: Facts | None,
        *,
        new: bool,
    ) -> Inbound:
        told = facts or Facts(customer="")
        known_as = (Address(CUSTOMERS, facts.customer),) if facts else ()
        language = told.language or hello.language
        return Inbound(
            address=Address(NAME, visitor.handle),
            key=f"opened:{visitor.handle}:{self._new_id():x}",
            at=self._clock(),
            opens=Opening(hello.flow or self.page.flow),
            raw=OPENED,
            first_name=told.first_name,
            last_name=told.last_name,
            language=language if language and _LANGUAGE.match(language) else None,
            zone=told.zone or (hello.zone if new else None),
            attributes=told.attributes,
            known_as=known_as,
            link=hello.link,
        )

    # ── messages ─────────────────────────────────────────────────────────────────

    async def take(
        self,
        visitor: Visitor,
        message: frames.Message,
        address: str,
        line: Line | None = None,
    ) -> frames.Stored | frames.NotTaken | frames.Later:
        """Store a visitor's message and return what became of it.

        Their other windows are shown it too.
        """
        key = message.key
        seconds = self._too_fast(visitor, address)
        if seconds:
            return frames.Later(key, seconds, "too_fast")
        reason = _unfit(message)
        if reason is not None:
            return frames.NotTaken(key, reason)
        taken = inbound(visitor.handle, message, self._clock())
        try:
            if not await self._theirs(visitor, message):
                return frames.NotTaken(key, "refused")
            id_, place = await self.house.take(taken)
        except StoreUnavailable:
            return frames.Later(key, BUSY_SECONDS, "busy")
        except Refused:
            return frames.NotTaken(key, "refused")
        stands = talk(place)
        if id_ is not None and self.hub.others(visitor.handle, line):
            entry = own(message, id_)
            shown = frames.Messages((entry,) if entry else (), stands)
            self.hub.show(visitor.handle, shown, but=line)
        return frames.Stored(key, None if id_ is None else str(id_), stands)

    def _too_fast(self, visitor: Visitor, address: str) -> int:
        """Return the seconds to wait, 0 where a message may come now."""
        if not self._messages.take(visitor.handle):
            return self._messages.wait(visitor.handle)
        if not self._messages_of_address.take(address):
            return self._messages_of_address.wait(address)
        return 0

    async def _theirs(self, visitor: Visitor, message: frames.Message) -> bool:
        """Say whether what is given was uploaded by this visitor, or is a place."""
        if not isinstance(message, frames.Give):
            return True
        if message.kind == "location":
            return _PLACE.match(message.media) is not None
        return await self.uploads.has(visitor.handle, message.media)


def _unfit(message: frames.Message) -> frames.Why | None:
    """Return why a message can never be taken, None where it can."""
    text = words(message)
    if text and len(text) > frames.LONGEST_TEXT:
        return "too_long"
    blank = isinstance(message, frames.Say) and not message.text.strip()
    return "refused" if blank else None


def _take(meter: Meter, name: str) -> None:
    if not meter.take(name):
        raise TooFast(meter.wait(name))
