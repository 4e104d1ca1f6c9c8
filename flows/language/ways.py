"""Ways on: where a step leads."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Discriminator, Tag

from flows.language.parts import Model, Name, When, shape_of
from flows.language.shapes import NAME, Or

END: Final = "end"
ELSE: Final = "else"
SKIPPED: Final = "skipped"


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
    Discriminator(shape_of),
]
"""Where to go on: a step, a step by outcome, or the first whose condition holds."""
