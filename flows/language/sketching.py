"""What a flow would say if its slips were mended, so that lint can look further.

Only where nobody doubts what was meant: a key or a value that is misspelt is taken for
the one that lint suggests, and a limit of the whole flow that cannot be read is left
out. A sketch is looked into and never runs.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flows.language.positions import Path
from flows.language.problems import Explained

_ASIDE: Final = frozenset(
    {"title", "touchpoint", "once_every", "remind_after", "expire_after"}
)
"""Keys of a flow that no other part of it relies on."""
_WHOLE: Final = frozenset(
    {"unknown-value", "unknown-kind", "invalid-duration", "invalid-truth", "quote-text"}
)
"""Codes whose suggestion stands for the whole value."""

Change = Callable[[Any], Any]


def mended(data: Mapping[str, Any], found: Sequence[Explained]) -> Any | None:  # noqa: ANN401
    """Return the data as they were meant, or None where nobody knows."""
    for each in found:
        new = _mended(data, each)
        if new is None:
            return None
        data = new
    return data


def _mended(data: Any, each: Explained) -> Any | None:  # noqa: ANN401
    path, near = each.path, each.problem.suggestion
    if path and path[0] in _ASIDE:
        return {key: value for key, value in data.items() if key != path[0]}
    if not path or near is None:
        return None
    if each.problem.code == "unknown-key":
        return _changed(data, path[:-1], lambda inner: _renamed(inner, path[-1], near))
    if each.problem.code not in _WHOLE or not isinstance(each.value, str):
        return None
    return _changed(data, path, lambda _: near)


def _renamed(inner: Any, old: str | int, new: str) -> Any | None:  # noqa: ANN401
    if not isinstance(inner, Mapping) or new in inner:
        return None
    return {(new if key == old else key): value for key, value in inner.items()}


def _changed(data: Any, path: Path, change: Change) -> Any | None:  # noqa: ANN401
    """Return a copy in which what stands at a path is changed."""
    if not path:
        return change(data)
    first, *rest = path
    if isinstance(data, Mapping) and first in data:
        inner = _changed(data[str(first)], tuple(rest), change)
        return None if inner is None else {**data, first: inner}
    if isinstance(data, list) and isinstance(first, int) and first < len(data):
        inner = _changed(data[first], tuple(rest), change)
        return None if inner is None else [*data[:first], inner, *data[first + 1 :]]
    return None
