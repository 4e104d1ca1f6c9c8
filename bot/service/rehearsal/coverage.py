"""Which steps and ways of a flow its talks went, and which they never did."""

from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from typing import NamedTuple

from bot.engine.heard import Trod
from flows.language.document import FlowDocument
from flows.language.model import ELSE, Branch, Flow, Step, Way
from flows.language.paths import falls_through
from flows.language.positions import Path


class Never(NamedTuple):
    """A step that no talk visited, or one of its ways that none took."""

    step: str
    way: str | None
    line: int
    column: int


class Coverage(NamedTuple):
    """How much of one flow its talks have seen."""

    path: str
    flow: str
    steps: int
    visited: int
    branches: int
    taken: int
    never: Sequence[Never]


class _OneWay(NamedTuple):
    trod: Trod
    name: str
    path: Path


def coverage_of(document: FlowDocument, trod: AbstractSet[Trod]) -> Coverage:
    """Return what talks that went these ways have seen of a flow."""
    flow = document.flow
    if flow is None:
        raise ValueError(document.path)
    ways = list(_ways(flow))
    visited = [name for name in flow.steps if Trod(flow.flow, name) in trod]
    return Coverage(
        path=document.path,
        flow=flow.flow,
        steps=len(flow.steps),
        visited=len(visited),
        branches=len(ways),
        taken=sum(way.trod in trod for way in ways),
        never=list(_never(document, flow, ways, trod)),
    )


def _never(
    document: FlowDocument, flow: Flow, ways: Sequence[_OneWay], trod: AbstractSet[Trod]
) -> Iterator[Never]:
    """Yield what was never seen, in file order; of an unseen step not each way."""
    positions = document.positions
    for name in flow.steps:
        if Trod(flow.flow, name) not in trod:
            yield Never(name, None, *positions.key(("steps", name)))
            continue
        for way in ways:
            if way.trod.step == name and way.trod not in trod:
                yield Never(name, way.name, *positions.key(way.path))


def _ways(flow: Flow) -> Iterator[_OneWay]:
    """Yield every way that a talk may take or not: those with a condition to them."""
    for name, step in flow.steps.items():
        part = "branch" if isinstance(step, Branch) else "go"
        yield from _of_part(flow, name, step, part)
        if isinstance(getattr(step, "then", None), Mapping):
            yield from _of_part(flow, name, step, "then")


def _of_part(flow: Flow, name: str, step: Step, part: str) -> Iterator[_OneWay]:
    ways = getattr(step, part, None)
    above: Path = ("steps", name, part)
    named = _named(ways)
    for way, words in named.items():
        told = f"then {words}" if part == "then" else words
        yield _OneWay(Trod(flow.flow, name, part, way), told, (*above, way))
    if named and part != "then" and falls_through(step):
        yield _OneWay(Trod(flow.flow, name, part, ELSE), ELSE, above)


def _named(ways: object) -> Mapping[str | int, str]:
    """Return the ways of `go`, `then` or `branch` with their names for people."""
    if isinstance(ways, Mapping):
        return {way: way for way in ways}
    if isinstance(ways, tuple):
        found = [way for way in ways if isinstance(way, Way)]
        return {place: _condition(way) for place, way in enumerate(found)}
    return {}


def _condition(way: Way) -> str:
    return ELSE if way.when is None else way.when.source
