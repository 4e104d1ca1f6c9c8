"""A picture as SVG: no script, no font of its own, for light and dark pages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from unicodedata import bidirectional

from flows.language.drawing.cards import (
    LABEL_SIZE,
    LEADING,
    Card,
    card_of,
    label_of,
    label_size,
)
from flows.language.drawing.jumps import shortened
from flows.language.drawing.layers import Link
from flows.language.drawing.layout import Layout, Line, lay_out
from flows.language.drawing.nodes import Edge, Node, Picture
from flows.language.drawing.plan import MARGIN, Box
from flows.language.drawing.style import STYLE
from flows.language.drawing.widths import width_of

_HEADING: Final = 15.0
_HEADING_ROOM: Final = 34.0
_CORNERS: Final = {"start": 18.0, "end": 14.0}
_SIDE: Final = 14.0
_SLANT: Final = 10.0


def svg(picture: Picture) -> str:
    """Return a picture as one SVG document, the same each time."""
    drawn = shortened(picture)
    cards = [card_of(node) for node in drawn.nodes]
    labels = [label_of(edge) for edge in drawn.edges]
    number = {node.key: at for at, node in enumerate(drawn.nodes)}
    links = [
        Link(number[edge.source], number[edge.target], *label_size(label))
        for edge, label in zip(drawn.edges, labels, strict=True)
    ]
    layout = lay_out([card.size for card in cards], links)
    heading = f"{drawn.name}: {drawn.title}" if drawn.title else drawn.name
    names = {node.key: node.name for node in drawn.nodes}
    parts = [
        *_begin(layout, heading, _described(drawn, names)),
        *(
            _line(_told(edge, names), line)
            for edge, line in zip(drawn.edges, layout.lines, strict=True)
        ),
        *(
            _label(line.label, label)
            for line, label in zip(layout.lines, labels, strict=True)
            if line.label
        ),
        *map(_box, drawn.nodes, cards, layout.boxes),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def escaped(words: str) -> str:
    """Return words as XML has them: nothing in them is markup, or steers a terminal.

    >>> print(escaped('<b title="x">'))
    &lt;b title=&quot;x&quot;&gt;
    """
    return "".join(map(_sign, words))


def _sign(sign: str) -> str:
    if known := _NAMED.get(sign):
        return known
    return sign if sign.isprintable() else f"&#{ord(sign)};"


_NAMED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def _begin(layout: Layout, heading: str, described: str) -> Iterator[str]:
    width = max(layout.width, width_of(heading, _HEADING, bold=True) + 2 * MARGIN)
    height = layout.height + _HEADING_ROOM
    size = f"{_at(width)} {_at(height)}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img"'
        f' aria-labelledby="title desc" width="{_at(width)}" height="{_at(height)}"'
        f' viewBox="0 0 {size}">'
    )
    yield f'<title id="title">{escaped(heading)}</title>'
    yield f'<desc id="desc">{escaped(described)}</desc>'
    yield f"<style>{STYLE}</style>"
    yield _HEADS
    yield '<rect class="page" width="100%" height="100%" rx="12"/>'
    yield _text("heading", heading, MARGIN, MARGIN + 8, width - 2 * MARGIN)
    aside = (width - layout.width) / 2
    yield f'<g transform="translate({_at(aside)} {_at(_HEADING_ROOM)})">'


def _described(picture: Picture, names: Mapping[str, str]) -> str:
    """Return what somebody hears who does not see the picture."""
    steps = sum(node.key.startswith("step_") for node in picture.nodes)
    counted = "1 step" if steps == 1 else f"{steps} steps"
    told = "; ".join(_told(edge, names) for edge in picture.edges)
    return f"A flow of {counted}. {told}."


def _told(edge: Edge, names: Mapping[str, str]) -> str:
    way = f"{names[edge.source]} → {names[edge.target]}"
    return f"{way}: {', '.join(edge.labels)}" if edge.labels else way


_HEADS: Final = (
    "<defs>"
    '<marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7"'
    ' markerHeight="7" orient="auto"><path class="head" d="M0 0L10 5L0 10z"/></marker>'
    '<marker id="head-back" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7"'
    ' markerHeight="7" orient="auto"><path class="head-back" d="M0 0L10 5L0 10z"/>'
    "</marker></defs>"
)


def _line(told: str, line: Line) -> str:
    kind = "line back" if line.back else "line"
    return f'<path class="{kind}" d="{line.path}"><title>{escaped(told)}</title></path>'


def _label(box: Box, lines: Sequence[str]) -> str:
    rect = (
        f'<rect class="label-box" x="{_at(box.x)}" y="{_at(box.y)}"'
        f' width="{_at(box.width)}" height="{_at(box.height)}" rx="6"/>'
    )
    step = LABEL_SIZE * LEADING
    texts = (
        f'<text class="label" x="{_at(box.middle)}"'
        f' y="{_at(box.y + 2 + step * (number + 0.76))}">{escaped(line)}</text>'
        for number, line in enumerate(lines)
    )
    return f"<g>{rect}{''.join(texts)}</g>"


def _box(node: Node, card: Card, box: Box) -> str:
    notes = " ".join(node.notes)
    said = " · ".join(filter(None, (notes, node.name, node.words, *node.causes)))
    left, inner = box.x + _SIDE, box.width - 2 * _SIDE
    parting = ""
    if card.parted is not None:
        place = f"M{_at(left)} {_at(box.y + card.parted)}h{_at(inner)}"
        parting = f'<path class="parting" d="{place}"/>'
    rows = "".join(
        _text(row.look, row.words, left, box.y + row.base, inner) for row in card.rows
    )
    title = f"<title>{escaped(said)}</title>"
    outline = _outline(node, box)
    return f'<g class="node {node.shape}">{title}{outline}{parting}{rows}</g>'


def _outline(node: Node, box: Box) -> str:
    if node.shape == "branch":
        half, side = box.height / 2, _at(box.width - 2 * _SLANT)
        slants = [f"l{_at(dx)} {_at(dy)}" for dx, dy in _slants(half)]
        start = f"M{_at(box.x + _SLANT)} {_at(box.y)}h{side}"
        path = f"{start}{slants[0]}{slants[1]}h-{side}{slants[2]}z"
        return f'<path class="box" d="{path}"/>'
    rect = (
        f'x="{_at(box.x)}" y="{_at(box.y)}" width="{_at(box.width)}"'
        f' height="{_at(box.height)}" rx="{_at(_CORNERS.get(node.shape, 8.0))}"'
    )
    return f'<rect class="box" {rect}/>'


def _slants(half: float) -> tuple[tuple[float, float], ...]:
    """Return the slanted sides of a branch's box but the last."""
    return (_SLANT, half), (-_SLANT, half), (-_SLANT, -half)


def _text(look: str, words: str, x: float, y: float, width: float) -> str:
    """Return a line of words; it begins at the right where its script does."""
    first = next((sign for sign in words if sign.isalpha()), "a")
    rtl = bidirectional(first) in ("R", "AL")
    at = f'x="{_at(x + width)}" direction="rtl"' if rtl else f'x="{_at(x)}"'
    return f'<text class="{look}" {at} y="{_at(y)}">{escaped(words)}</text>'


def _at(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
