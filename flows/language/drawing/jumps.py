"""Lines that would be too many to draw, told in words beneath the step they leave.

A line that runs through the whole of a large flow is followed by nobody. It is written
as `outcome → step` instead, and so are the longest of very many.
"""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from flows.language.drawing.layers import Link, leading_back, levels
from flows.language.drawing.nodes import Edge, Node, Picture

FARTHEST: Final = 20
"""Levels that a line may span; nobody follows one that is longer."""
MOST_PASSED: Final = 3_000
"""Rows that all lines may pass together; a flow that people draw passes hundreds."""


def shortened(picture: Picture) -> Picture:
    """Return a picture that can be drawn at once; nothing of it is left out."""
    far = _too_far(picture)
    if not far:
        return picture
    names = {node.key: node.name for node in picture.nodes}
    told: dict[str, list[str]] = {}
    for edge in far:
        label = ", ".join(edge.labels)
        way = f"{label} → {names[edge.target]}" if label else f"→ {names[edge.target]}"
        told.setdefault(edge.source, []).append(way)
    jumps = [
        Node(key=f"jump_{source}", shape="jump", causes=tuple(ways))
        for source, ways in told.items()
    ]
    return replace(
        picture,
        nodes=(*picture.nodes, *jumps),
        edges=(
            *(edge for edge in picture.edges if edge not in far),
            *(Edge(source, f"jump_{source}") for source in told),
        ),
    )


def _too_far(picture: Picture) -> frozenset[Edge]:
    """Return the edges beyond the bound, when the shortest are drawn first."""
    number = {node.key: at for at, node in enumerate(picture.nodes)}
    links = [Link(number[each.source], number[each.target]) for each in picture.edges]
    level = levels(len(number), links, leading_back(len(number), links))
    return frozenset(_beyond(picture.edges, links, level))


def _beyond(
    edges: Sequence[Edge], links: Sequence[Link], level: Sequence[int]
) -> list[Edge]:
    lengths = [abs(level[link.source] - level[link.target]) for link in links]
    passed, found = 0, []
    for at in sorted(range(len(edges)), key=lengths.__getitem__):
        passed += 2 * lengths[at]
        if lengths[at] > FARTHEST or passed > MOST_PASSED:
            found.append(edges[at])
    return found
