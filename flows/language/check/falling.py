"""falling-through: a step goes on, by mere order, into one that others name."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import END
from flows.language.paths import falls_through, targets


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find steps that probably lack a `go`."""
    flow = document.flow
    if flow is None:
        return
    named: dict[str, set[str]] = {}
    for name, step in flow.steps.items():
        for target in targets(step):
            named.setdefault(target.step, set()).add(name)
    for name, step in flow.steps.items():
        after = flow.after(name)
        others = named.get(after, set()) - {name}
        if after == END or not others or not falls_through(step):
            continue
        yield problem(
            document,
            document.positions.key(("steps", name)),
            "falling-through",
            f"step '{name}' falls through into '{after}', where '{min(others)}' goes by"
            f" name; say 'go: {after}' if that is meant",
            suggestion=f"go: {after}",
        )
