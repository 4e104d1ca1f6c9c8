"""What a flow may say: every key an operator can write, as frozen values.

A step does one thing and its verb carries the words. The same models make the JSON
Schema, so a sentence here is what an editor shows.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
)

from bot.model.answer import Kind
from flows.language.actions import (
    ACTIONS,
    Action,
    Actions,
    AddTag,
    Alert,
    AlertWanted,
    Award,
    CaseWanted,
    Emit,
    EventWanted,
    FlowWanted,
    OpenCase,
    SetAttributes,
    StartFlow,
    Then,
)
from flows.language.parts import (
    Model,
    Name,
    Number,
    Span,
    Truth,
    Words,
    any_of,
    listed,
    shape_of,
    verb_of,
)
from flows.language.shapes import ANSWER, QUESTION, OneOrMore, Or
from flows.language.template import TEXT
from flows.language.triggers import (
    TRIGGERS,
    AnythingTrigger,
    CommandTrigger,
    DateTrigger,
    EventTrigger,
    KeywordTrigger,
    ReferralTrigger,
    Trigger,
)
from flows.language.ways import ELSE, END, SKIPPED, Go, Way, Ways

__all__ = [
    "ACTIONS",
    "ELSE",
    "END",
    "FRAMES_A_SESSION",
    "LANGUAGE_VERSION",
    "SKIPPED",
    "SPRINTS_A_SESSION",
    "STEPS_A_FLOW",
    "STEPS_A_SPRINT",
    "TRIGGERS",
    "VERBS",
    "Action",
    "Actions",
    "AddTag",
    "Alert",
    "AlertWanted",
    "AnythingTrigger",
    "Ask",
    "Award",
    "Branch",
    "CaseWanted",
    "CommandTrigger",
    "DateTrigger",
    "Emit",
    "EventTrigger",
    "EventWanted",
    "Flow",
    "FlowWanted",
    "Go",
    "KeywordTrigger",
    "Label",
    "Model",
    "Name",
    "Number",
    "OpenCase",
    "Refer",
    "ReferralTrigger",
    "Run",
    "Say",
    "SetAttributes",
    "Span",
    "StartFlow",
    "Step",
    "Then",
    "Trigger",
    "Truth",
    "Wait",
    "Way",
    "Ways",
    "Words",
]

LANGUAGE_VERSION: Final = 1
"""Goes up when a flow would be read differently; later versions read earlier ones."""

STEPS_A_FLOW: Final = 200
STEPS_A_SPRINT: Final = 100
SPRINTS_A_SESSION: Final = 500
FRAMES_A_SESSION: Final = 8
DEFAULT_EXPIRY: Final = timedelta(days=7)


def _in_order(spans: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    """Return spans from the shortest to the longest, each once."""
    return tuple(sorted(set(spans)))


class Say(Model):
    """Say something and go on."""

    say: Words
    """The words, one text or one for each language."""
    then: Actions = ()
    """What happens once it is said: an action, or a list of them."""
    go: Go | None = None
    """Where to go on; without it, the next step in the file."""


class Label(Model):
    """An answer on offer: what the button says, and other words that mean it."""

    label: Words
    """What the button says."""
    aliases: Annotated[
        Annotated[tuple[str, ...], Tag("<list>")]
        | Annotated[dict[str, tuple[str, ...]], Tag("<mapping>")],
        Discriminator(shape_of),
    ] = ()
    """Other words that mean it, a list or a list for each language."""


def _label(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Label):
        return value
    return (
        value if isinstance(value, Mapping) and "label" in value else {"label": value}
    )


class Ask(Model):
    """Ask something and wait for the answer, which is kept under the step's name."""

    model_config = ConfigDict(json_schema_extra=QUESTION)

    ask: Words
    """The question, one text or one for each language."""
    answer: Annotated[Kind, WithJsonSchema(ANSWER)]
    """The kind of answer that is expected."""
    options: dict[str, Annotated[Label, BeforeValidator(_label), Or(TEXT)]] = Field(
        default_factory=dict
    )
    """What a choice or choices offer, at least two: a key and its label."""
    min: Number | None = None
    """The lowest number of a rating or a number."""
    max: Number | None = None
    """The highest number of a rating or a number."""
    low: Words | None = None
    """Words for the low end of a scale."""
    high: Words | None = None
    """Words for the high end of a scale."""
    topic: Name | None = None
    """What a consent is about."""
    optional: Truth = False
    """Whether the question may be skipped."""
    unless_said: Name | None = None
    """An earlier step whose comment is taken as the answer instead of asking."""
    after_two_misses: Literal["ask", "skip", "human"] = "ask"
    """After two answers that do not fit: ask again, skip, or call a human."""
    then: Then = ()
    """What the answer causes: an action, a list of them, or these by outcome."""
    go: Go | None = None
    """Where to go on: a step, a step by outcome, or a list of ways."""


