"""What stands on a box, line by line, and how large that makes it."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from msgspec import Struct

from flows.language.drawing.grid import Size
from flows.language.drawing.nodes import Edge, Node
from flows.language.drawing.widths import width_of, wrapped

Look = Literal["verb", "name", "words", "cause"]

WIDEST: Final = 250.0
_NARROWEST: Final = 72.0
_SIDE: Final = 14.0
_ABOVE: Final = 9.0
_BEFORE_CAUSES: Final = 8.0
_WORDS_LINES: Final = 3
_FEW_LABELS: Final = 3
_LABEL_WIDTH: Final = 170.0
_MANY_LABELS_WIDTH: Final = 300.0
_LABEL_SIDE: Final = 6.0

SIZES: Final[dict[Look, float]] = {"verb": 11, "name": 14, "words": 12.5, "cause": 11.5}
LABEL_SIZE: Final = 11.5
LEADING: Final = 1.35
_SMALL: Final = frozenset({"end"})


class Row(Struct, frozen=True):
    """One line of words, how it looks, and how far below the box's top it stands."""

    look: Look
    words: str
    base: float


class Card(Struct, frozen=True):
    """A box with words, and where a line parts them from what the step causes."""

    size: Size
    rows: Sequence[Row]
    parted: float | None


def card_of(node: Node) -> Card:
    """Return the words of a node in lines, and the size of a box around them."""
    said = list(_said(node))
    rows: list[Row] = []
    below, parted = _ABOVE, None
    for look, words in said:
        if look == "cause" and parted is None and rows:
            parted = below + _BEFORE_CAUSES / 2
            below += _BEFORE_CAUSES
        height = SIZES[look] * LEADING
        rows.append(Row(look, words, below + height * 0.76))
        below += height
    inner = max(
        (width_of(row.words, SIZES[row.look], bold=row.look == "name") for row in rows),
        default=0,
    )
    least = 0 if node.shape in _SMALL else _NARROWEST
    return Card(Size(max(inner, least) + 2 * _SIDE, below + _ABOVE), rows, parted)


def _said(node: Node) -> Iterator[tuple[Look, str]]:
    """Yield every line and how it looks; only the words of a step are cut short."""
    verb = node.shape if node.shape not in ("start", "end", "missing", "jump") else ""
    said = " ".join((verb, ", ".join(node.notes))).strip()
    for line in wrapped(said, SIZES["verb"], WIDEST):
        yield "verb", line
    for line in wrapped(node.name, SIZES["name"] * 1.07, WIDEST):
        yield "name", line
    for line in wrapped(node.words, SIZES["words"], WIDEST, _WORDS_LINES):
        yield "words", line
    for cause in node.causes:
        for line in wrapped(cause, SIZES["cause"], WIDEST):
            yield "cause", line


def label_of(edge: Edge) -> tuple[str, ...]:
    """Return an edge's label in lines: a line each, or, of many, one after another."""
    if len(edge.labels) > _FEW_LABELS:
        return wrapped(", ".join(edge.labels), LABEL_SIZE, _MANY_LABELS_WIDTH)
    return tuple(
        line
        for label in edge.labels
        for line in wrapped(label, LABEL_SIZE, _LABEL_WIDTH)
    )


def label_size(lines: Sequence[str]) -> Size:
    """Return the room that a label's lines need; none where there are none."""
    if not lines:
        return Size(0, 0)
    width = max(width_of(line, LABEL_SIZE) for line in lines)
    return Size(width + 2 * _LABEL_SIDE, len(lines) * LABEL_SIZE * LEADING + 4)
