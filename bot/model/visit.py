"""What a visitor of a chat page is shown: the talk so far, and where it stands."""

from msgspec import Struct

from bot.model.answer import Kind
from bot.model.changes import InboundRow
from bot.model.message import Delivery
from bot.model.session import Session


class Place(Struct, frozen=True):
    """Where the newest talk stands; `asks` names the step that waits, `kind` for what.

    `open` says that it can still be answered or corrected.
    """

    talk: int
    open: bool
    language: str
    asks: str | None = None
    kind: Kind | None = None


class Visit(Struct, frozen=True):
    """What went to a visitor and what they sent, oldest first, and where they stand."""

    place: Place | None = None
    shown: tuple[Delivery, ...] = ()
    written: tuple[InboundRow, ...] = ()


def place_of(session: Session | None, kind: Kind | None = None) -> Place | None:
    """Return where a talk stands, None where there is none."""
    if session is None:
        return None
    active = session.status == "active"
    return Place(session.id, active, session.language, session.asks, kind)
