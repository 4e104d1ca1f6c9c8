"""What a step causes: the actions under `then`."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from flows.language.parts import (
    Model,
    Name,
    Span,
    Words,
    any_of,
    listed,
    shape_of,
    verb_of,
)
from flows.language.shapes import NAME, WORD, OneOrMore, Or


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

Action = Annotated[
    Annotated[AddTag, Tag("<tag>")]
    | Annotated[SetAttributes, Tag("<set>")]
    | Annotated[OpenCase, Tag("<open_case>")]
    | Annotated[Alert, Tag("<alert>")]
    | Annotated[StartFlow, Tag("<start>")]
    | Annotated[Award, Tag("<award>")]
    | Annotated[Emit, Tag("<emit>")],
    Discriminator(
        verb_of(ACTIONS),
        custom_error_type="unknown_action",
        custom_error_message=f"this does nothing; write {any_of(ACTIONS)}",
    ),
]
Actions = Annotated[tuple[Action, ...], BeforeValidator(listed), OneOrMore()]


def _form(value: Any) -> str:  # noqa: ANN401
    """Tell one action, which stands for a list of it, from actions by outcome."""
    return "<list>" if _is_action(value) else shape_of(value)


def _is_action(value: Any) -> bool:  # noqa: ANN401
    """Tell whether verbs stand in a mapping, and not options that are named so."""
    if not isinstance(value, Mapping) or not value:
        return False
    verbs = all(key in ACTIONS for key in value)
    return verbs and not any(_acts(inner) for inner in value.values())


def _acts(value: Any) -> bool:  # noqa: ANN401
    """Tell whether a value is what an outcome causes."""
    if isinstance(value, Mapping):
        return any(verb in value for verb in ACTIONS)
    return isinstance(value, list | tuple)


Then = Annotated[
    Annotated[Actions, Tag("<list>")] | Annotated[dict[str, Actions], Tag("<mapping>")],
    Discriminator(_form),
]
