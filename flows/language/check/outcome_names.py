"""unknown-outcome: `go` or `then` names an answer that the question cannot have."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import ELSE, SKIPPED, Ask, Step
from flows.language.names import nearest, or_rather
from flows.language.paths import outcomes


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find keys of `go` and `then` that no answer comes to."""
    for name, step in document.flow.steps.items() if document.flow else ():
        known = outcomes(step) if isinstance(step, Ask) else frozenset()
        for part in ("go", "then"):
            mapping = getattr(step, part, None)
            for key in mapping if isinstance(mapping, Mapping) else ():
                if key == ELSE or key in known:
                    continue
                near = nearest(key, sorted(known))
                yield problem(
                    document,
                    document.positions.key(("steps", name, part, key)),
                    "unknown-outcome",
                    f"{_told(step, key, known)}{or_rather(near)}",
                    suggestion=near,
                )


def _told(step: Step, key: str, known: frozenset[str]) -> str:
    if not isinstance(step, Ask):
        return f"nothing is asked here, so there is no '{key}'"
    if key == SKIPPED:
        return "only an optional question can be skipped"
    listed = ", ".join(sorted(known)) or "only else"
    return f"an answer of this kind is never '{key}'; there is {listed}"
