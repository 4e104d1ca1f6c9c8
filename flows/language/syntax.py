"""YAML's complaints in plain words, at the place where the mistake was made."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import yaml
from msgspec import Struct

from flows.language.positions import Place


class Fault(Struct, frozen=True, kw_only=True):
    """Where YAML's parser gave up, in its own words; lines and columns count from 0."""

    problem: str
    context: str
    line: int
    column: int
    context_line: int
    context_column: int
    last_line: int
    """Where the last thing that was understood begins."""


_MISFIT: Final = (
    "this does not fit what stands above it; look at indentation and quotes"
)
_OPEN: Final = "this {} is never closed, or a comma is missing"
_SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        "found unexpected end of stream": "this quote is never closed",
        "did not find expected ',' or '}'": _OPEN.format("{"),
        "did not find expected ',' or ']'": _OPEN.format("["),
        "mapping values are not allowed in this context": (
            "a ':' cannot stand here; put the text in quotes, or mend the indentation"
        ),
        "could not find expected ':'": "a ':' is missing after this key",
        "did not find expected key": _MISFIT,
        "did not find expected '-' indicator": _MISFIT,
        "block sequence entries are not allowed in this context": (
            "a list cannot begin here; put it on a line of its own"
        ),
        "found a tab character that violates indentation": (
            "a tab indents this line; use spaces"
        ),
        "found character that cannot start any token": (
            "a text cannot begin with this character; put it in quotes"
        ),
    }
)
_BEGUN: Final = ("quoted scalar", "flow mapping", "flow sequence", "simple key")


def fault_of(error: yaml.MarkedYAMLError, last_line: int) -> Fault:
    """Return what PyYAML says of a syntax error, without its excerpt of the file."""
    mark = error.problem_mark
    around = error.context_mark or mark
    return Fault(
        problem=error.problem or "",
        context=error.context or "",
        line=mark.line if mark else 0,
        column=mark.column if mark else 0,
        context_line=around.line if around else 0,
        context_column=around.column if around else 0,
        last_line=last_line,
    )


def explain(fault: Fault, lines: Sequence[str]) -> tuple[Place, str]:
    """Return where to look and what is wrong there; always a place within the file."""
    line, column = _within(*_blamed(fault), lines)
    if lines[line][column : column + 1] == "\t":
        said = _SAID["found a tab character that violates indentation"]
    else:
        said = _SAID.get(fault.problem, f"this is no YAML: {fault.problem}")
    return Place(line + 1, column + 1), said


def beyond(fault: Fault, place: Place) -> bool:
    """Tell whether a fault lies behind a place."""
    line, column = _blamed(fault)
    return (line + 1, column + 1) > place


def _blamed(fault: Fault) -> tuple[int, int]:
    """Return where what could not be finished began, or else where reading ended."""
    if any(begun in fault.context for begun in _BEGUN):
        return fault.context_line, fault.context_column
    return fault.line, fault.column


def _within(line: int, column: int, lines: Sequence[str]) -> tuple[int, int]:
    """Move a place past the end back to the end of the last line with anything."""
    last = len(lines) - 1
    while last > 0 and not lines[last]:
        last -= 1
    if line > last:
        return last, len(lines[last])
    return line, min(column, len(lines[line]))
