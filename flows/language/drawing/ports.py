"""Where on a box each line leaves or arrives: straight, apart and in order."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from flows.language.drawing.plan import Box, Plan

_APART: Final = 18.0
_CORNER: Final = 16.0


class Ports(NamedTuple):
    """How far to the right each link leaves its source and arrives at its target."""

    leaving: Mapping[int, float]
    arriving: Mapping[int, float]


def make_ports(plan: Plan) -> Ports:
    """Return the ports of all links but loops."""
    looped = {link.source for link in plan.links if link.source == link.target}
    leaving: list[list[tuple[float, int]]] = [[] for _ in plan.boxes]
    arriving: list[list[tuple[float, int]]] = [[] for _ in plan.boxes]
    for number, link in enumerate(plan.links):
        chain = plan.grid.chains[number]
        if not chain:
            continue
        ends = chain[::-1] if number in plan.grid.back else chain
        leaving[link.source].append((plan.middles[ends[0]], number))
        arriving[link.target].append((plan.middles[ends[-1]], number))
    return Ports(_all(leaving, plan, looped), _all(arriving, plan, looped))


def _all(
    wanted: list[list[tuple[float, int]]], plan: Plan, looped: set[int]
) -> dict[int, float]:
    return {
        number: at
        for node, (each, box) in enumerate(zip(wanted, plan.boxes, strict=True))
        for number, at in _spread(sorted(each), box, _APART * (node in looped))
    }


def _spread(
    wanted: list[tuple[float, int]], box: Box, taken: float
) -> Iterator[tuple[int, float]]:
    """Yield places on a box, each as near as can be to where its line comes from.

    What is taken at its right is left free.
    """
    corner = min(_CORNER, box.width / 2)
    left = box.x + corner
    right = max(left, box.x + box.width - corner - taken)
    gap = min(_APART, (right - left) / max(len(wanted) - 1, 1))
    found: list[float] = []
    for at, _ in wanted:
        least = found[-1] + gap if found else left
        found.append(max(at, least))
    most = right
    for number in range(len(found) - 1, -1, -1):
        found[number] = min(found[number], most)
        most = found[number] - gap
    for (_, number), at in zip(wanted, found, strict=True):
        yield number, at
