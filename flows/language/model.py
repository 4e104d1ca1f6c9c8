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
from flows.language.template import Text, parse_text

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

Name = Annotated[str, BeforeValidator(parse_name)]
Words = Annotated[Text, BeforeValidator(parse_text)]
When = Annotated[Condition, BeforeValidator(parse_condition)]
Span = Annotated[timedelta, BeforeValidator(parse_duration)]
Clock = Annotated[time, BeforeValidator(parse_time)]
Truth = Annotated[bool, BeforeValidator(parse_truth)]
Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(parse_number)]


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
    to: Name


Ways = tuple[Annotated[Way, BeforeValidator(_way)], ...]
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


class SetAttributes(Model):
    """Store what was learnt of the contact; config.yaml declares the attributes."""

    set: dict[str, Words]


class CaseWanted(Model):
    """Who owes the contact a reply, and how soon."""

    team: str
    urgency: Literal["high", "normal"] = "normal"


class OpenCase(Model):
    """Open a case, so that a person writes back."""

    open_case: CaseWanted


class AlertWanted(Model):
    """Whom to tell, and what."""

    team: str
    say: Words | None = None


def _alert(value: Any) -> Any:  # noqa: ANN401
    return value if isinstance(value, Mapping) else {"team": value}


class Alert(Model):
    """Tell a team at once, without owing a reply."""

    alert: Annotated[AlertWanted, BeforeValidator(_alert)]


class FlowWanted(Model):
    """Another flow, and how long to wait before it starts."""

    flow: Name
    wait: Span | None = None


def _flow(value: Any) -> Any:  # noqa: ANN401
    return value if isinstance(value, Mapping) else {"flow": value}


class StartFlow(Model):
    """Start another flow for the contact, perhaps later."""

    start: Annotated[FlowWanted, BeforeValidator(_flow)]


class Award(Model):
    """Give the referrer's reward of a programme."""

    award: Name


class EventWanted(Model):
    """An event to tell, and what it carries."""

    event: str
    with_: dict[str, Words] = Field(default_factory=dict, alias="with")


def _event(value: Any) -> Any:  # noqa: ANN401
    return value if isinstance(value, Mapping) else {"event": value}


class Emit(Model):
    """Tell the world outside that something happened."""

    emit: Annotated[EventWanted, BeforeValidator(_event)]


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
Actions = Annotated[tuple[Action, ...], BeforeValidator(_single)]
Then = Annotated[
    Annotated[Actions, Tag("<list>")] | Annotated[dict[str, Actions], Tag("<mapping>")],
    Discriminator(_shape),
]


# ── steps ────────────────────────────────────────────────────────────────────────


class Say(Model):
    """Say something and go on."""

    say: Words
    then: Actions = ()
    go: Go | None = None


class Label(Model):
    """An answer on offer: what the button says, and other words that mean it."""

    label: Words
    aliases: Annotated[
        Annotated[tuple[str, ...], Tag("<list>")]
        | Annotated[dict[str, tuple[str, ...]], Tag("<mapping>")],
        Discriminator(_shape),
    ] = ()


def _label(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Label):
        return value
    return (
        value if isinstance(value, Mapping) and "label" in value else {"label": value}
    )


class Ask(Model):
    """Ask something and wait for the answer, which is kept under the step's name."""

    ask: Words
    answer: Kind
    options: dict[str, Annotated[Label, BeforeValidator(_label)]] = Field(
        default_factory=dict
    )
    min: Number | None = None
    max: Number | None = None
    low: Words | None = None
    high: Words | None = None
    topic: Name | None = None
    optional: Truth = False
    unless_said: Name | None = None
    after_two_misses: Literal["ask", "skip", "human"] = "ask"
    then: Then = ()
    go: Go | None = None


class Branch(Model):
    """Choose the way by conditions: the first that holds."""

    branch: Ways


class Run(Model):
    """Run another flow inside this one, then come back and go on."""

    run: Name
    go: Go | None = None


class Wait(Model):
    """Let time pass before going on."""

    wait: Span
    go: Go | None = None


class Refer(Model):
    """Give the contact a link of their own to bring friends with."""

    refer: Name
    say: Words
    share: Words
    qr: Truth = False
    then: Actions = ()
    go: Go | None = None


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


class KeywordTrigger(Model):
    """The contact types one of these words, and nothing else."""

    keyword: Annotated[
        Annotated[tuple[str, ...], Tag("<list>")]
        | Annotated[tuple[str, ...], BeforeValidator(_single), Tag("<word>")]
        | Annotated[
            dict[str, Annotated[tuple[str, ...], BeforeValidator(_single)]],
            Tag("<mapping>"),
        ],
        Discriminator(_shape),
    ]


class CommandTrigger(Model):
    """The contact uses a command, such as /feedback."""

    command: Name


class EventTrigger(Model):
    """Something was told from outside, such as an order delivered."""

    event: str
    wait: Span | None = None
    when: When | None = None


class ReferralTrigger(Model):
    """Somebody came through a link of this programme."""

    referral: Name


class DateTrigger(Model):
    """A date of the contact's comes near, or has passed."""

    date: Name
    before: Span | None = None
    after: Span | None = None
    at: Clock | None = None
    when: When | None = None


class AnythingTrigger(Model):
    """Words that nothing else waits for."""

    anything: Truth


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
    title: Words | None = None
    touchpoint: str = ""
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("en",)
    topic: Name = "survey"
    team: str | None = None
    triggers: tuple[Trigger, ...] = ()
    once_every: Span | None = None
    remind_after: Annotated[
        tuple[Span, ...], BeforeValidator(_single), AfterValidator(_in_order)
    ] = ()
    reminder: Words | None = None
    expire_after: Span = DEFAULT_EXPIRY
    steps: Annotated[dict[Name, Step], Field(min_length=1, max_length=STEPS_A_FLOW)]

    def after(self, step: str) -> str:
        """Return the step that follows in file order, `end` after the last."""
        names = list(self.steps)
        place = names.index(step) + 1
        return names[place] if place < len(names) else END
