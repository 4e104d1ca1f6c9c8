"""What a flow may say: every key an operator can write, as frozen values.

A step does one thing and its verb carries the words. The same models make the JSON
Schema, so a sentence here is what an editor shows.
"""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
)

from bot.model.answer import Kind
from flows.language.conditions import Condition, parse_condition
from flows.language.scalars import (
    parse_duration,
    parse_name,
    parse_number,
    parse_time,
    parse_truth,
)
from flows.language.shapes import (
    ANSWER,
    CLOCK,
    NAME,
    NUMBER,
    QUESTION,
    SPAN,
    TRUTH,
    WORD,
    OneOrMore,
    Or,
)
from flows.language.template import TEXT, Text, parse_text

LANGUAGE_VERSION: Final = 1
"""Goes up when a flow would be read differently; later versions read earlier ones."""

STEPS_A_FLOW: Final = 200
STEPS_A_SPRINT: Final = 100
SPRINTS_A_SESSION: Final = 500
FRAMES_A_SESSION: Final = 8

END: Final = "end"
ELSE: Final = "else"
SKIPPED: Final = "skipped"
DEFAULT_EXPIRY: Final = timedelta(days=7)

Name = Annotated[str, BeforeValidator(parse_name), WithJsonSchema(NAME)]
Words = Annotated[Text, BeforeValidator(parse_text)]
When = Annotated[Condition, BeforeValidator(parse_condition)]
Span = Annotated[timedelta, BeforeValidator(parse_duration), WithJsonSchema(SPAN)]
Clock = Annotated[time, BeforeValidator(parse_time), WithJsonSchema(CLOCK)]
Truth = Annotated[bool, BeforeValidator(parse_truth), WithJsonSchema(TRUTH)]
Number = Annotated[
    float,
    Field(allow_inf_nan=False),
    BeforeValidator(parse_number),
    WithJsonSchema(NUMBER),
]


class Model(BaseModel):
    """The manners of every model here: frozen, no key that is not named."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )


def _shape(value: Any) -> str:  # noqa: ANN401 - whatever YAML held
    if isinstance(value, list | tuple):
        return "<list>"
    return "<mapping>" if isinstance(value, Mapping) else "<word>"


def _single(value: Any) -> Any:  # noqa: ANN401
    """Take one thing for a list of it."""
    return value if isinstance(value, list | tuple) else [value]


def _in_order(spans: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    """Return spans from the shortest to the longest, each once."""
    return tuple(sorted(set(spans)))


# ── ways on ──────────────────────────────────────────────────────────────────────


def _way(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping) and ELSE in value and "to" not in value:
        rest = {key: item for key, item in value.items() if key != ELSE}
        return {**rest, "to": value[ELSE]}
    return value


class Way(Model):
    """A step to go on with, when its condition holds; without one, in any case."""

    when: When | None = None
    """The condition under which this way is taken."""
    to: Name
    """The step to go on with, or end."""


_REST: Final = {
    "type": "object",
    "properties": {
        ELSE: {**NAME, "description": "The step to go on with otherwise, or end."}
    },
    "required": [ELSE],
    "additionalProperties": False,
}
Ways = tuple[Annotated[Way, BeforeValidator(_way), Or(_REST)], ...]
Go = Annotated[
    Annotated[Name, Tag("<word>")]
    | Annotated[dict[str, Name], Tag("<mapping>")]
    | Annotated[Ways, Tag("<list>")],
    Discriminator(_shape),
]
"""Where to go on: a step, a step by outcome, or the first whose condition holds."""


# ── what a step causes ───────────────────────────────────────────────────────────


class AddTag(Model):
    """Mark the contact with a word."""

    tag: Name
    """The word that the contact is marked with."""


class SetAttributes(Model):
    """Store what was learnt of the contact; config.yaml declares the attributes."""

    set: dict[str, Words]
    """Attributes by name, each with its new value."""


class CaseWanted(Model):
    """Who owes the contact a reply, and how soon."""

    team: str
    """The team that owes the reply; config.yaml declares the teams."""
    urgency: Literal["high", "normal"] = "normal"
    """How soon: normal, or high."""


class OpenCase(Model):
    """Open a case, so that a person writes back."""

    open_case: CaseWanted
    """The team that owes the reply, and how soon."""


class AlertWanted(Model):
    """Whom to tell, and what."""

    team: str
    """The team to tell; config.yaml declares the teams."""
    say: Words | None = None
    """What to tell it; without it, what the contact said."""


def _alert(value: Any) -> Any:  # noqa: ANN401
    return value if isinstance(value, Mapping) else {"team": value}


class Alert(Model):
    """Tell a team at once, without owing a reply."""

    alert: Annotated[AlertWanted, BeforeValidator(_alert), Or(WORD)]
    """The team to tell, or the team and what to tell it."""


class FlowWanted(Model):
    """Another flow, and how long to wait before it starts."""

    flow: Name
    """The name of the flow."""
    wait: Span | None = None
    """How long to wait first, such as 2 days."""


def _flow(value: Any) -> Any:  # noqa: ANN401
    return value if isinstance(value, Mapping) else {"flow": value}


class StartFlow(Model):
    """Start another flow for the contact, perhaps later."""

    start: Annotated[FlowWanted, BeforeValidator(_flow), Or(NAME)]
    """The flow to start, or the flow and how long to wait first."""


class Award(Model):
    """Give the referrer's reward of a programme."""

    award: Name
    """The programme whose reward is given; config.yaml declares the programmes."""


