"""Nodes in rows, and a place in each row that a line passes through.

Rules. Nodes stand in the even rows, labels in the odd ones, so no label meets a node.
A line has an item of its own in each row between its ends: it bends only between rows
and touches nothing there. A line that leads back also has one beside both its ends, for
it leaves downwards and arrives from above like all others.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from msgspec import Struct

from flows.language.drawing.layers import Link, leading_back, levels

LOOP: Final = 22.0
"""The room that a line needs which leads from a node to itself."""


class Size(NamedTuple):
    """How wide and how high something is."""

    width: float
    height: float


class Item(Struct, frozen=True):
    """A node, or a place where a line passes, with its label if it has one."""

    row: int
    width: float
    height: float
    node: bool = False


class Grid(Struct, frozen=True, kw_only=True):
    """All items, nodes first, with what is joined from one row to the next."""

    items: Sequence[Item]
    rows: int
    chains: Sequence[Sequence[int]]
    """The items that each line passes, from above; none where a link is a loop."""
    labels: Sequence[int | None]
    """The item that holds each link's label."""
    back: frozenset[int]
    above: Sequence[Sequence[int]]
    below: Sequence[Sequence[int]]
    beside: Sequence[tuple[int, int]]
    """An end of a line that leads back, and the item it should stay close to."""


def make_grid(sizes: Sequence[Size], links: Sequence[Link]) -> Grid:
    """Return nodes and lines in rows, so that every line leads from row to row."""
    back = leading_back(len(sizes), links)
    level = levels(len(sizes), links, back)
    maker = _Maker(sizes, level)
    for number, link in enumerate(links):
        maker.add(link, back=number in back)
    return maker.grid(back)


class _Maker:
    def __init__(self, sizes: Sequence[Size], level: Sequence[int]) -> None:
        self._items = [
            Item(2 * row, size.width, size.height, node=True)
            for row, size in zip(level, sizes, strict=True)
        ]
        self._chains: list[list[int]] = []
        self._labels: list[int | None] = []
        self._above: list[list[int]] = [[] for _ in sizes]
        self._below: list[list[int]] = [[] for _ in sizes]
        self._beside: list[tuple[int, int]] = []

    def add(self, link: Link, *, back: bool) -> None:
        """Add a line between two nodes."""
        if link.source == link.target:
            self._loop(link)
        elif back:
            self._back(link)
        else:
            self._forward(link)

    def _loop(self, link: Link) -> None:
        node = self._items[link.source]
        room = LOOP + link.width
        height = max(node.height, link.height)
        self._items[link.source] = Item(
            node.row, node.width + 2 * room, height, node=True
        )
        self._chains.append([])
        self._labels.append(None)

    def _forward(self, link: Link) -> None:
        first, last = self._items[link.source].row + 1, self._items[link.target].row
        chain = self._chain(link, range(first, last), first)
        for upper, lower in zip(
            (link.source, *chain), (*chain, link.target), strict=True
        ):
            self._join(upper, lower)

    def _back(self, link: Link) -> None:
        first, last = self._items[link.target].row, self._items[link.source].row
        chain = self._chain(link, range(first, last + 1), last - 1)
        for upper, lower in pairwise(chain):
            self._join(upper, lower)
        self._beside += [(chain[0], link.target), (chain[-1], link.source)]

    def _chain(self, link: Link, rows: range, labelled: int) -> list[int]:
        chain = []
        for row in rows:
            has_label = row == labelled and link.height
            size = (link.width, link.height) if has_label else (0.0, 0.0)
            chain.append(len(self._items))
            self._items.append(Item(row, *size))
            self._above.append([])
            self._below.append([])
        self._chains.append(chain)
        self._labels.append(chain[labelled - rows.start] if link.height else None)
        return chain

    def _join(self, upper: int, lower: int) -> None:
        self._below[upper].append(lower)
        self._above[lower].append(upper)

    def grid(self, back: frozenset[int]) -> Grid:
        """Return what was made."""
        return Grid(
            items=self._items,
            rows=max((item.row for item in self._items), default=0) + 1,
            chains=self._chains,
            labels=self._labels,
            back=back,
            above=self._above,
            below=self._below,
            beside=self._beside,
        )
