"""unreachable: no way leads to a step."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import Flow
from flows.language.names import nearest
from flows.language.paths import graph, reached, targets


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find steps that no talk can come to."""
    flow = document.flow
    if flow is None:
        return
    found = reached(_as_meant(flow), next(iter(flow.steps)))
    for name in flow.steps:
        if name not in found:
            yield problem(
                document,
                document.positions.key(("steps", name)),
                "unreachable",
                f"step '{name}' is never reached",
            )


def _as_meant(flow: Flow) -> dict[str, tuple[str, ...]]:
    """Return the ways with misspelt steps mended, so that one mistake is told once."""
    ways = graph(flow)
    for name, step in flow.steps.items():
        meant = (nearest(t.step, flow.steps) for t in targets(step))
        ways[name] += tuple(m for m in meant if m)
    return ways
