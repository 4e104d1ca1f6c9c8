"""How far to the right each item stands, so that lines run straight.

After Brandes and Köpf (2001): items are put exactly below one another in four ways,
from above and below, to the left and to the right; each takes the mean of the middle
two. Lines that pass through rows go first, so they run straight down.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, floor, inf
from typing import Final

from flows.language.drawing.grid import Grid, Item
from flows.language.drawing.ordering import Rows

_BETWEEN_NODES: Final = 36.0
_BETWEEN_LINES: Final = 18.0

Joined = Sequence[Sequence[int]]
Places = list[float]


def places(grid: Grid, rows: Rows) -> Places:
    """Return the middle of each item; within a row no two items come too close."""
    crossed = _crossed(grid, rows)
    found = [
        _one_way(grid, rows, crossed, upward=upward, mirrored=mirrored)
        for upward in (False, True)
        for mirrored in (False, True)
    ]
    return _balanced(grid.items, found)


def apart(left: Item, right: Item) -> float:
    """Return how far the middles of two neighbours have to be apart."""
    gap = sum(_BETWEEN_NODES if item.node else _BETWEEN_LINES for item in (left, right))
    return (left.width + right.width + gap) / 2


def _crossed(grid: Grid, rows: Rows) -> set[tuple[int, int]]:
    """Return the ends of lines that would cross one which passes through both rows."""
    found: set[tuple[int, int]] = set()
    for upper, lower in pairwise(rows):
        place = {item: at for at, item in enumerate(upper)}
        left = done = 0
        for number, item in enumerate(lower):
            passing = _passing(grid, item)
            if passing is None and number < len(lower) - 1:
                continue
            right = len(upper) if passing is None else place[passing]
            for each in lower[done : number + 1]:
                if _passing(grid, each) is None:
                    found.update(
                        (over, each)
                        for over in grid.above[each]
                        if not left <= place[over] <= right
                    )
            left, done = right, number + 1
    return found


def _passing(grid: Grid, item: int) -> int | None:
    """Return what a line passes right above, None where it begins or ends here."""
    if grid.items[item].node:
        return None
    return next((n for n in grid.above[item] if not grid.items[n].node), None)


def _one_way(
    grid: Grid,
    rows: Rows,
    crossed: set[tuple[int, int]],
    *,
    upward: bool,
    mirrored: bool,
) -> Places:
    turned = [
        row[::-1] if mirrored else row for row in (rows[::-1] if upward else rows)
    ]
    joined = grid.below if upward else grid.above

    def allowed(item: int, other: int) -> bool:
        return ((item, other) if upward else (other, item)) not in crossed

    roots = _aligned(len(grid.items), turned, joined, allowed)
    found = _compact(grid.items, turned, roots)
    return [-at for at in found] if mirrored else found


def _aligned(
    count: int, rows: Rows, joined: Joined, allowed: Callable[[int, int], bool]
) -> list[int]:
    """Return the first of the column that each item stands in."""
    root = list(range(count))
    follows = [False] * count
    place = {item: at for row in rows for at, item in enumerate(row)}
    for row in rows:
        last = -1
        for item in row:
            over = sorted(joined[item], key=place.__getitem__)
            middle = (len(over) - 1) / 2
            for at in range(floor(middle), ceil(middle) + 1) if over else ():
                other = over[at]
                if (
                    root[item] == item
                    and not follows[other]
                    and last < place[other]
                    and allowed(item, other)
                ):
                    follows[other] = True
                    root[item] = root[other]
                    last = place[other]
    return root


def _compact(items: Sequence[Item], rows: Rows, root: list[int]) -> Places:
    """Return places where each column stands as far left as it can, then close up."""
    before: dict[int, dict[int, float]] = {each: {} for each in root}
    after: dict[int, dict[int, float]] = {each: {} for each in root}
    for row in rows:
        for left, right in pairwise(row):
            gap = apart(items[left], items[right])
            a, b = root[left], root[right]
            before[b][a] = after[a][b] = max(before[b].get(a, 0.0), gap)
    order = _topological(before, after)
    at: dict[int, float] = {}
    for column in order:
        at[column] = max((at[n] + gap for n, gap in before[column].items()), default=0)
    for column in reversed(order):
        room = min((at[n] - gap for n, gap in after[column].items()), default=inf)
        if room != inf:
            at[column] = max(at[column], room)
    return [at[each] for each in root]


def _topological(
    before: dict[int, dict[int, float]], after: dict[int, dict[int, float]]
) -> list[int]:
    missing = {column: len(rest) for column, rest in before.items()}
    waiting = [column for column, count in missing.items() if not count]
    order = []
    while waiting:
        column = waiting.pop()
        order.append(column)
        for other in after[column]:
            missing[other] -= 1
            if not missing[other]:
                waiting.append(other)
    return order


def _balanced(items: Sequence[Item], four: list[Places]) -> Places:
    """Return the mean of the middle two of four, all brought to the narrowest one."""
    halves = [item.width / 2 for item in items]

    def ends(found: Places) -> tuple[float, float]:
        left = min(at - half for at, half in zip(found, halves, strict=True))
        return left, max(at + half for at, half in zip(found, halves, strict=True))

    spans = [ends(found) for found in four]
    low, high = min(spans, key=lambda span: span[1] - span[0])
    shifts = [
        high - span[1] if number % 2 else low - span[0]
        for number, span in enumerate(spans)
    ]
    moved = zip(
        *([at + s for at in found] for found, s in zip(four, shifts, strict=True)),
        strict=True,
    )
    return [sum(sorted(ways)[1:3]) / 2 for ways in moved]
