"""How a line runs: straight down through rows, bent between them.

It passes a row only at its own item, so it crosses no box and no label but its own. A
line that leads back turns around below its source and above its target.
"""

from typing import Final

from flows.language.drawing.plan import Plan
from flows.language.drawing.ports import Ports

_TURN: Final = 18.0
_HEAD: Final = 7.0
_ASIDE: Final = 14.0


def path_of(plan: Plan, ports: Ports, number: int) -> str:
    """Return a link's line as the path that SVG draws."""
    link = plan.links[number]
    if link.source == link.target:
        return _loop(plan, link.source)
    if number in plan.grid.back:
        return _back(plan, ports, number)
    return _forward(plan, ports, number)


def _forward(plan: Plan, ports: Ports, number: int) -> str:
    link = plan.links[number]
    x, y = ports.leaving[number], plan.boxes[link.source].bottom
    pen = _Pen(x, y)
    pen.down(plan.bottoms[plan.grid.items[link.source].row])
    for item in plan.grid.chains[number]:
        row = plan.grid.items[item].row
        pen.bend(plan.middles[item], plan.tops[row])
        pen.down(plan.bottoms[row])
    top = plan.boxes[link.target].y
    pen.bend(ports.arriving[number], top - _HEAD)
    pen.down(top)
    return pen.path()


def _back(plan: Plan, ports: Ports, number: int) -> str:
    link, chain = plan.links[number], plan.grid.chains[number][::-1]
    source, target = plan.boxes[link.source], plan.boxes[link.target]
    first, last = plan.grid.items[chain[0]].row, plan.grid.items[chain[-1]].row
    pen = _Pen(ports.leaving[number], source.bottom)
    pen.down(plan.bottoms[first])
    pen.turn(plan.middles[chain[0]], _TURN)
    for item in chain[1:]:
        row = plan.grid.items[item].row
        pen.down(plan.tops[row + 1])
        pen.bend(plan.middles[item], plan.bottoms[row])
    pen.down(plan.tops[last] - _HEAD)
    pen.turn(ports.arriving[number], -_TURN)
    pen.down(target.y)
    return pen.path()


def _loop(plan: Plan, node: int) -> str:
    box = plan.boxes[node]
    right = box.x + box.width
    pen = _Pen(right - _ASIDE, box.bottom)
    pen.turn(right + _ASIDE, _ASIDE)
    pen.down(box.y - _HEAD)
    pen.turn(right - _ASIDE, -_ASIDE)
    pen.down(box.y)
    return pen.path()


class _Pen:
    """Draws straight down or up, and bends from one vertical into another."""

    def __init__(self, x: float, y: float) -> None:
        self._x, self._y = x, y
        self._drawn = [f"M{_at(x)} {_at(y)}"]

    def down(self, y: float) -> None:
        """Go straight to a height, up as well as down."""
        if abs(y - self._y) > _SAME:
            self._drawn.append(f"V{_at(y)}")
        self._y = y

    def bend(self, x: float, y: float) -> None:
        """Go to a place so that the line leaves and arrives upright."""
        if abs(x - self._x) <= _SAME:
            self.down(y)
            return
        half = _at((self._y + y) / 2)
        self._drawn.append(f"C{_at(self._x)} {half} {_at(x)} {half} {_at(x)} {_at(y)}")
        self._x, self._y = x, y

    def turn(self, x: float, depth: float) -> None:
        """Turn around to another place at this height, in an arch this deep."""
        far = _at(self._y + depth)
        end = f"{_at(x)} {_at(self._y)}"
        self._drawn.append(f"C{_at(self._x)} {far} {_at(x)} {far} {end}")
        self._x = x

    def path(self) -> str:
        """Return all that was drawn."""
        return "".join(self._drawn)


_SAME: Final = 0.05


def _at(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
