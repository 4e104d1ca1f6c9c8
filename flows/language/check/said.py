"""unless_said: only words beside an earlier answer can take a text question's place."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.document import FlowDocument
from flows.language.model import Ask, Flow
from flows.language.names import nearest, or_rather
from flows.language.paths import graph, reached

WITH_COMMENTS: Final = frozenset(
    {
        "nps",
        "csat",
        "ces",
        "rating",
        "choice",
        "choices",
        "yes_no",
        "consent",
        "number",
        "date",
    }
)
"""Kinds of answers beside which words may be left over."""


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], _world: World
) -> Iterator[Problem]:
    """Find `unless_said` that can never take anything."""
    flow = document.flow
    for name, step in flow.steps.items() if flow else ():
        if flow is None or not isinstance(step, Ask) or step.unless_said is None:
            continue
        place = document.positions.value(("steps", name, "unless_said"))
        said = step.unless_said
        if said not in flow.steps:
            near = nearest(said, flow.steps)
            message = f"step '{said}' does not exist{or_rather(near)}"
            yield problem(document, place, "unknown-step", message, suggestion=near)
        elif message := _unfit(flow, name, step, said):
            yield problem(document, place, "wrong-step", message)


def _unfit(flow: Flow, name: str, step: Ask, said: str) -> str:
    other = flow.steps[said]
    if step.answer != "text":
        return "'unless_said' is for questions with 'answer: text'"
    if not isinstance(other, Ask) or other.answer not in WITH_COMMENTS:
        return f"step '{said}' leaves no comment: it asks for no score and no choice"
    if name == said or name not in reached(graph(flow), said):
        return f"step '{said}' does not come before '{name}'"
    return ""
