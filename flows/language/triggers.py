"""What starts a talk: the triggers of a flow."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Discriminator, Tag

from flows.language.parts import (
    Clock,
    Model,
    Name,
    Span,
    Truth,
    When,
    any_of,
    listed,
    shape_of,
    verb_of,
)
from flows.language.shapes import OneOrMore

WordOrWords = Annotated[tuple[str, ...], BeforeValidator(listed), OneOrMore()]


class KeywordTrigger(Model):
    """The contact types one of these words, and nothing else."""

    keyword: Annotated[
        Annotated[tuple[str, ...], Tag("<list>")]
        | Annotated[WordOrWords, Tag("<word>")]
        | Annotated[dict[str, WordOrWords], Tag("<mapping>")],
        Discriminator(shape_of),
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
        verb_of(TRIGGERS),
        custom_error_type="unknown_trigger",
        custom_error_message=f"this starts nothing; write {any_of(TRIGGERS)}",
    ),
]
