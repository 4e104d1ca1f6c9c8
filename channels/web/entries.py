"""What the house keeps, as the chat page shows it; and what the page says, as nouns."""

from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter
from typing import Final

from bot.clock import now
from bot.errors import Refused
from bot.model.changes import InboundRow
from bot.model.contact import Address
from bot.model.message import Delivery, Inbound, Media, Opening, Shown, Tap as Pressed
from bot.model.visit import Place, Visit
from channels.web import frames

NAME = "web"
OPENED: Final = '{"type":"opened"}'
"""What is kept of somebody who opened the page."""


def entries(visit: Visit) -> tuple[frames.Entry, ...]:
    """Return the log of a visit, in the order in which its messages were made."""
    found = [(delivery.id, said(delivery)) for delivery in visit.shown]
    found += [(row.id, own) for row in visit.written for own in _written(row)]
    return tuple(entry for _, entry in sorted(found, key=itemgetter(0)))


def said(delivery: Delivery) -> frames.Entry:
    """Return what the bot said."""
    content = delivery.content
    asked = _question(delivery, content.shown) if content.shown else None
    return frames.Entry(
        id=str(delivery.id), author="bot", text=content.text, question=asked
    )


def _question(delivery: Delivery, shown: Shown) -> frames.Question:
    return frames.Question(
        talk=str(delivery.session or 0),
        step=shown.step,
        kind=shown.kind,
        options=tuple(frames.Choice(o.key, o.label) for o in shown.options),
        min=shown.minimum,
        max=shown.maximum,
        low=shown.low,
        high=shown.high,
        skip=shown.skip,
    )


def _written(row: InboundRow) -> Iterable[frames.Entry]:
    """Yield what a visitor sent, as the page sent it; opening the page is not shown."""
    try:
        message = frames.read_message(row.raw)
    except Refused:
        return
    entry = own(message, row.id)
    if entry is not None:
        yield entry


def own(message: frames.Message, id_: int | None) -> frames.Entry | None:
    """Return a visitor's own message as an entry, None for what has no place there."""
    tap = media = None
    if isinstance(message, frames.Again):
        return None
    if isinstance(message, frames.Tap):
        tap = frames.Tapped(message.talk, message.step, message.options)
    elif isinstance(message, frames.Give):
        media = frames.Given(message.kind, message.media)
    return frames.Entry(
        id=str(id_ or 0),
        author="me",
        text=words(message),
        key=message.key,
        tap=tap,
        media=media,
    )


def words(message: frames.Message) -> str | None:
    """Return the words of a message, None where it has none."""
    return message.text if isinstance(message, frames.Say | frames.Give) else None


def talk(place: Place | None) -> frames.Talk | None:
    """Return where the newest talk stands, as the page is told."""
    if place is None:
        return None
    return frames.Talk(str(place.talk), place.open, place.language, place.asks)


def inbound(handle: str, message: frames.Message, at: datetime) -> Inbound:
    """Return what a page says as the house takes it; `raw` reads back the same.

    Keys begin with the visitor's handle, so that nobody can use up another's.
    """
    tap = media = opens = None
    match message:
        case frames.Tap():
            tap = Pressed(int(message.talk), message.step, message.options)
        case frames.Give():
            media = Media(message.kind, message.media)
        case frames.Again():
            opens = Opening(again=True)
        case frames.Say():
            pass
    return Inbound(
        address=Address(NAME, handle),
        key=f"{handle}:{message.key}",
        at=at,
        text=words(message),
        tap=tap,
        media=media,
        opens=opens,
        raw=frames.encode(message).decode(),
    )


def decode(raw: str) -> Inbound | None:
    """Return what a page said as the house keeps it, from whichever visitor it was.

    None for the opening of the page, which is over. Raises Refused where it is nothing
    that a page says.
    """
    if raw == OPENED:
        return None
    return inbound("", frames.read_message(raw), now())
