"""unknown-step: a way leads to a step that does not exist."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem, way
from flows.language.document import FlowDocument
from flows.language.model import END
from flows.language.names import nearest, or_rather
from flows.language.paths import targets


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find names in `go`, `branch` and their mappings that no step has."""
    if document.flow is None:
        return
    known = document.flow.steps
    for name, step in known.items():
        for target in targets(step):
            if target.step == END or target.step in known:
                continue
            near = nearest(target.step, [*known, END])
            path = way(document.positions, ("steps", name, *target.path))
            yield problem(
                document,
                document.positions.value(path),
                "unknown-step",
                f"step '{target.step}' does not exist{or_rather(near)}",
                suggestion=near,
            )
