"""The ways on from a step, each with what takes it, in file order."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flows.language.drawing.words import as_said, one_line
from flows.language.model import ELSE, Ask, Branch, Flow, Step
from flows.language.paths import falls_through


class Way(NamedTuple):
    """Where one way leads, and what takes it; no label where nothing has to."""

    label: str
    to: str


def ways(flow: Flow, name: str, language: str) -> Iterator[Way]:
    """Yield every way on from a step, also the one in file order that nothing names."""
    step = flow.steps[name]
    go = step.branch if isinstance(step, Branch) else step.go
    if isinstance(go, str):
        yield Way("", go)
    elif isinstance(go, Mapping):
        for outcome, to in go.items():
            yield Way(outcome_words(step, outcome, flow, language), to)
    else:
        for way in go or ():
            yield Way(one_line(way.when.source) if way.when else ELSE, way.to)
    if falls_through(step):
        yield Way("" if go is None else ELSE, flow.after(name))


def outcome_words(step: Step, outcome: str, flow: Flow, language: str) -> str:
    """Return what people call an outcome: an option's label, else the name it has."""
    option = step.options.get(outcome) if isinstance(step, Ask) else None
    return as_said(option.label, flow, language) if option else one_line(outcome)
