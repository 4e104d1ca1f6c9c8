"""Where every value of a file stands: kept beside the data, so that data stay plain."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

Path = tuple[str | int, ...]
"""The keys and list places that lead to a value: `("steps", "score", "go")`."""


class Place(NamedTuple):
    """A line and a column of a file, both counted from 1."""

    line: int
    column: int


START: Final = Place(1, 1)


class Positions:
    """A table from path to place, for values and for the keys they stand under."""

    __slots__ = ("_keys", "_values")

    def __init__(
        self,
        values: Mapping[Path, Place] | None = None,
        keys: Mapping[Path, Place] | None = None,
    ) -> None:
        self._values = values or {}
        self._keys = keys or {}

    def value(self, path: Path) -> Place:
        """Return where a value stands, or what is nearest to it on the way there."""
        return self._nearest(self._values, path)

    def key(self, path: Path) -> Place:
        """Return where a value's key stands; an item of a list has only its value."""
        return self._keys.get(path) or self.value(path)

    def _nearest(self, places: Mapping[Path, Place], path: Path) -> Place:
        while path:
            if found := places.get(path):
                return found
            path = path[:-1]
        return places.get((), START)


def place_within(lines: Sequence[str], place: Place, text: str, offset: int) -> Place:
    """Return where a character of a scalar stands, or the scalar's own place.

    A text that its line does not show as it is (escaped, folded) keeps its place.
    """
    row, column = place.line - 1, place.column - 1
    shown = lines[row][column:] if row < len(lines) else ""
    if shown.startswith("|"):
        before = text[:offset].split("\n")
        text, offset = text.split("\n")[len(before) - 1], len(before[-1])
        row += len(before)
        column = lines[row].find(text) if row < len(lines) else -1
    elif shown[:1] in ("'", '"'):
        column += 1
    if column >= 0 and row < len(lines) and lines[row].startswith(text, column):
        return Place(row + 1, column + offset + 1)
    return place
