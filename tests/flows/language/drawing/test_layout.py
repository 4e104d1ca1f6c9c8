"""Whatever is joined with whatever, nothing stands on anything else."""

import re
from collections.abc import Iterator
from itertools import combinations
from operator import mul
from typing import Final

from hypothesis import given, strategies as st

from flows.language.drawing.grid import Size
from flows.language.drawing.layers import Link, leading_back, levels
from flows.language.drawing.layout import lay_out
from flows.language.drawing.plan import Box

CURVE: Final = 12
SIDES: Final = st.floats(20, 300).map(lambda side: round(side, 1))


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Size], list[Link]]:
    """Draw boxes and links between them, loops and links back among them."""
    sizes = draw(st.lists(st.builds(Size, SIDES, SIDES), min_size=1, max_size=14))
    node = st.integers(0, len(sizes) - 1)
    labels = st.sampled_from([(0.0, 0.0), (60.0, 19.0), (140.0, 35.0)])
    pairs = draw(st.lists(st.tuples(node, node), unique=True, max_size=24))
    return sizes, [Link(*pair, *draw(labels)) for pair in pairs]


def overlap(one: Box, other: Box) -> bool:
    """Tell whether two boxes share more than an edge."""
    across = one.x < other.x + other.width - 1 and other.x < one.x + one.width - 1
    return across and one.y < other.bottom - 1 and other.y < one.bottom - 1


def points(path: str) -> Iterator[tuple[float, float]]:
    """Yield points along a path of straight and bent pieces."""
    x = y = 0.0
    for sign, numbers in re.findall(r"([MVC])([^MVC]*)", path):
        given = [float(number) for number in numbers.split()]
        if sign == "C":
            x1, y1, x2, y2, x3, y3 = given
            for at in (step / CURVE for step in range(1, CURVE)):
                back = 1 - at
                parts = (back**3, 3 * at * back**2, 3 * at**2 * back, at**3)
                yield (
                    sum(map(mul, parts, (x, x1, x2, x3))),
                    sum(map(mul, parts, (y, y1, y2, y3))),
                )
            x, y = x3, y3
        elif sign == "V":
            for at in (step / CURVE for step in range(1, CURVE)):
                yield x, y + (given[0] - y) * at
            y = given[0]
        else:
            x, y = given
        yield x, y


def inside(point: tuple[float, float], box: Box) -> bool:
    """Tell whether a point is within a box, not on its edge."""
    x, y = point
    return box.x + 1 < x < box.x + box.width - 1 and box.y + 1 < y < box.bottom - 1


@given(graph=graphs())
def test_nothing_overlaps(graph: tuple[list[Size], list[Link]]) -> None:
    """No box or label meets another, and all lie on the page."""
    layout = lay_out(*graph)
    labels = [line.label for line in layout.lines if line.label]
    assert len(labels) == sum(link.height > 0 for link in graph[1])
    for one, other in combinations([*layout.boxes, *labels], 2):
        assert not overlap(one, other)
    for box in (*layout.boxes, *labels):
        assert min(box.x, box.y) >= 0
        assert box.x + box.width <= layout.width
        assert box.bottom <= layout.height


@given(graph=graphs())
def test_lines_join_what_they_say_and_touch_nothing_else(
    graph: tuple[list[Size], list[Link]],
) -> None:
    """A line leaves a box below, arrives at one from above, and enters none."""
    layout = lay_out(*graph)
    for link, line in zip(graph[1], layout.lines, strict=True):
        way = list(points(line.path))
        source, target = layout.boxes[link.source], layout.boxes[link.target]
        assert abs(way[0][1] - source.bottom) < 0.1
        assert abs(way[-1][1] - target.y) < 0.1
        assert target.x <= way[-1][0] <= target.x + target.width
        assert not any(inside(point, box) for point in way for box in layout.boxes)
        others = [each.label for each in layout.lines if each is not line]
        assert not any(inside(p, box) for p in way for box in others if box)


@given(graph=graphs())
def test_the_same_comes_out_each_time(graph: tuple[list[Size], list[Link]]) -> None:
    """A layout follows from what is laid out alone."""
    assert lay_out(*graph) == lay_out(*graph)


@given(graph=graphs())
def test_without_links_back_all_leads_down(
    graph: tuple[list[Size], list[Link]],
) -> None:
    """What does not lead back leads to a lower level; a loop always leads back."""
    sizes, links = graph
    back = leading_back(len(sizes), links)
    level = levels(len(sizes), links, back)
    for number, link in enumerate(links):
        if number not in back:
            assert level[link.source] < level[link.target]
        else:
            assert level[link.source] >= level[link.target]
