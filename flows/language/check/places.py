"""Where things stand in a file, and problems made of it."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from bot.errors import Problem, Severity
from flows.language.codes import CODES
from flows.language.document import FlowDocument, TalksDocument
from flows.language.positions import Path, Place, Positions, place_within


def problem(
    document: FlowDocument | TalksDocument,
    place: Place,
    code: str,
    message: str,
    *,
    suggestion: str | None = None,
    severity: Severity | None = None,
) -> Problem:
    """Return a problem at a place of a document, as grave as its code says."""
    return Problem(
        path=document.path,
        line=place.line,
        column=place.column,
        severity=severity or CODES[code].severity,
        code=code,
        message=message,
        suggestion=suggestion,
    )


def within(document: FlowDocument, path: Path, text: str, offset: int) -> Place:
    """Return where a character of a text stands, as near as the file shows it."""
    place = document.positions.value(path)
    return place_within(_lines(document.source), place, text, offset)


@lru_cache(maxsize=4)
def _lines(source: bytes) -> tuple[str, ...]:
    return tuple(source.decode("utf-8-sig", "replace").splitlines())


def stands(positions: Positions, path: Path) -> bool:
    """Tell whether the file has a value there, not only on the way to it."""
    return positions.value(path) != positions.value(path[:-1])


def longest(positions: Positions, *paths: Path) -> Path:
    """Return the first of the paths that the file has, or the last one."""
    return next((path for path in paths[:-1] if stands(positions, path)), paths[-1])


def way(positions: Positions, path: Path) -> Path:
    """Return where a way's target stands: `to:` or its short form `else:`."""
    if path[-1] != "to":
        return path
    return longest(positions, path, (*path[:-1], "else"))


def items(positions: Positions, path: Path, count: int) -> Iterator[Path]:
    """Yield where each item of a list stands that may be a single value instead."""
    for number in range(count):
        yield longest(positions, (*path, number), path)


def keys(mapping: Mapping[str, object], path: Path) -> Iterator[tuple[str, Path]]:
    """Yield each key of a mapping and the path to its value."""
    for key in mapping:
        yield key, (*path, key)
