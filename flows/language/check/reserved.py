"""reserved-name: a step or an option is called as something else already is."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import ELSE, END, SKIPPED, Ask
from flows.language.positions import Path

_STEPS: Final = frozenset({END, ELSE, SKIPPED})
_OPTIONS: Final = frozenset({ELSE, SKIPPED})


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find steps called end, else or skipped, and options called else or skipped."""
    for name, step in document.flow.steps.items() if document.flow else ():
        if name in _STEPS:
            yield _reserved(document, ("steps", name), "step")
        for key in step.options if isinstance(step, Ask) else ():
            if key in _OPTIONS:
                yield _reserved(document, ("steps", name, "options", key), "option")


def _reserved(document: FlowDocument, path: Path, what: str) -> Problem:
    return problem(
        document,
        document.positions.key(path),
        "reserved-name",
        f"'{path[-1]}' has a meaning of its own; give this {what} another name",
    )
