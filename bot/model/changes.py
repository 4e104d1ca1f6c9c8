"""What a batch leaves behind: plain rows, collected in memory and saved at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import Struct, field

from bot.model.answer import Kind, Value
from bot.model.contact import Address, Contact
from bot.model.joins import Join, Link
from bot.model.message import Delivery, State
from bot.model.session import Session


class InboundRow(Struct, frozen=True, gc=False):
    """One message as it came: `handled`, or `stuck` with the reason."""

    id: int
    channel: str
    handle: str
    key: str
    contact: int
    received_at: datetime
    raw: str
    state: Literal["handled", "stuck", "dropped"] = "handled"
    error: str | None = None


class SessionRow(Struct, frozen=True):
    """A session to save, and when time itself must wake it."""

    session: Session
    wakes_at: datetime | None
    new: bool


class AnswerRow(Struct, kw_only=True):
    """One answer. `standing` says whether reports count it.

    `counted` answers stand in the histograms; an `earlier` one was replaced by a later
    answer within the flow's `once_every`, a `corrected` one by a correction.
    `period_at` is when the period of `once_every` began; `day` is local to the brand.
    """

    id: int
    contact: int
    session: int
    key: str
    flow: str
    step: str
    kind: Kind
    value: Value
    segment: str | None = None
    comment: str | None = None
    text: str = ""
    language: str
    channel: str
    touchpoint: str = ""
    campaign: str = ""
    revision: str
    day: str
    period_at: datetime
    given_at: datetime
    standing: Literal["counted", "earlier", "corrected", "test"] = "counted"


class CountKey(NamedTuple):
    """One cell of the daily histograms.

    `measure` is `answer` (value: the number given) or a part of the funnel: `sent`,
    `delivered`, `started`, `completed`; the funnel of a whole talk has no step.
    """

    day: str
    flow: str
    step: str
    channel: str
    language: str
    touchpoint: str
    campaign: str
    measure: str
    kind: str
    value: str
    slot: int = 0


class EventRow(Struct, frozen=True, gc=False):
    """Something that happened and has no table of its own, as JSON."""

    id: int
    contact: int
    session: int | None
    kind: str
    data: bytes
    at: datetime


class CaseRow(NamedTuple):
    """An unhappy answer that somebody owes a reply."""

    id: int
    contact: int
    session: int
    flow: str
    team: str
    urgency: str
    cause: str | None
    opened_at: datetime


class CaseNote(NamedTuple):
    """A line to add to the open cases that one answer of a talk led to."""

    session: int
    cause: str
    note: str


class TagRow(NamedTuple):
    """A word that marks a contact, and the answer that put it there."""

    contact: int
    tag: str
    session: int
    cause: str | None
    at: datetime


class ConsentRow(NamedTuple):
    """One entry of the consent log, which only grows."""

    id: int
    contact: int
    topic: str
    given: bool
    wording: str
    language: str
    revision: str
    session: int | None
    at: datetime


class PlanRow(NamedTuple):
    """A flow that is to start for a contact at some time."""

    id: int
    contact: int
    flow: str
    due_at: datetime
    session: int | None
    cause: str | None


Reaches = Literal["lost", "back"]
"""Nobody is reached at an address any more, or somebody is again."""


class Sent(NamedTuple):
    """What became of one delivery."""

    contact: int
    id: int
    token: int
    state: State
    at: datetime
    reason: str | None = None
    reference: str | None = None
    due_at: datetime | None = None
    reach: Reaches | None = None
    """Whether the address turned out to be lost, or to be back."""
    counts: bool = True
    """Whether it was a try; it was none where our account was not let in."""


class MediaRow(Struct, frozen=True, kw_only=True):
    """A file that a contact sent through a service, and what became of it.

    `due` until it is fetched; `kept` under its name, `refused` for what it is, `failed`
    after many tries, or `forgotten` when its time was over.
    """

    id: int
    contact: int
    inbound: int
    channel: str
    kind: str
    reference: str
    state: Literal["due", "kept", "refused", "failed", "forgotten"] = "due"
    name: str | None = None
    media_type: str | None = None
    size: int | None = None
    reason: str | None = None
    attempts: int = 0
    due_at: datetime


class Withdrawn(NamedTuple):
    """All that one answer of a talk caused and that has not left yet is cancelled."""

    session: int
    cause: str


class Changes(Struct, kw_only=True):
    """Everything to be written by one transaction, table by table."""

    inbound: list[InboundRow] = field(default_factory=list)
    new_contacts: list[tuple[Contact, datetime]] = field(default_factory=list)
    new_addresses: list[tuple[Address, int]] = field(default_factory=list)
    contacts: dict[int, Contact] = field(default_factory=dict)
    sessions: dict[int, SessionRow] = field(default_factory=dict)
    withdrawn: list[Withdrawn] = field(default_factory=list)
    answers: list[AnswerRow] = field(default_factory=list)
    changed_answers: dict[int, AnswerRow] = field(default_factory=dict)
    counts: dict[CountKey, int] = field(default_factory=dict)
    events: list[EventRow] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    cases: list[CaseRow] = field(default_factory=list)
    case_notes: list[CaseNote] = field(default_factory=list)
    tags: list[TagRow] = field(default_factory=list)
    consents: list[ConsentRow] = field(default_factory=list)
    plans: list[PlanRow] = field(default_factory=list)
    done_plans: list[tuple[int, int, str]] = field(default_factory=list)
    """Contact, plan, and what became of it."""
    reaches: dict[Address, datetime | None] = field(default_factory=dict)
    """Since when nobody is reached at an address; None where somebody is again."""
    media: list[MediaRow] = field(default_factory=list)
    """Files that came, still to be fetched."""
    silenced: list[int] = field(default_factory=list)
    """Contacts whose unsent messages and plans are dropped: they said stop."""

    joins: list[Join] = field(default_factory=list)
    undone: list[Join] = field(default_factory=list)
    """Joins that hold no longer, each with when it ended."""
    merged: dict[int, int | None] = field(default_factory=dict)
    """Contacts whose set changed, each with the oldest of its set."""
    parted: list[tuple[int, Address]] = field(default_factory=list)
    """Contacts, and addresses that are not theirs any longer: nothing goes there."""
    links: list[Link] = field(default_factory=list)
    used_links: list[Link] = field(default_factory=list)
    reached: set[int] = field(default_factory=set)
    """Contacts who got an address: what waited for one goes on."""

    def count(self, key: CountKey, by: int = 1) -> None:
        """Move one cell of the histograms by so many."""
        self.counts[key] = self.counts.get(key, 0) + by


class Revision(Struct, frozen=True, kw_only=True):
    """One saved version of a flow: its source as it was published."""

    hash: str
    flow: str
    source: bytes
    language_version: int
    published_at: datetime
    published_by: str


class Traces(Struct, frozen=True, kw_only=True):
    """What talks left with a contact besides answers."""

    tags: tuple[str, ...] = ()
    cases: tuple[CaseRow, ...] = ()
    events: tuple[EventRow, ...] = ()


class Standing(Struct, frozen=True, kw_only=True):
    """What policy must know of a contact to decide whether a message may go out."""

    stopped: bool = False
    consents: Mapping[str, bool] = {}
    """Topic to the last recorded word: given, or declined."""
    lost: frozenset[Address] = frozenset()
    """Their addresses at which nobody is reached."""
    session: Session | None = None
