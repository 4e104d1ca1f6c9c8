"""What pydantic found, said in plain words at the place in the file it is about."""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, get_args

from msgspec import Struct
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, core_schema

from bot.errors import Problem, by_place
from flows.language.keys import Choice, choices_at, is_tag, keys_of
from flows.language.loader import Document
from flows.language.names import nearest, or_rather
from flows.language.positions import Path, Place, place_within
from flows.language.quoting import CODE, MESSAGE, suggest
from flows.language.scalars import Braces, shown

_FEW: Final = 8
_BUILT_IN: Final = frozenset(get_args(core_schema.ErrorType))
_LITERAL: Final = re.compile(r"'([^']*)'")
_EXPECTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "string_type": "a text is expected here",
        "dict_type": "a mapping is expected here, a 'key: value' a line",
        "model_type": "a mapping is expected here, a 'key: value' a line",
        "model_attributes_type": "a mapping is expected here, a 'key: value' a line",
        "list_type": "a list is expected here",
        "tuple_type": "a list is expected here",
        "float_type": "a number is expected here",
        "float_parsing": "a number is expected here",
        "int_type": "a whole number is expected here",
        "int_parsing": "a whole number is expected here",
        "int_from_float": "a whole number is expected here",
        "bool_type": "yes or no is expected here",
        "bool_parsing": "yes or no is expected here",
    }
)
_BOUNDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "greater_than": "more than {gt} is expected here",
        "greater_than_equal": "at least {ge} is expected here",
        "less_than": "less than {lt} is expected here",
        "less_than_equal": "at most {le} is expected here",
        "too_short": "at least {min_length} is expected here",
        "too_long": "at most {max_length} are possible here",
        "string_too_short": "something is expected here",
        "string_too_long": "at most {max_length} characters are possible here",
        "finite_number": "a number is expected here",
    }
)


class _Found(Struct, frozen=True, kw_only=True):
    """One error of pydantic's, with all that is needed to say it well."""

    code: str
    message: str
    loc: Sequence[str | int]
    path: Path
    """The part of `loc` that the file has."""
    value: Any
    context: Mapping[str, Any]
    choices: Sequence[Choice]
    rivals: Sequence[str] = ()
    """The verbs that could have stood in place of the one that does."""


class _Said(Struct, frozen=True, kw_only=True):
    """What to tell the author, and where."""

    place: Place
    code: str
    message: str
    suggestion: str | None = None


class Explained(Struct, frozen=True, kw_only=True):
    """A problem, with the path and the value that it is about."""

    path: Path
    value: Any
    problem: Problem


def problems_of(
    error: ValidationError, document: Document, model: type[BaseModel]
) -> list[Problem]:
    """Return every error as a problem; what reading the file said is not said twice."""
    known = {(problem.line, problem.column) for problem in document.problems}
    problems = {each.problem for each in explained(error, document, model)}
    new = [each for each in problems if (each.line, each.column) not in known]
    return sorted(new, key=by_place)


def explained(
    error: ValidationError, document: Document, model: type[BaseModel]
) -> list[Explained]:
    """Return every error as a problem, and what it is about."""
    found = [
        _found(each, document, model)
        for each in error.errors(include_url=False, include_input=False)
    ]
    odd: dict[Sequence[str | int], list[str]] = {}
    for each in found:
        if each.code == "extra_forbidden":
            odd.setdefault(each.loc[:-1], []).append(str(each.loc[-1]))
    return [
        _explained(each, document)
        for each in found
        if not _misspelt(each, odd) and not _follows(each)
    ]


def _explained(found: _Found, document: Document) -> Explained:
    said = _say(found, document)
    problem = Problem(
        path=document.path,
        line=said.place.line,
        column=said.place.column,
        code=said.code,
        message=said.message,
        suggestion=said.suggestion,
    )
    return Explained(path=found.path, value=found.value, problem=problem)


def _found(error: ErrorDetails, document: Document, model: type[BaseModel]) -> _Found:
    loc = error["loc"]
    context = error.get("ctx", {})
    path, value = _walk(document.data, (*loc, *context.get("within", ())))
    tagged = error["type"] in _OF_KEY and len(loc) > 1 and is_tag(loc[-2])
    rivals = choices_at(model, loc[:-2]) if tagged else []
    return _Found(
        code=error["type"],
        message=error["msg"],
        loc=loc,
        path=path,
        value=value,
        context=context,
        choices=choices_at(model, loc[:-1] if error["type"] in _OF_KEY else loc),
        rivals=[choice.tag for choice in rivals if choice.tag],
    )


def _misspelt(found: _Found, odd: Mapping[Sequence[str | int], Sequence[str]]) -> bool:
    """Tell whether a key is missing only because it is misspelt beside."""
    beside = odd.get(found.loc[:-1], ()) if found.code == "missing" else ()
    return nearest(str(found.loc[-1]), beside) is not None if beside else False


def _follows(found: _Found) -> bool:
    """Tell whether something is too short only because its items are wrong."""
    long_enough = found.context.get("min_length", 0)
    counted = isinstance(found.value, Mapping | list)
    return found.code == "too_short" and counted and len(found.value) >= long_enough


