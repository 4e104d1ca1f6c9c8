"""The order of each row, so that few lines cross.

Sweeps go down and up; in each, the items of a row are sorted by the mean place of what
they are joined with in the row before. The order with the fewest crossings stays.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from flows.language.drawing.grid import Grid

SWEEPS: Final = 12
MOST_WORK: Final = 60_000
"""Items looked at in all; a picture of more than that is sorted with fewer sweeps."""

Rows = list[list[int]]


def in_order(grid: Grid) -> Rows:
    """Return the items of each row from left to right."""
    rows = _begin(grid)
    above, below = _attracted(grid)
    best, fewest = rows, crossings(rows, grid.below)
    sweeps = max(2, min(SWEEPS, MOST_WORK // (len(grid.items) + 1)))
    for sweep in range(sweeps):
        if not fewest:
            break
        rows = [list(row) for row in rows]
        if sweep % 2:
            _sweep(rows, range(len(rows) - 2, -1, -1), 1, below)
        else:
            _sweep(rows, range(1, len(rows)), -1, above)
        found = crossings(rows, grid.below)
        if found < fewest:
            best, fewest = rows, found
    return best


def _begin(grid: Grid) -> Rows:
    """Return rows filled by going deep along the lines, in the order of the file."""
    rows: Rows = [[] for _ in range(grid.rows)]
    seen: set[int] = set()
    beside: dict[int, list[int]] = {}
    for lane, node in grid.beside:
        beside.setdefault(node, []).append(lane)
    roots = [n for n, item in enumerate(grid.items) if not grid.above[n] and item.node]
    rest = range(len(grid.items))
    for root in (*roots, *rest):
        waiting = [root]
        while waiting:
            item = waiting.pop()
            if item in seen:
                continue
            seen.add(item)
            rows[grid.items[item].row].append(item)
            waiting += [*beside.get(item, ()), *reversed(grid.below[item])]
    return rows


def _attracted(grid: Grid) -> tuple[list[list[int]], list[list[int]]]:
    """Return what draws each item: what it is joined with, and the node of a lane."""
    above = [list(each) for each in grid.above]
    below = [list(each) for each in grid.below]
    for lane, node in grid.beside:
        for inner in grid.below[lane]:
            above[inner].append(node)
        for inner in grid.above[lane]:
            below[inner].append(node)
    return above, below


def _sweep(
    rows: Rows, numbers: range, step: int, joined: Sequence[Sequence[int]]
) -> None:
    for number in numbers:
        place = {item: at for at, item in enumerate(rows[number + step])}
        rows[number] = _sorted(rows[number], _mean_of(joined, place))


def _mean_of(
    joined: Sequence[Sequence[int]], place: dict[int, int]
) -> Callable[[int], float | None]:
    def mean(item: int) -> float | None:
        places = [place[other] for other in joined[item] if other in place]
        return sum(places) / len(places) if places else None

    return mean


def _sorted(row: list[int], mean: Callable[[int], float | None]) -> list[int]:
    """Sort by mean; what is drawn nowhere stays behind what it stood behind."""
    keys, last = [], -1.0
    for item in row:
        found = mean(item)
        last = last if found is None else found
        keys.append(last)
    order = sorted(range(len(row)), key=keys.__getitem__)
    return [row[at] for at in order]


def crossings(rows: Rows, below: Sequence[Sequence[int]]) -> int:
    """Return how many pairs of lines cross between neighbouring rows."""
    return sum(_between(upper, lower, below) for upper, lower in pairwise(rows))


def _between(upper: list[int], lower: list[int], below: Sequence[Sequence[int]]) -> int:
    place = {item: at for at, item in enumerate(lower)}
    ends = [at for item in upper for at in sorted(place[n] for n in below[item])]
    tree = [0] * (len(lower) + 1)
    found = 0
    for passed, end in enumerate(ends):
        at, left = end + 1, 0
        while at:
            left += tree[at]
            at &= at - 1
        found += passed - left
        at = end + 1
        while at < len(tree):
            tree[at] += 1
            at += at & -at
    return found
