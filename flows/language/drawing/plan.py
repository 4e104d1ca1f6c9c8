"""Where rows, items and boxes stand, before lines are drawn between them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from flows.language.drawing.grid import Grid, Size
from flows.language.drawing.layers import Link
from flows.language.drawing.ordering import Rows

MARGIN: Final = 28.0
_GAP: Final = 26.0
"""Between rows: a line bends there, and there is room for its head."""
_EMPTY_GAP: Final = 20.0
_WIDEST: Final = 60.0
_STEEPNESS: Final = 14.0
"""A line may go this much further sideways for one of a gap's height."""


class Box(Struct, frozen=True):
    """A rectangle: its upper left corner, and how large it is."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """How far to the right its middle is."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """How far down it reaches."""
        return self.y + self.height


class Plan(Struct, frozen=True, kw_only=True):
    """All that lines have to know."""

    grid: Grid
    links: Sequence[Link]
    middles: Sequence[float]
    tops: Sequence[float]
    bottoms: Sequence[float]
    boxes: Sequence[Box]
    width: float
    height: float


def make_plan(
    sizes: Sequence[Size],
    links: Sequence[Link],
    grid: Grid,
    rows: Rows,
    middles: Sequence[float],
) -> Plan:
    """Return everything moved so that it begins at the margin."""
    halves = [item.width / 2 for item in grid.items]
    spans = list(zip(middles, halves, strict=True))
    shift = MARGIN - min(middle - half for middle, half in spans)
    moved = [middle + shift for middle in middles]
    tops, bottoms = _rows(grid, rows, middles)
    return Plan(
        grid=grid,
        links=links,
        middles=moved,
        tops=tops,
        bottoms=bottoms,
        boxes=[
            Box(middle - size.width / 2, tops[item.row], size.width, size.height)
            for middle, size, item in zip(moved, sizes, grid.items, strict=False)
        ],
        width=max(middle + half for middle, half in spans) + shift + MARGIN,
        height=bottoms[-1] + MARGIN,
    )


def _rows(
    grid: Grid, rows: Rows, middles: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Return where each row begins and ends."""
    heights = [
        max((grid.items[item].height for item in row), default=0) for row in rows
    ]
    tops, bottoms = [MARGIN], [MARGIN + heights[0]]
    for upper, (before, height) in zip(rows, pairwise(heights), strict=False):
        bare = not height or not before
        tops.append(bottoms[-1] + _gap(grid, upper, middles, bare=bare))
        bottoms.append(tops[-1] + height)
    return tops, bottoms


def _gap(
    grid: Grid, row: Sequence[int], middles: Sequence[float], *, bare: bool
) -> float:
    """Return the height between a row and the next: more where lines go far aside."""
    aside = max(
        (abs(middles[n] - middles[item]) for item in row for n in grid.below[item]),
        default=0,
    )
    return min(_WIDEST, (_EMPTY_GAP if bare else _GAP) + aside / _STEEPNESS)