class Branch(Model):
    """Choose the way by conditions: the first that holds."""

    branch: Ways
    """The ways, from the first to the last; else takes the rest."""


class Run(Model):
    """Run another flow inside this one, then come back and go on."""

    run: Name
    """The name of the flow that runs inside this one."""
    go: Go | None = None
    """Where to go on afterwards; without it, the next step in the file."""


class Wait(Model):
    """Let time pass before going on."""

    wait: Span
    """How long, such as 22 hours or 2 days."""
    go: Go | None = None
    """Where to go on afterwards; without it, the next step in the file."""


class Refer(Model):
    """Give the contact a link of their own to bring friends with."""

    refer: Name
    """The programme; config.yaml declares the programmes."""
    say: Words
    """The words that hand the link over; {referral.link} is the link."""
    share: Words
    """The words for the friend, ready to be passed on."""
    qr: Truth = False
    """Whether a QR code of the link is sent too."""
    then: Actions = ()
    """What happens once it is said: an action, or a list of them."""
    go: Go | None = None
    """Where to go on; without it, the next step in the file."""


VERBS: Final = ("say", "ask", "branch", "run", "wait", "refer")
_STEP_VERBS: Final = ("refer", "ask", "branch", "run", "wait", "say")

Step = Annotated[
    Annotated[Say, Tag("<say>")]
    | Annotated[Ask, Tag("<ask>")]
    | Annotated[Branch, Tag("<branch>")]
    | Annotated[Run, Tag("<run>")]
    | Annotated[Wait, Tag("<wait>")]
    | Annotated[Refer, Tag("<refer>")],
    Discriminator(
        verb_of(_STEP_VERBS),
        custom_error_type="unknown_step_verb",
        custom_error_message=f"this step does nothing; write {any_of(VERBS)}",
    ),
]


class Flow(Model):
    """A flow: what starts it, what it asks and says, and where each answer leads."""

    flow: Name
    """The name of the flow, one of its own among all files."""
    title: Words | None = None
    """What operators call it."""
    touchpoint: str = ""
    """The moment it asks about, for reports."""
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("en",)
    """The languages that every text has; the first is the fallback."""
    topic: Name = "survey"
    """The consent that messages which we start fall under."""
    team: str | None = None
    """The team that hears of a contact who asks for a human."""
    triggers: tuple[Trigger, ...] = ()
    """What starts a talk; without any, the flow is started by name."""
    once_every: Span | None = None
    """How often we may start it; whoever asks for it is always served."""
    remind_after: Annotated[
        tuple[Span, ...],
        BeforeValidator(listed),
        AfterValidator(_in_order),
        OneOrMore(),
    ] = ()
    """When to remind, counted from when the question was first sent."""
    reminder: Words | None = None
    """The words of a reminder, before the question again."""
    expire_after: Span = DEFAULT_EXPIRY
    """When a waiting talk ends; without it, after 7 days."""
    steps: Annotated[dict[Name, Step], Field(min_length=1, max_length=STEPS_A_FLOW)]
    """What happens, in this order: the name of a step and what it does."""

    def after(self, step: str) -> str:
        """Return the step that follows in file order, `end` after the last."""
        names = list(self.steps)
        place = names.index(step) + 1
        return names[place] if place < len(names) else END
