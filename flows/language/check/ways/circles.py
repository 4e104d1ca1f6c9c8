"""Circles in a graph: which of its places lead back to themselves."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

N = TypeVar("N", bound=Hashable)


def components(graph: Mapping[N, Sequence[N]]) -> list[list[N]]:
    """Return places that lead to one another together, each group before its next.

    The order is that of the ways: what leads to a group stands before it.

    >>> components({"a": ["b"], "b": ["c"], "c": ["b", "d"], "d": []})
    [['a'], ['b', 'c'], ['d']]
    """
    search = _Search(graph)
    for place in graph:
        search.visit(place)
    return search.found[::-1]


def is_circle(graph: Mapping[N, Sequence[N]], group: Sequence[N]) -> bool:
    """Tell whether a group of places leads round, and is not one passed only once."""
    return len(group) > 1 or group[0] in graph.get(group[0], ())


def reached(graph: Mapping[N, Sequence[N]], starts: Sequence[N]) -> set[N]:
    """Return all places that can be come to, those to start from included."""
    found: set[N] = set()
    waiting = list(starts)
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting.extend(graph.get(place, ()))
    return found


def turned(graph: Mapping[N, Sequence[N]]) -> dict[N, list[N]]:
    """Return a graph with every way the other way round."""
    found: dict[N, list[N]] = {place: [] for place in graph}
    for place, after in graph.items():
        for each in after:
            found.setdefault(each, []).append(place)
    return found


class _Search(Generic[N]):
    """Tarjan's search, without Python's stack: a graph may be deep."""

    def __init__(self, graph: Mapping[N, Sequence[N]]) -> None:
        self._graph = graph
        self._order: dict[N, int] = {}
        self._low: dict[N, int] = {}
        self._open: dict[N, None] = {}
        self.found: list[list[N]] = []

    def visit(self, start: N) -> None:
        """Find the groups that can be come to from a place, and were not yet."""
        if start in self._order:
            return
        path: list[tuple[N, Iterator[N]]] = [self._enter(start)]
        while path:
            place, rest = path[-1]
            after = next((each for each in rest if each in self._graph), None)
            if after is None:
                path.pop()
                self._leave(place, path[-1][0] if path else None)
            elif after not in self._order:
                path.append(self._enter(after))
            elif after in self._open:
                self._low[place] = min(self._low[place], self._order[after])

    def _enter(self, place: N) -> tuple[N, Iterator[N]]:
        self._order[place] = self._low[place] = len(self._order)
        self._open[place] = None
        return place, iter(self._graph[place])

    def _leave(self, place: N, before: N | None) -> None:
        if before is not None:
            self._low[before] = min(self._low[before], self._low[place])
        if self._low[place] == self._order[place]:
            group = []
            while place in self._open:
                group.append(self._open.popitem()[0])
            self.found.append(group[::-1])
