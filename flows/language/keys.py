"""Which keys a model takes at a place of a file: what a misspelt key meant."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, get_args, get_origin

from msgspec import Struct
from pydantic import BaseModel, Tag

Loc = Sequence[str | int]


class Choice(Struct, frozen=True):
    """A model that may stand at a place, with the verb that chooses it among others."""

    model: type[BaseModel]
    tag: str | None = None


def is_tag(part: str | int) -> bool:
    """Tell whether a part of pydantic's path names a choice, not a key of the file."""
    return isinstance(part, str) and part.startswith("<") and part.endswith(">")


def choices_at(model: type[BaseModel], loc: Loc) -> list[Choice]:
    """Return the models that pydantic tried at a place, chosen or not."""
    choices = [Choice(model)]
    for part in loc:
        choices = list(_inside(choices, part))
    return choices


def keys_of(choices: Sequence[Choice]) -> list[str]:
    """Return the keys that these models take, as they are written in the file."""
    found: dict[str, None] = {}
    for choice in choices:
        for name, field in choice.model.model_fields.items():
            found[field.alias or name] = None
    return list(found)


def _inside(choices: Sequence[Choice], part: str | int) -> Iterator[Choice]:
    chosen = [choice for choice in choices if choice.tag == part]
    if chosen:
        yield from (Choice(choice.model) for choice in chosen)
        return
    fields = [
        field
        for choice in choices
        if choice.tag is None
        for name, field in choice.model.model_fields.items()
        if part == (field.alias or name)
    ]
    if not fields:  # a list's place, a shape, or a key that the author gave
        yield from choices
    for field in fields:
        yield from _models(field.annotation)
        for extra in field.metadata:
            yield from _models(extra)


def _models(annotation: Any, tag: str | None = None) -> Iterator[Choice]:  # noqa: ANN401
    """Yield the models within an annotation, up to the fields of each."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield Choice(annotation, tag)
        return
    inner = get_args(annotation)
    if get_origin(annotation) is Annotated:
        inner, notes = inner[:1], inner[1:]
        tag = next((note.tag for note in notes if isinstance(note, Tag)), tag)
    for each in inner:
        yield from _models(each, tag)
