"""equal-names: two files hold flows of the same name."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.document import FlowDocument


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find a flow whose name an earlier file has already."""
    if document.flow is None:
        return
    name = document.flow.flow
    first = flows.get(name, document)
    if first.path != document.path:
        yield problem(
            document,
            document.positions.value(("flow",)),
            "equal-names",
            f"{first.path} holds a flow '{name}' already",
        )
