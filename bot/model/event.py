"""What a sprint tells: things that happened, each in the past tense, and no more."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from msgspec import Struct

from bot.model.answer import Kind, Value
from bot.model.message import Outbound, Role
from bot.model.session import Ended


class MessageCreated(Struct, frozen=True, kw_only=True, tag=True):
    """There is something to say; `asks` names the answer it waits for.

    `prompted` is false for what we start ourselves: invitations and reminders.
    """

    content: Outbound
    flow: str = ""
    asks: str | None = None
    cause: str | None = None
    topic: str = "survey"
    prompted: bool = True
    role: Role = "says"


class SessionStarted(Struct, frozen=True, kw_only=True, tag=True):
    """A talk began."""

    flow: str
    revision: str
    trigger: str


class SessionEnded(Struct, frozen=True, kw_only=True, tag=True):
    """A talk came to its end, ran out of time or was stopped."""

    flow: str
    status: Ended


class SessionReopened(Struct, frozen=True, kw_only=True, tag=True):
    """An answer came to a talk that had expired, so it goes on."""

    flow: str


class Answered(Struct, frozen=True, kw_only=True, tag=True):
    """A question has its answer; `corrects` says that it replaces an earlier one.

    `key` is the answer's key in the talk, `flow` and `step` say where the question
    stands. `text` is what was typed, `comment` the words beside the value.
    """

    key: str
    flow: str
    step: str
    revision: str
    touchpoint: str
    kind: Kind
    value: Value
    segment: str | None = None
    comment: str | None = None
    text: str = ""
    first: bool = False
    corrects: bool = False
    once_every: timedelta | None = None


class AnswerKept(Struct, frozen=True, kw_only=True, tag=True):
    """A correction led past this answer, which stands; what it caused comes anew."""

    key: str


class CommentMoved(Struct, frozen=True, kw_only=True, tag=True):
    """The words beside an earlier answer became an answer of their own."""

    key: str


class CommentKept(Struct, frozen=True, kw_only=True, tag=True):
    """Words or media that are no answer by themselves were kept beside a question."""

    key: str
    text: str


class AnswerRejected(Struct, frozen=True, kw_only=True, tag=True):
    """What came is no answer to the waiting question."""

    key: str
    text: str


class WentBack(Struct, frozen=True, kw_only=True, tag=True):
    """The contact returned to an earlier question."""

    key: str


class ConsentRecorded(Struct, frozen=True, kw_only=True, tag=True):
    """The contact agreed or declined, to these words, in this language."""

    topic: str
    given: bool
    wording: str
    language: str
    revision: str


class TagAdded(Struct, frozen=True, kw_only=True, tag=True):
    """The contact was marked with a word."""

    tag: str
    cause: str | None = None


class AttributeSet(Struct, frozen=True, kw_only=True, tag=True):
    """Something was learnt of the contact."""

    name: str
    value: Value


class CaseOpened(Struct, frozen=True, kw_only=True, tag=True):
    """Somebody owes the contact a reply."""

    flow: str
    team: str
    urgency: Literal["high", "normal"]
    cause: str | None = None


class AlertRaised(Struct, frozen=True, kw_only=True, tag=True):
    """A team is to know at once."""

    team: str
    text: str | None = None
    cause: str | None = None


class FlowPlanned(Struct, frozen=True, kw_only=True, tag=True):
    """Another flow is to start, after some time."""

    flow: str
    wait: timedelta = timedelta()
    cause: str | None = None


class Emitted(Struct, frozen=True, kw_only=True, tag=True):
    """Something is told to the world outside."""

    name: str
    data: Mapping[str, Value] = {}
    cause: str | None = None


class NotAvailable(Struct, frozen=True, kw_only=True, tag=True):
    """A part of the flow asks for what this house cannot do yet; the reason is kept."""

    what: str
    reason: Literal["not-available"] = "not-available"


class Misfitted(Struct, frozen=True, kw_only=True, tag=True):
    """A condition met a value of a type it cannot use, and counted as false."""

    step: str
    reason: str


class LanguageChosen(Struct, frozen=True, kw_only=True, tag=True):
    """The contact chose the language we talk in."""

    language: str


class Stopped(Struct, frozen=True, kw_only=True, tag=True):
    """The contact said stop: nothing goes out until they write again."""


class Restarted(Struct, frozen=True, kw_only=True, tag=True):
    """The contact wrote again after a stop."""


class StopDoubted(Struct, frozen=True, kw_only=True, tag=True):
    """We asked whether to stop, or were told."""

    open: bool


class IdleTold(Struct, frozen=True, kw_only=True, tag=True):
    """We said, once this day, that nothing waits for the contact's words."""

    day: str


class AfterwordKept(Struct, frozen=True, kw_only=True, tag=True):
    """Words that came after the talk were kept with it."""

    text: str


class WordsUnheard(Struct, frozen=True, kw_only=True, tag=True):
    """Words came that nothing waits for."""

    text: str


class EventTold(Struct, frozen=True, kw_only=True, tag=True):
    """The world outside told that something happened to the contact."""

    name: str
    data: Mapping[str, Value] = {}


class JoinRefused(Struct, frozen=True, kw_only=True, tag=True):
    """A proof that two contacts are one person was not taken, for this reason."""

    reason: str


class WalkBounded(Struct, frozen=True, kw_only=True, tag=True):
    """A flow went on without ever waiting, and was ended."""

    flow: str
    step: str


Event = (
    MessageCreated
    | SessionStarted
    | SessionEnded
    | SessionReopened
    | Answered
    | AnswerKept
    | CommentMoved
    | CommentKept
    | AnswerRejected
    | WentBack
    | ConsentRecorded
    | TagAdded
    | AttributeSet
    | CaseOpened
    | AlertRaised
    | FlowPlanned
    | Emitted
    | NotAvailable
    | Misfitted
    | LanguageChosen
    | Stopped
    | Restarted
    | StopDoubted
    | IdleTold
    | AfterwordKept
    | WordsUnheard
    | WalkBounded
)
