"""equal-labels: two options look the same."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.contents import label_path
from flows.language.check.places import longest, problem
from flows.language.document import FlowDocument
from flows.language.model import Ask


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find options of one question that share a label in some language."""
    for name, step in document.flow.steps.items() if document.flow else ():
        if isinstance(step, Ask):
            yield from _equal(document, name, step)


def _equal(document: FlowDocument, name: str, step: Ask) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for key, option in step.options.items():
        for language, forms in option.label.forms.items():
            label = (language, forms["other"].source.strip().casefold())
            first = seen.setdefault(label, key)
            if first == key:
                continue
            path = label_path(document, name, key)
            place = longest(document.positions, (*path, language), path)
            yield problem(
                document,
                document.positions.value(place),
                "equal-labels",
                f"options '{first}' and '{key}' have the same label",
            )
