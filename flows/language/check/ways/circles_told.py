"""Circles as a message tells them: their steps, and the way that closes them."""

from collections.abc import Sequence
from typing import Final

from flows.language.check.places import way
from flows.language.check.ways.taken import Ways
from flows.language.document import FlowDocument
from flows.language.positions import Place

FEW: Final = 4
"""Names that a message holds at most."""


def target_place(document: FlowDocument, ways: Ways, step: str, target: str) -> Place:
    """Return where a step names the step that it goes on to, or its own place."""
    positions = document.positions
    for arm in ways.arms(step):
        if arm.place and ways.target(step, arm) == target:
            *verb, last = arm.place
            path = ("steps", step, *verb, "to" if last == "when" else last)
            return positions.value(way(positions, path))
    return positions.key(("steps", step))


def named(steps: Sequence[str]) -> str:
    """Return the names of some steps as a sentence has them, the first few of many.

    >>> named(["one"]), named(["one", "two"])
    ("step 'one'", "steps 'one' and 'two'")
    """
    quoted = [f"'{name}'" for name in steps[:FEW]]
    if len(steps) > FEW:
        quoted.append(f"{len(steps) - FEW} more")
    if len(quoted) == 1:
        return f"step {quoted[0]}"
    return f"steps {', '.join(quoted[:-1])} and {quoted[-1]}"