class EventWanted(Model):
    """An event to tell, and what it carries."""

    event: str
    """The name of the event."""
    with_: dict[str, Words] = Field(default_factory=dict, alias="with")
    """What it carries: values by name."""


def _event(value: Any) -> Any:  # noqa: ANN401
    return value if isinstance(value, Mapping) else {"event": value}


class Emit(Model):
    """Tell the world outside that something happened."""

    emit: Annotated[EventWanted, BeforeValidator(_event), Or(WORD)]
    """The name of the event, or the event and what it carries."""


ACTIONS: Final = ("tag", "set", "open_case", "alert", "start", "award", "emit")


def _any_of(verbs: tuple[str, ...]) -> str:
    return f"{', '.join(verbs[:-1])} or {verbs[-1]}"


def _verb_of(verbs: tuple[str, ...]) -> Any:  # noqa: ANN401
    def verb(value: Any) -> str | None:  # noqa: ANN401
        """Name the verb that stands in a mapping, None for none."""
        if not isinstance(value, Mapping):
            named = next((v for v in verbs if hasattr(value, v)), None)
        else:
            named = next((v for v in verbs if v in value), None)
        return f"<{named}>" if named else None

    return verb


Action = Annotated[
    Annotated[AddTag, Tag("<tag>")]
    | Annotated[SetAttributes, Tag("<set>")]
    | Annotated[OpenCase, Tag("<open_case>")]
    | Annotated[Alert, Tag("<alert>")]
    | Annotated[StartFlow, Tag("<start>")]
    | Annotated[Award, Tag("<award>")]
    | Annotated[Emit, Tag("<emit>")],
    Discriminator(
        _verb_of(ACTIONS),
        custom_error_type="unknown_action",
        custom_error_message=f"this does nothing; write {_any_of(ACTIONS)}",
    ),
]
Actions = Annotated[tuple[Action, ...], BeforeValidator(_single), OneOrMore()]
Then = Annotated[
    Annotated[tuple[Action, ...], Tag("<list>")]
    | Annotated[dict[str, Actions], Tag("<mapping>")],
    Discriminator(_shape),
]


# ── steps ────────────────────────────────────────────────────────────────────────


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
        Discriminator(_shape),
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
        _verb_of(_STEP_VERBS),
        custom_error_type="unknown_step_verb",
        custom_error_message=f"this step does nothing; write {_any_of(VERBS)}",
    ),
]


# ── triggers ─────────────────────────────────────────────────────────────────────


WordOrWords = Annotated[tuple[str, ...], BeforeValidator(_single), OneOrMore()]


class KeywordTrigger(Model):
    """The contact types one of these words, and nothing else."""

    keyword: Annotated[
        Annotated[tuple[str, ...], Tag("<list>")]
        | Annotated[WordOrWords, Tag("<word>")]
        | Annotated[dict[str, WordOrWords], Tag("<mapping>")],
        Discriminator(_shape),
    ]
    """A word, a list of words, or these for each language."""


class CommandTrigger(Model):
    """The contact uses a command, such as /feedback."""

    command: Name
    """The command without its slash."""


class EventTrigger(Model):
    """Something was told from outside, such as an order delivered."""

    event: str
    """The name of the event; config.yaml declares the events."""
    wait: Span | None = None
    """How long after the event it starts, such as 2 days."""
    when: When | None = None
    """A condition on the event and the contact that has to hold."""


class ReferralTrigger(Model):
    """Somebody came through a link of this programme."""

    referral: Name
    """The programme; config.yaml declares the programmes."""


class DateTrigger(Model):
    """A date of the contact's comes near, or has passed."""

    date: Name
    """The attribute that holds the date; config.yaml declares the attributes."""
    before: Span | None = None
    """How long before that day it starts."""
    after: Span | None = None
    """How long after that day it starts."""
    at: Clock | None = None
    """The time of day, on the contact's own clock, such as 09:30."""
    when: When | None = None
    """A condition on the contact that has to hold."""


class AnythingTrigger(Model):
    """Words that nothing else waits for."""

    anything: Truth
    """Write yes: words that nothing else waits for start this flow."""


TRIGGERS: Final = ("keyword", "command", "event", "referral", "date", "anything")
Trigger = Annotated[
    Annotated[KeywordTrigger, Tag("<keyword>")]
    | Annotated[CommandTrigger, Tag("<command>")]
    | Annotated[EventTrigger, Tag("<event>")]
    | Annotated[ReferralTrigger, Tag("<referral>")]
    | Annotated[DateTrigger, Tag("<date>")]
    | Annotated[AnythingTrigger, Tag("<anything>")],
    Discriminator(
        _verb_of(TRIGGERS),
        custom_error_type="unknown_trigger",
        custom_error_message=f"this starts nothing; write {_any_of(TRIGGERS)}",
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
        BeforeValidator(_single),
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