_OF_KEY: Final = ("extra_forbidden", "missing")


def _walk(data: Any, loc: Sequence[str | int]) -> tuple[Path, Any]:  # noqa: ANN401
    """Follow a path of pydantic's as far as the file has it, past names of choices."""
    path: list[str | int] = []
    for part in loc:
        if isinstance(data, Mapping) and part in data:
            data = data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        path.append(part)
    return tuple(path), data


def _say(found: _Found, document: Document) -> _Said:
    if sayer := _SAYERS.get(found.code):
        return sayer(found, document)
    if found.code in _EXPECTED:
        return _wrong_type(found, document)
    if found.code not in _BUILT_IN:
        return _custom(found, document)
    place = document.positions.value(found.path)
    if found.code in _BOUNDS:
        message = _BOUNDS[found.code].format(**found.context)
        return _Said(place=place, code="out-of-range", message=message)
    return _Said(place=place, code="invalid-value", message="this does not fit here")


def _unknown_key(found: _Found, document: Document) -> _Said:
    key = str(found.loc[-1])
    place = document.positions.key(found.path)
    if f"<{key}>" in found.rivals:
        verb = str(found.loc[-2]).strip("<>")
        message = f"'{verb}' stands here already; '{key}' needs a place of its own"
        return _Said(place=place, code="unknown-key", message=message)
    known = keys_of(found.choices)
    near = nearest(key, known)
    few = f"; known here: {', '.join(known)}" if 0 < len(known) <= _FEW else ""
    message = f"unknown key {shown(key)}{or_rather(near) or few}"
    return _Said(place=place, code="unknown-key", message=message, suggestion=near)


def _missing_key(found: _Found, document: Document) -> _Said:
    place = document.positions.key(found.path)
    message = f"key '{found.loc[-1]}' is missing"
    return _Said(place=place, code="missing-key", message=message)


def _no_choice(found: _Found, document: Document) -> _Said:
    """Say that no verb stands here, or which one is misspelt."""
    tags = dict.fromkeys(choice.tag for choice in found.choices if choice.tag)
    verbs = [tag.strip("<>") for tag in tags]
    code = found.code.replace("_", "-")
    if not isinstance(found.value, Mapping):
        place = document.positions.value(found.path)
        message = f"a mapping with one of {', '.join(verbs)} is expected here"
        return _Said(place=place, code="wrong-type", message=message)
    for key in found.value:
        if near := nearest(key, verbs):
            return _Said(
                place=document.positions.key((*found.path, key)),
                code="unknown-key",
                message=f"unknown key '{key}'{or_rather(near)}",
                suggestion=near,
            )
    place = document.positions.key(found.path)
    return _Said(place=place, code=code, message=found.message)


def _wrong_value(found: _Found, document: Document) -> _Said:
    known = _LITERAL.findall(str(found.context.get("expected", "")))
    near = nearest(str(found.value), known) if isinstance(found.value, str) else None
    what = "kind" if found.loc[-1] == "answer" else "value"
    message = f"unknown {what} {shown(found.value)}{or_rather(near)}"
    return _Said(
        place=document.positions.value(found.path),
        code=f"unknown-{what}",
        message=f"{message}{';' if not near else ''} known here: {', '.join(known)}",
        suggestion=near,
    )


def _wrong_type(found: _Found, document: Document) -> _Said:
    if found.code == "string_type" and isinstance(found.value, Braces):
        return _unquoted(found, document)
    message = f"{_EXPECTED[found.code]}, not {_shape(found.value)}"
    place = document.positions.value(found.path)
    return _Said(place=place, code="wrong-type", message=message)


def _shape(value: Any) -> str:  # noqa: ANN401
    """Name the kind of a value, never the value: it may be a secret."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "a text" if value else "nothing"


def _unquoted(found: _Found, document: Document) -> _Said:
    place, suggestion = suggest(document.lines, document.positions.value(found.path))
    return _Said(place=place, code=CODE, message=MESSAGE, suggestion=suggestion)


def _custom(found: _Found, document: Document) -> _Said:
    """Say what one of our own parsers said, at the character it is about."""
    positions, of_key = document.positions, found.context.get("of_key")
    if of_key or (found.loc and found.loc[-1] == "[key]"):
        place = positions.key(found.path)
    else:
        place = positions.value(found.path)
        offset = found.context.get("offset")
        if offset and isinstance(found.value, str):
            place = place_within(document.lines, place, found.value, offset)
    return _Said(
        place=place,
        code=found.code.replace("_", "-"),
        message=found.message,
        suggestion=found.context.get("suggestion"),
    )


_SAYERS: Final[Mapping[str, Callable[[_Found, Document], _Said]]] = MappingProxyType(
    {
        "extra_forbidden": _unknown_key,
        "missing": _missing_key,
        "literal_error": _wrong_value,
        "quote_text": _unquoted,
        "unknown_action": _no_choice,
        "unknown_line": _no_choice,
        "unknown_step_verb": _no_choice,
        "unknown_trigger": _no_choice,
    }
)
