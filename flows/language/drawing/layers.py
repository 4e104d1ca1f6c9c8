"""Which links of a graph lead back, and on which level each node stands.

Cycles are found by going deep along the links in their order; a link to a node that
the way there came through leads back. Without these, a node stands one level below the
lowest that leads to it; one that nothing leads to stands right above what it leads to.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Link(NamedTuple):
    """A link between two nodes, by their numbers; its label needs this much room."""

    source: int
    target: int
    width: float = 0
    height: float = 0


def leading_back(count: int, links: Sequence[Link]) -> frozenset[int]:
    """Return the numbers of links without which no cycle is left."""
    leaving = outgoing(count, links)
    entered = {link.target for link in links if link.target != link.source}
    back: set[int] = set()
    done: set[int] = set()
    for root in sorted(range(count), key=lambda node: node in entered):
        if root not in done:
            _go_deep(root, links, leaving, done, back)
    return frozenset(back)


def _go_deep(
    root: int,
    links: Sequence[Link],
    leaving: Sequence[Sequence[int]],
    done: set[int],
    back: set[int],
) -> None:
    way = [(root, iter(leaving[root]))]
    on_way = {root}
    while way:
        node, rest = way[-1]
        number = next(rest, None)
        if number is None:
            way.pop()
            on_way.discard(node)
            done.add(node)
        elif (target := links[number].target) in on_way:
            back.add(number)
        elif target not in done:
            on_way.add(target)
            way.append((target, iter(leaving[target])))


def levels(count: int, links: Sequence[Link], back: frozenset[int]) -> list[int]:
    """Return each node's level: how long the longest way down to it is."""
    forward = [link for number, link in enumerate(links) if number not in back]
    missing = [0] * count
    for link in forward:
        missing[link.target] += 1
    level = [0] * count
    leaving = outgoing(count, forward)
    waiting = [node for node in range(count) if not missing[node]]
    while waiting:
        node = waiting.pop()
        for number in leaving[node]:
            target = forward[number].target
            level[target] = max(level[target], level[node] + 1)
            missing[target] -= 1
            if not missing[target]:
                waiting.append(target)
    entered = {link.target for link in forward}
    for node in range(count):
        if node not in entered and leaving[node]:
            below = min(level[forward[number].target] for number in leaving[node])
            level[node] = below - 1
    return level


def outgoing(count: int, links: Sequence[Link]) -> list[list[int]]:
    """Return the numbers of the links that leave each node, in their order."""
    found: list[list[int]] = [[] for _ in range(count)]
    for number, link in enumerate(links):
        found[link.source].append(number)
    return found
