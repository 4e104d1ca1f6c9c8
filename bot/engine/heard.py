"""What wakes a talk, and the facts it is woken with."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from msgspec import Struct

from bot.model.answer import Value
from bot.model.contact import Address, Contact
from bot.model.event import Event
from bot.model.message import Media, Press
from bot.model.session import Session
from bot.model.world import World


class Said(Struct, frozen=True):
    """The contact typed these words."""

    text: str


class Tapped(Struct, frozen=True):
    """The contact pressed options of a question; none of them means *skip*.

    Where several may be chosen one by one, `press` says that an option was turned on or
    off, or that the choosing is done.
    """

    session: int
    step: str
    options: tuple[str, ...]
    press: Press = "answer"


class Gave(Struct, frozen=True):
    """The contact sent a photo, a voice note, a file or a place; perhaps with words."""

    media: Media
    text: str | None = None


class Opened(Struct, frozen=True):
    """The contact opened a chat that begins a flow; `again` where they asked anew.

    Without a flow it begins what *start* does on the channel.
    """

    flow: str | None = None
    again: bool = False


class TimePassed(Struct, frozen=True):
    """Nobody wrote, but something may be due by now."""


class PressesLost(Struct, frozen=True):
    """What the contact pressed may not have reached us: the question is put again."""


class Begun(Struct, frozen=True, kw_only=True):
    """Somebody, or something, started a flow for the contact.

    `trigger` is a trigger's name, or who did it: `chat`, `opened`, `send`, `test`,
    `start`.
    """

    flow: str
    trigger: str
    event: Mapping[str, Value] = {}
    prompted: bool = False


Heard = Said | Tapped | Gave | Opened | TimePassed | PressesLost | Begun


class Facts(Struct, frozen=True, kw_only=True):
    """All that the engine must be told: it asks no clock and makes no id.

    `now` is aware, `today` the date where the contact lives; `new_session` is the id
    that a talk gets if one begins; `start_flow` what *start* begins on this channel.
    """

    now: datetime
    today: date
    contact: Contact
    address: Address
    world: World
    new_session: int
    start_flow: str | None = None
    region: str | None = None
    told_language: str | None = None
    test: bool = False


class Trod(NamedTuple):
    """A step that was visited, or with `part` which way of its `go` or `then` it was.

    The way is named as the flow names it: by outcome, or by its place in the list;
    `else` is also the way on in file order where no other was taken.
    """

    flow: str
    step: str
    part: str = ""
    way: str | int = ""


class Sprint(Struct, frozen=True):
    """What one push produced: the talk as it is now, and what happened, in order."""

    session: Session | None
    events: tuple[Event, ...]
    trod: tuple[Trod, ...] = ()
