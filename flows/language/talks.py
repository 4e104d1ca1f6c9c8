"""What a `*.test.yaml` may say: talks that a flow must get right, and what they leave.

Values whose type the flow decides (answers, taps, what an event carries) stay the text
that was written; whoever plays the talk knows the flow and reads them.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from flows.language.model import Model, Name, Span
from flows.language.scalars import Braces, Plain, shown
from flows.language.shapes import LINE, MOMENT, WORD, OneOrMore, Or

_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d\Z", re.ASCII)


_YEARS: Final = range(1900, 2080)
"""Further on a clock has no room for what a talk waits for."""


def parse_line(value: object) -> str:
    """Return a line of a talk: words as written, which YAML has not cut or changed."""
    if isinstance(value, Braces | list) or (isinstance(value, Plain) and value.cut):
        raise PydanticCustomError("quote_text", "put the text in quotes")
    if not isinstance(value, str) or not value.strip():
        raise PydanticCustomError("missing_words", "words are expected here")
    return str(value)


def parse_local(value: object) -> datetime:
    """Return a moment on the contact's own clock, from `2026-03-02 12:00`."""
    if isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _LOCAL.match(value):
            found = datetime.fromisoformat(value)
            if found.year in _YEARS:
                return found
    except ValueError:
        pass  # the 30th of February
    raise PydanticCustomError(
        "invalid_moment",
        "{value} is no moment; write one such as 2026-03-02 12:00",
        {"value": shown(value)},
    )


def _single(value: Any) -> Any:  # noqa: ANN401 - whatever YAML held
    return value if isinstance(value, list | tuple) else [value]


def _shape(value: Any) -> str:  # noqa: ANN401
    return "<list>" if isinstance(value, list | tuple) else "<word>"


def _event(value: Any) -> Any:  # noqa: ANN401
    return {value: {}} if isinstance(value, str) else value


def _any_of(verbs: tuple[str, ...]) -> str:
    return f"{', '.join(verbs[:-1])} or {verbs[-1]}"


def _verb_of(*verbs: str) -> Any:  # noqa: ANN401
    def verb(value: Any) -> str | None:  # noqa: ANN401
        """Name the verb that stands in a mapping, None for none."""
        if isinstance(value, Mapping):
            named = next((each for each in verbs if each in value), None)
        else:
            named = next((each for each in verbs if hasattr(value, each)), None)
        return f"<{named}>" if named else None

    return verb


Moment = Annotated[datetime, BeforeValidator(parse_local), WithJsonSchema(MOMENT)]
Line = Annotated[str, BeforeValidator(parse_line), WithJsonSchema(LINE)]
Values = dict[str, str]
Carried = Annotated[
    dict[str, Values],
    Field(min_length=1, max_length=1),
    BeforeValidator(_event),
    Or(WORD),
]


# ── what starts a talk ───────────────────────────────────────────────────────────


class Keyword(Model):
    """The contact types this."""

    keyword: Line
    """What the contact types, such as feedback."""


class Command(Model):
    """The contact uses this command."""

    command: Name
    """The command without its slash."""


class Event(Model):
    """The world outside tells that this happened."""

    event: str
    """The name of the event."""
    with_: Values = Field(default_factory=dict, alias="with")
    """What it carries: values by name."""


class Referral(Model):
    """The contact comes through a link of this programme."""

    referral: Name
    """The programme; config.yaml declares the programmes."""


TRIGGERS: Final = ("keyword", "command", "event", "referral")
Start = Annotated[
    Annotated[Keyword, Tag("<keyword>")]
    | Annotated[Command, Tag("<command>")]
    | Annotated[Event, Tag("<event>")]
    | Annotated[Referral, Tag("<referral>")],
    Discriminator(
        _verb_of(*TRIGGERS),
        custom_error_type="unknown_trigger",
        custom_error_message=f"nothing starts here; write {_any_of(TRIGGERS)}",
    ),
]


# ── its lines ────────────────────────────────────────────────────────────────────


class Bot(Model):
    """The next message reads like this; `*` stands for anything."""

    bot: Line
    r"""The whole message; * stands for anything, \* for a star."""


class Typed(Model):
    """The contact types this."""

    contact: Line
    """What the contact types."""


class Tapped(Model):
    """The contact taps this option, or these."""

    tap: Annotated[
        tuple[str, ...], BeforeValidator(_single), Field(min_length=1), OneOrMore()
    ]
    """The key of an option, or a list of them; skip skips."""


class Told(Model):
    """The world outside tells that this happened meanwhile."""

    event: Carried
    """The event, with what it carries."""


class Passed(Model):
    """The clock moves on."""

    wait: Span
    """How long, such as 22 hours; what becomes due happens in order."""


LINES: Final = ("bot", "contact", "tap", "event", "wait")
TalkLine = Annotated[
    Annotated[Bot, Tag("<bot>")]
    | Annotated[Typed, Tag("<contact>")]
    | Annotated[Tapped, Tag("<tap>")]
    | Annotated[Told, Tag("<event>")]
    | Annotated[Passed, Tag("<wait>")],
    Discriminator(
        _verb_of(*LINES),
        custom_error_type="unknown_line",
        custom_error_message=f"nothing happens in this line; write {_any_of(LINES)}",
    ),
]


# ── what it leaves ───────────────────────────────────────────────────────────────


class Leaves(Model):
    """What is there at the end; what is not given is not looked at."""

    answers: (
        dict[
            str,
            Annotated[
                Annotated[str, Tag("<word>")]
                | Annotated[tuple[str, ...], Tag("<list>")],
                Discriminator(_shape),
            ],
        ]
        | None
    ) = None
    """Every answer by its step, no more and no fewer."""
    segment: str | None = None
    """The segment of the last scored answer, such as promoter."""
    cases: tuple[Values, ...] | None = None
    """Every case that was opened; of each only the keys that are named are compared."""
    tags: tuple[str, ...] | None = None
    """Every tag that the contact got."""
    started: tuple[str, ...] | None = None
    """Every flow that was planned for later."""
    events: tuple[str, ...] | None = None
    """Every event that emit told, in order."""
    session: Literal["active", "completed", "expired", "stopped"] | None = None
    """What became of the talk."""


Channel = Literal[
    "web",
    "telegram",
    "slack",
    "twilio",
    "whatsapp",
    "sms",
    "messenger",
    "rcs",
    "terminal",
]
"""Where a talk can be had; `terminal` is the desk of `voxpop chat`."""


class Talk(Model):
    """One talk: who talks, when and where, line by line, and what it leaves."""

    name: Line
    """What the talk shows."""
    contact: Values = Field(default_factory=dict)
    """What is known of the contact, such as first_name, language or an attribute."""
    channel: Channel = "web"
    """Where it happens; without it, web."""
    at: Moment | None = None
    """When it begins on the contact's own clock, such as 2026-03-02 12:00."""
    trigger: Start | None = None
    """What starts it; without it, it is started directly."""
    talk: tuple[TalkLine, ...]
    """Its lines, in order."""
    leaves: Leaves = Leaves()
    """What is there at the end; what is not given is not looked at."""


class Talks(Model):
    """The talks that one flow must get right."""

    flow: Name
    """The name of the flow."""
    tests: Annotated[tuple[Talk, ...], Field(min_length=1)]
    """The talks."""
