"""A flow and all that it runs, as one talk goes through them."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from flows.language.check.reviews.outcomes import told_apart
from flows.language.model import END, Ask, Flow, Run
from flows.language.names import Path


class Question(NamedTuple):
    """A question by its flow and its step."""

    flow: str
    step: str


class Tree:
    """A root flow and all that it runs, directly or through others."""

    def __init__(self, root: Flow, flows: Mapping[str, Flow]) -> None:
        self.root = root.flow
        self.flows: dict[str, Flow] = {}
        waiting = [root]
        while waiting:
            flow = waiting.pop()
            if flow.flow not in self.flows:
                self.flows[flow.flow] = flow
                runs = [s.run for s in flow.steps.values() if isinstance(s, Run)]
                waiting.extend(flows[run] for run in runs if run in flows)
        self.following = {
            (name, before): after
            for name, flow in self.flows.items()
            for before, after in pairwise([*flow.steps, END])
        }

        self.outcomes = {each: told_apart(step) for each, step in self.questions()}

    def question(self, flow: str, path: Path) -> Question | None:
        """Return the question that a name in one of the flows is the answer to."""
        if path.root != "answers":
            return None
        inner, dot, step = path.key.rpartition(".")
        if dot and (inner == self.root or inner not in self.flows):
            return None
        name = inner or flow
        asked = isinstance(self.flows[name].steps.get(step), Ask)
        return Question(name, step) if asked else None

    def questions(self) -> Iterator[tuple[Question, Ask]]:
        """Yield all questions of these flows."""
        for name, flow in self.flows.items():
            for key, step in flow.steps.items():
                if isinstance(step, Ask):
                    yield Question(name, key), step
