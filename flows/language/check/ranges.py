"""wrong-range: the bounds of a rating or a number make no sense."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import Ask

LARGEST_RATING: Final = 100


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find ratings without whole bounds, and bounds in the wrong order."""
    for name, step in document.flow.steps.items() if document.flow else ():
        if not isinstance(step, Ask) or step.answer not in {"rating", "number"}:
            continue
        told = _rating(step) if step.answer == "rating" else _order(step)
        if told:
            key, message = told
            place = document.positions.value(("steps", name, key))
            yield problem(document, place, "wrong-range", message)


def _rating(step: Ask) -> tuple[str, str] | None:
    if step.min is None or step.max is None:
        return "answer", "a rating needs 'min' and 'max'"
    for key, bound in (("min", step.min), ("max", step.max)):
        if not float(bound).is_integer() or not 0 <= bound <= LARGEST_RATING:
            return key, f"a rating goes by whole numbers from 0 to {LARGEST_RATING}"
    return _order(step)


def _order(step: Ask) -> tuple[str, str] | None:
    if step.min is None or step.max is None or step.min < step.max:
        return None
    return "max", "'max' has to be more than 'min'"
