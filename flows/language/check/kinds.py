"""missing-options, missing-topic, unused-key, not-optional: keys that fit the kind."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.errors import Problem
from bot.model.answer import SCALES
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import Ask

FEWEST_OPTIONS: Final = 2
_SCALES: Final = frozenset({*SCALES, "rating"})
_ONLY_FOR: Final[Mapping[str, frozenset[str]]] = {
    "options": frozenset({"choice", "choices"}),
    "min": frozenset({"rating", "number"}),
    "max": frozenset({"rating", "number"}),
    "low": _SCALES,
    "high": _SCALES,
    "topic": frozenset({"consent"}),
}


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find questions that lack what their kind needs, or have what it cannot use."""
    for name, step in document.flow.steps.items() if document.flow else ():
        if isinstance(step, Ask):
            yield from _unused(document, name, step)
            yield from _missing(document, name, step)
            yield from _skip(document, name, step)


def _unused(document: FlowDocument, name: str, step: Ask) -> Iterator[Problem]:
    for key, kinds in _ONLY_FOR.items():
        if getattr(step, key) in (None, {}) or step.answer in kinds:
            continue
        yield problem(
            document,
            document.positions.key(("steps", name, key)),
            "unused-key",
            f"'{key}' means nothing for '{step.answer}', only for"
            f" {' and '.join(sorted(kinds))}",
        )


def _missing(document: FlowDocument, name: str, step: Ask) -> Iterator[Problem]:
    place = document.positions.value(("steps", name, "answer"))
    if step.answer in _ONLY_FOR["options"] and len(step.options) < FEWEST_OPTIONS:
        message = f"'{step.answer}' needs at least {FEWEST_OPTIONS} options"
        yield problem(document, place, "missing-options", message)
    if step.answer == "consent" and step.topic is None:
        message = "a consent needs a 'topic': what is agreed to"
        yield problem(document, place, "missing-topic", message)


def _skip(document: FlowDocument, name: str, step: Ask) -> Iterator[Problem]:
    if step.after_two_misses == "skip" and not step.optional:
        yield problem(
            document,
            document.positions.value(("steps", name, "after_two_misses")),
            "not-optional",
            "only an optional question can be skipped; say 'optional: yes'",
        )
