"""A talk: one contact's way through one flow, small enough to be a row of JSON."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from bot.model.answer import Value
from bot.model.contact import Address

Status = Literal["active", "completed", "expired", "stopped"]
Ended = Literal["completed", "expired", "stopped"]
Waits = Literal["answer", "time", "nothing"]


class Frame(Struct, frozen=True, array_like=True):
    """A place in a flow. Where flows run inside one another, frames stand in a row."""

    flow: str
    step: str
    until: datetime | None = None
    """When the wait ends at which this frame stands while another flow runs inside."""


class Offer(Struct, frozen=True, array_like=True):
    """A value that a *yes* would make the answer, and the words left over."""

    value: Value
    comment: str | None = None


_SHORT = {
    "contact": "c",
    "address": "to",
    "status": "st",
    "frames": "f",
    "pins": "p",
    "language": "l",
    "trigger": "by",
    "event": "ev",
    "answers": "a",
    "comments": "w",
    "trail": "t",
    "waits": "h",
    "offer": "o",
    "misses": "m",
    "reminded": "r",
    "asked_at": "at",
    "wait_until": "u",
    "began_at": "b",
    "ended_at": "e",
    "sprints": "n",
    "correcting": "k",
    "came_from": "g",
    "ahead": "d",
    "pressed": "q",
    "test": "x",
}


class Session(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_SHORT):
    """All that `resume` needs; times are aware and in UTC.

    `frames` stand outermost first; `pins` holds the revision that each flow of this
    talk keeps. Answers of flows run inside are keyed `flow.step`. `comments` keeps the
    words left over beside an answer while a later step may take them. `trail` lists the
    questions answered so far, for going back. `asked_at` is when the waiting question
    was first sent; reminders and expiry count from it. `correcting` names the question
    gone back to, `came_from` the place where the talk stood then, `ahead` the
    entries of the trail between the two, which stand. `pressed` are the options of
    the waiting question that are turned on, until the choosing is done.
    """

    id: int
    contact: int
    address: Address
    status: Status = "active"
    frames: tuple[Frame, ...] = ()
    pins: Mapping[str, str] = {}
    language: str = "en"
    trigger: str = ""
    event: Mapping[str, Value] = {}
    answers: Mapping[str, Value] = {}
    comments: Mapping[str, str] = {}
    trail: tuple[str, ...] = ()
    waits: Waits = "nothing"
    offer: Offer | None = None
    misses: int = 0
    reminded: int = 0
    asked_at: datetime | None = None
    wait_until: datetime | None = None
    began_at: datetime
    ended_at: datetime | None = None
    sprints: int = 0
    correcting: str | None = None
    came_from: str | None = None
    ahead: tuple[str, ...] = ()
    pressed: tuple[str, ...] = ()
    test: bool = False

    @property
    def flow(self) -> str:
        """Return the name of the outermost flow."""
        return self.frames[0].flow

    @property
    def here(self) -> Frame:
        """Return the innermost frame, where the talk stands."""
        return self.frames[-1]

    @property
    def asks(self) -> str | None:
        """Return the key of the answer this talk waits for, None where it does not."""
        if self.waits != "answer" or self.status != "active":
            return None
        here = self.frames[-1]
        return f"{here.flow}.{here.step}" if len(self.frames) > 1 else here.step


def leading(talks: Iterable[Session]) -> Session | None:
    """Return the talk that words of a person belong to: the newest that is open.

    Where none is open it is the newest, None where there is none.
    """
    return max(talks, key=lambda each: (each.status == "active", each.id), default=None)
