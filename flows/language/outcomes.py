"""What an answer comes to: the names by which `go` and `then` know it."""

from collections.abc import Mapping
from typing import Final

from bot.model.answer import SEGMENTS, Kind, Value, segment
from flows.language.model import SKIPPED

_NONE: Final[frozenset[str]] = frozenset()
_SEGMENTS: Final[Mapping[str | None, frozenset[str]]] = {
    name: frozenset({name}) for scale in SEGMENTS.values() for name, _ in scale
}


def outcomes(kind: Kind, value: Value) -> frozenset[str]:
    """Return the names by which `go` and `then` may know an answer.

    >>> sorted(outcomes("choices", ("price", "speed"))), sorted(outcomes("nps", 9))
    (['price', 'speed'], ['promoter'])
    """
    if value is None:
        return frozenset({SKIPPED})
    if isinstance(value, bool):
        return frozenset({"yes" if value else "no"})
    if isinstance(value, tuple):
        return frozenset(value)
    if isinstance(value, str):
        return frozenset({value}) if kind == "choice" else _NONE
    return _SEGMENTS.get(segment(kind, value), _NONE)
