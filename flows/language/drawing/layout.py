"""Where everything of a picture stands: a layered drawing, the same each time.

After Sugiyama, Tagawa and Toda (1981): links that lead back are found (`layers`), rows
are filled (`grid`) and sorted (`ordering`), columns are made straight (`placing`), and
lines are drawn between the rows (`routing`).
"""

from collections.abc import Sequence

from msgspec import Struct

from flows.language.drawing.grid import LOOP, Size, make_grid
from flows.language.drawing.layers import Link
from flows.language.drawing.ordering import in_order
from flows.language.drawing.placing import places
from flows.language.drawing.plan import Box, Plan, make_plan
from flows.language.drawing.ports import make_ports
from flows.language.drawing.routing import path_of


class Line(Struct, frozen=True):
    """How a link runs, and where its label stands, if it has one."""

    path: str
    label: Box | None
    back: bool


class Layout(Struct, frozen=True, kw_only=True):
    """A drawing: a box for each size that was given, a line for each link."""

    width: float
    height: float
    boxes: Sequence[Box]
    lines: Sequence[Line]


def lay_out(sizes: Sequence[Size], links: Sequence[Link]) -> Layout:
    """Return where boxes of these sizes stand so that no two overlap, and the lines."""
    grid = make_grid(sizes, links)
    rows = in_order(grid)
    plan = make_plan(sizes, links, grid, rows, places(grid, rows))
    ports = make_ports(plan)
    lines = [
        Line(path_of(plan, ports, number), _label(plan, number), number in grid.back)
        for number in range(len(links))
    ]
    return Layout(width=plan.width, height=plan.height, boxes=plan.boxes, lines=lines)


def _label(plan: Plan, number: int) -> Box | None:
    link, item = plan.links[number], plan.grid.labels[number]
    if not link.height:
        return None
    if item is None:  # a loop: to its right
        box = plan.boxes[link.source]
        x, y = box.x + box.width + LOOP, box.y + (box.height - link.height) / 2
    else:
        x = plan.middles[item] - link.width / 2
        y = plan.tops[plan.grid.items[item].row]
    return Box(x, y, link.width, link.height)
