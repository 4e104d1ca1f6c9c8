"""unknown-flow, runs-itself, and missing-language of flows that are run or started."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.contents import Named, flows_run, flows_started
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import Flow
from flows.language.names import nearest, or_rather


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find flows that cannot be run or started from here."""
    flow = document.flow
    if flow is None:
        return
    for named in (*flows_run(flow), *flows_started(document, flow)):
        other = flows.get(named.name)
        if other is None:
            yield _unknown(document, named, flows)
        elif other.flow:
            yield from _languages(document, named, flow, other.flow)
    for named in flows_run(flow):
        if way := _way_back(named.name, flow.flow, flows):
            through = f" through {' and '.join(way)}" if way[:-1] else ""
            yield problem(
                document,
                document.positions.value(named.path),
                "runs-itself",
                f"flow '{flow.flow}' would run itself{through}",
            )


def _unknown(
    document: FlowDocument, named: Named, flows: Mapping[str, FlowDocument]
) -> Problem:
    near = nearest(named.name, flows)
    return problem(
        document,
        document.positions.value(named.path),
        "unknown-flow",
        f"flow '{named.name}' does not exist{or_rather(near)}",
        suggestion=near,
    )


def _languages(
    document: FlowDocument, named: Named, flow: Flow, other: Flow
) -> Iterator[Problem]:
    missing = [each for each in flow.languages if each not in other.languages]
    if missing:
        yield problem(
            document,
            document.positions.value(named.path),
            "missing-language",
            f"flow '{other.flow}' does not speak {' and '.join(missing)}",
            severity="warning",
        )


def _way_back(
    start: str, goal: str, flows: Mapping[str, FlowDocument]
) -> list[str] | None:
    """Return the flows that lead from one to another by running, the goal last."""
    waiting: list[list[str]] = [[start]]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop(0)
        if way[-1] == goal:
            return way
        document = flows.get(way[-1])
        if way[-1] in seen or document is None or document.flow is None:
            continue
        seen.add(way[-1])
        waiting.extend([*way, named.name] for named in flows_run(document.flow))
    return None
