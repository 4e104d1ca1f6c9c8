"""Messages in and out, as every channel decodes and encodes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from bot.model.answer import Kind, Option, Value
from bot.model.contact import Address

Press = Literal["answer", "on", "off", "done"]
"""What a press does: it answers, or where several may be chosen it turns options on or
off, or ends the choosing."""


class Tap(Struct, frozen=True):
    """A press on what a message offered: whose talk, which step, which options.

    Where a name is too long for a service to bring back, its tag stands for it
    (`bot.model.tags`). Without options a press skips the question, or is *done*.
    """

    session: int
    step: str
    options: tuple[str, ...]
    press: Press = "answer"


class Media(Struct, frozen=True):
    """Something sent that is not words; `reference` tells the channel where it is."""

    kind: Literal["photo", "voice", "file", "location"]
    reference: str


class Opening(Struct, frozen=True):
    """Somebody opened a chat that begins this flow; `again` where they asked anew.

    Without a flow it begins what *start* does on the channel.
    """

    flow: str | None = None
    again: bool = False


class Inbound(Struct, frozen=True, kw_only=True):
    """One message from a contact; `key` is unique on its channel, for deduplication.

    `raw` is what the provider sent, kept so that nothing is lost. `first_name` and what
    follows is what the channel tells of the person, if it does; `known_as` holds
    further addresses of theirs that were proven together with this one. `link` is the
    code of a one-time link that they came by.

    `reach` says that the address is lost to us (they blocked us, or are gone), or back.
    `fault` says why what the provider sent cannot be understood: it is kept as stuck.
    """

    address: Address
    key: str
    at: datetime
    text: str | None = None
    tap: Tap | None = None
    media: Media | None = None
    opens: Opening | None = None
    raw: str = ""
    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None
    zone: str | None = None
    attributes: Mapping[str, Value] = {}
    known_as: tuple[Address, ...] = ()
    link: str | None = None
    reach: Literal["lost", "back"] | None = None
    fault: str | None = None


class Shown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The question inside a message: all that a channel needs to offer its answers."""

    step: str
    kind: Kind
    options: tuple[Option, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    low: str | None = None
    high: str | None = None
    skip: str | None = None
    """The label of *skip*, where the question may be skipped."""
    done: str | None = None
    """The label that ends a choosing, where an answer is not given by one press."""
    choose: str | None = None
    """The label that opens a list, where options or a scale are on offer."""
    share: str | None = None
    """The label that shares one's number or place, where these are asked for."""
    numbered: bool = False
    """Whether a typed number is taken for the place of an option."""


class Outbound(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message to a contact: its words, and the question it asks if it asks one."""

    text: str
    shown: Shown | None = None


STOP: Final = "stop"
"""The topic of the one message that confirms a stop."""

State = Literal[
    "due",
    "claimed",
    "sending",
    "sent",
    "delivered",
    "read",
    "failed",
    "withheld",
    "superseded",
    "unknown",
]


class Reach(Struct, frozen=True):
    """Which addresses a process sends to: all of these channels, or one handle.

    `singly` takes of each address only what is due first, and nothing for the handles
    in `but`.
    """

    channels: tuple[str, ...]
    handle: str | None = None
    singly: bool = False
    but: tuple[str, ...] = ()


Role = Literal["says", "opens", "asks", "again", "reminder"]
"""What a message does: it says something, asks the first question of a talk or a
further one, asks once more, or reminds."""


class Delivery(Struct, frozen=True, kw_only=True):
    """One row of the outbox: a message, whom it is for, and how far it came.

    `prompted` marks a reply to what the contact just wrote; `cause` is the key of the
    answer that led to it, so that a correction can take it back while it is due.
    `asks` names the step whose answer the message waits for; when the talk no longer
    waits there, the message is superseded.
    """

    id: int
    contact: int
    address: Address
    session: int | None = None
    flow: str = ""
    asks: str | None = None
    cause: str | None = None
    content: Outbound
    topic: str = "survey"
    prompted: bool = True
    role: Role = "says"
    due_at: datetime
    state: State = "due"
    token: int = 0
    attempts: int = 0
    reason: str | None = None
    reference: str | None = None
    """What the provider calls it; of a message in parts, those that left so far."""
