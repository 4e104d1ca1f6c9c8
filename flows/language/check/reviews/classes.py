"""Answers that lead the same ways, taken together, so that few have to be tried."""

from collections.abc import Sequence
from itertools import product
from typing import Final

from bot.model.answer import Value
from flows.language.check.contents import conditions
from flows.language.check.reviews.outcomes import (
    atoms,
    domain,
    names_in,
    outcomes_of,
    possible,
)
from flows.language.check.reviews.trees import Question, Tree
from flows.language.expression import Node
from flows.language.model import Ask
from flows.language.names import Path

MOST_SETTLED: Final = 256
"""Ways to answer what conditions look at; beyond, some questions stay free."""

Class = tuple[Value, ...]
"""Answers to one question that no step and no condition tells apart."""


class Classes:
    """The questions of some flows, and how conditions tell their answers apart."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._steps = dict(tree.questions())
        self._parts: dict[Question, list[tuple[str, Node, bool]]] = {}
        for name, flow in tree.flows.items():
            for asked in conditions(flow):
                for atom in atoms(asked.condition.tree):
                    self._look(name, atom)

    def _look(self, flow: str, atom: Node) -> None:
        """Note which questions a part of a condition looks at, alone or with others."""
        paths = names_in(atom) or ()
        found = [self._tree.question(flow, path) for path in paths]
        known = {each for each in found if each and domain(self._steps[each])}
        if None in found or len({*found} - {None}) > len(known):
            return  # something else decides, too
        for question in known:
            part = (flow, atom, len(known) == 1)
            self._parts.setdefault(question, []).append(part)

    def of(self, question: Question) -> list[Class]:
        """Return the answers to a question in classes; skipping is not among them."""
        step = self._steps[question]
        found: dict[object, list[Value]] = {}
        for value in domain(step):
            found.setdefault(self._mark(question, step, value), []).append(value)
        return [tuple(values) for values in found.values()]

    def _mark(self, question: Question, step: Ask, value: Value) -> object:
        """Return what is alike for answers of one class."""

        def knows(_: Path) -> tuple[bool, Value]:
            return True, value

        marks: list[object] = [outcomes_of(step, value)]
        for _, atom, alone in self._parts.get(question, ()):
            marks.append(possible(atom, knows) if alone else (type(value), value))
        return tuple(marks)

    def settled(self, most: int = MOST_SETTLED) -> list[dict[Question, Value]]:
        """Return each way to answer, or to skip, what conditions look at.

        Where these are more than `most`, some questions are left out.
        """
        choices = [(each, self._choices(each)) for each in self._parts]
        choices.sort(key=lambda each: len(each[1]))
        few: list[tuple[Question, list[Value]]] = []
        ways = 1
        for question, values in choices:
            ways *= len(values)
            if ways <= min(most, MOST_SETTLED):
                few.append((question, values))
        questions = [question for question, _ in few]
        return [
            dict(zip(questions, answers, strict=True))
            for answers in product(*(values for _, values in few))
        ]

    def _choices(self, question: Question) -> list[Value]:
        skipped: Sequence[Value] = (None,) if self._steps[question].optional else ()
        return [*(values[0] for values in self.of(question)), *skipped]
