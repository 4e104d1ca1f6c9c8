"""What a flow's model is made of: the manners of its parts, and the kinds of values."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from flows.language.conditions import Condition, parse_condition
from flows.language.scalars import (
    parse_duration,
    parse_name,
    parse_number,
    parse_time,
    parse_truth,
)
from flows.language.shapes import CLOCK, NAME, NUMBER, SPAN, TRUTH
from flows.language.template import Text, parse_text

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


def shape_of(value: Any) -> str:  # noqa: ANN401 - whatever YAML held
    """Name the shape of a value: a list, a mapping or a word."""
    if isinstance(value, list | tuple):
        return "<list>"
    return "<mapping>" if isinstance(value, Mapping) else "<word>"


def listed(value: Any) -> Any:  # noqa: ANN401
    """Take one thing for a list of it."""
    return value if isinstance(value, list | tuple) else [value]


def any_of(verbs: tuple[str, ...]) -> str:
    """Return verbs as a sentence lists them."""
    return f"{', '.join(verbs[:-1])} or {verbs[-1]}"


def verb_of(verbs: tuple[str, ...]) -> Any:  # noqa: ANN401
    """Return what tells, of several models, which one a mapping means."""

    def verb(value: Any) -> str | None:  # noqa: ANN401
        """Name the verb that stands in a mapping, None for none."""
        if not isinstance(value, Mapping):
            named = next((v for v in verbs if hasattr(value, v)), None)
        else:
            named = next((v for v in verbs if v in value), None)
        return f"<{named}>" if named else None

    return verb
