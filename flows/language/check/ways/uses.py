"""What conditions ask of a name: what it is held against, and how."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from msgspec import Struct, field

from flows.language.evaluation import sort_of
from flows.language.expression import (
    Called,
    Compared,
    Fixed,
    Joined,
    Minus,
    Name,
    Node,
    Not,
    Reckoned,
    Series,
    walk,
)
from flows.language.names import Path

_IN: Final = frozenset({"in", "not in"})


class Uses(Struct):
    """What one name is compared with.

    `literals` by `==`, `<` and the like, or inside a list; `parts` are looked for in
    it. `opaque` where it is reckoned with, or compared with another name: then no few
    values stand for all.
    """

    literals: set[float | str | bool] = field(default_factory=set)
    parts: set[float | str | bool] = field(default_factory=set)
    rows: set[tuple[float | str | bool, ...]] = field(default_factory=set)
    ordered: bool = False
    opaque: bool = False


def uses_in(conditions: Iterable[Node]) -> dict[Path, Uses]:
    """Return every name in these conditions with what is asked of it."""
    found: dict[Path, Uses] = {}
    for tree in conditions:
        for name in _reckoned_with(tree):
            found.setdefault(name, Uses()).opaque = True
        for part in walk(tree):
            if isinstance(part, Name):
                found.setdefault(part.path, Uses())
            elif isinstance(part, Compared):
                for sign, left, right in pairs(part):
                    _compared(found, sign, left, right)
    return found


def pairs(node: Compared) -> Iterator[tuple[str, Node, Node]]:
    """Yield each comparison of a chain such as `0 < x < 6`."""
    sides = [node.first, *(right for _, right in node.rest)]
    for (left, right), (sign, _) in zip(pairwise(sides), node.rest, strict=True):
        yield sign, left, right


def _reckoned_with(tree: Node) -> Iterator[Path]:
    """Yield the names inside sums, functions and comparisons of conditions."""
    for part in walk(tree):
        inside: list[Node] = []
        if isinstance(part, Minus | Reckoned | Called):
            inside = [part]
        elif isinstance(part, Compared):
            sides = [part.first, *(right for _, right in part.rest)]
            inside = [each for each in sides if isinstance(each, Joined | Not)]
            inside += [each for each in sides if isinstance(each, Compared)]
        for each in inside:
            yield from (name.path for name in walk(each) if isinstance(name, Name))


def _compared(found: dict[Path, Uses], sign: str, left: Node, right: Node) -> None:
    for name, other, turned in ((left, right, False), (right, left, True)):
        if not isinstance(name, Name) or sign in {"is", "is not"}:
            continue
        uses = found.setdefault(name.path, Uses())
        if isinstance(other, Fixed):
            _with_fixed(uses, sign, other, inside=turned and sign in _IN)
        elif isinstance(other, Series):
            _with_series(uses, sign, other)
        else:
            uses.opaque = True


def _with_fixed(uses: Uses, sign: str, other: Fixed, *, inside: bool) -> None:
    if other.value is None:
        return
    if inside:
        uses.parts.add(other.value)
    elif sign in _IN:  # the name is looked for in a text
        uses.opaque = True
    else:
        uses.literals.add(other.value)
        uses.ordered = uses.ordered or sign not in {"==", "!="}


def _with_series(uses: Uses, sign: str, other: Series) -> None:
    values = tuple(item.value for item in other.items if item.value is not None)
    if sign in _IN:
        uses.literals.update(values)
    else:
        uses.rows.add(values)


def numbers_of(uses: Uses) -> list[float]:
    """Return the numbers that a name is compared with, the smallest first."""
    return sorted(
        {v for v in uses.literals if sort_of(v) == "number" and not isinstance(v, str)}
    )


def texts_of(uses: Uses) -> list[str]:
    """Return the texts that a name is compared with, in order."""
    return sorted({v for v in uses.literals if isinstance(v, str)})
