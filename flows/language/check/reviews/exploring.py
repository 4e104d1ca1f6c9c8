"""Where talks can come to when some answers are given: what gating is judged by.

1. A talk begins in one flow, its root, and passes through those that it runs.
2. Some questions are fixed: whoever is asked gives the answer that was settled, each
   time. Before a question was answered its answer is absent.
3. All else is free: any other answer can be given, any other condition can hold or not.
4. Only what is met after the question that is looked at was answered is noted.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.model.answer import Value
from flows.language.check.reviews.outcomes import chosen, outcomes_of, possible
from flows.language.check.reviews.trees import Question, Tree
from flows.language.model import (
    ELSE,
    END,
    FRAMES_A_SESSION,
    Action,
    Ask,
    Branch,
    Flow,
    Go,
    Run,
    StartFlow,
    Step,
    Then,
    Way,
)
from flows.language.names import Path

MOST_VISITS: Final = 50_000
"""Passes through steps for one file; what takes more is not judged."""


class TooLarge(Exception):
    """These flows have more ways through them than can be looked at."""


class Budget:
    """How many steps may still be visited."""

    def __init__(self, left: int = MOST_VISITS) -> None:
        self.left = left

    def spend(self) -> None:
        """Count a visit; raises TooLarge where it was one too many."""
        self.left -= 1
        if self.left < 0:
            raise TooLarge


Answered = frozenset[Question]


class Exploration:
    """All ways through a root flow and what it runs, with some answers settled.

    `visited` holds each step met after the question, `caused` each step with the
    outcome under which its actions were taken, None for actions without one.
    """

    def __init__(
        self,
        tree: Tree,
        looked_at: frozenset[Question],
        settled: Mapping[Question, Value],
        budget: Budget,
    ) -> None:
        self.visited: set[tuple[str, str]] = set()
        self.caused: set[tuple[str, str, str | None]] = set()
        self.started: set[str] = set()
        self.asked = False
        self._tree = tree
        self._looked_at = looked_at
        self._settled = settled
        self._budget = budget
        self._ends: dict[tuple[str, Answered], frozenset[Answered]] = {}
        self._inside: list[str] = []
        self._through(tree.root, frozenset())

    def _through(self, name: str, answered: Answered) -> frozenset[Answered]:
        """Walk a flow from its first step; return what may be answered at its end."""
        known = self._ends.get((name, answered))
        if known is not None:
            return known
        self._inside.append(name)
        flow = self._tree.flows[name]
        ends: set[Answered] = set()
        seen: set[tuple[str, Answered]] = set()
        waiting = [(next(iter(flow.steps)), answered)]
        while waiting:
            place = waiting.pop()
            if place[0] == END:
                ends.add(place[1])
            elif place not in seen and place[0] in flow.steps:
                seen.add(place)
                waiting.extend(self._visit(flow, *place))
        self._inside.pop()
        self._ends[name, answered] = frozenset(ends)
        return self._ends[name, answered]

    def _visit(
        self, flow: Flow, name: str, answered: Answered
    ) -> Iterator[tuple[str, Answered]]:
        """Meet a step; yield the steps that may follow, with what is answered then."""
        step = flow.steps[name]
        if self._looked_at & answered:
            self.visited.add((flow.flow, name))
        for by, after in self._passing(flow, name, step, answered):
            self._budget.spend()
            self._note(flow.flow, name, step, by, after)
            for to in self._ways(flow, name, step, by, after):
                yield to, after

    def _passing(
        self, flow: Flow, name: str, step: Step, answered: Answered
    ) -> Iterator[tuple[frozenset[str], Answered]]:
        """Yield each outcome that a step may have, with what is answered behind it."""
        question = Question(flow.flow, name)
        if isinstance(step, Run):
            yield from ((_NONE, after) for after in self._run(step.run, answered))
        elif not isinstance(step, Ask):
            yield _NONE, answered
        elif question in self._settled:
            by = outcomes_of(step, self._settled[question])
            yield by, answered | {question}
        else:
            yield from ((by, answered) for by in self._tree.outcomes[question])

    def _run(self, name: str, answered: Answered) -> frozenset[Answered]:
        deep = len(self._inside) >= FRAMES_A_SESSION
        if deep or name in self._inside or name not in self._tree.flows:
            return frozenset({answered})
        return self._through(name, answered)

    def _note(
        self, flow: str, name: str, step: Step, by: frozenset[str], answered: Answered
    ) -> None:
        """Note what a step causes, where the question was answered by then."""
        if not self._looked_at & answered:
            return
        self.asked = True
        outcome, actions = causes(step, by)
        self.caused.add((flow, name, outcome))
        self.started |= {a.start.flow for a in actions if isinstance(a, StartFlow)}

    def _ways(
        self,
        flow: Flow,
        name: str,
        step: Step,
        by: frozenset[str],
        answered: Answered,
    ) -> Iterator[str]:
        """Yield where a step may lead to."""
        go: Go | None = step.branch if isinstance(step, Branch) else step.go
        onward = self._tree.following[flow.flow, name]
        if isinstance(go, str):
            yield go
        elif isinstance(go, Mapping):
            yield chosen(go, by) or onward
        else:
            yield from self._by_conditions(
                flow.flow, (*(go or ()), Way(to=onward)), answered
            )

    def _by_conditions(
        self, flow: str, ways: tuple[Way, ...], answered: Answered
    ) -> Iterator[str]:
        """Yield each way whose condition may hold, up to the first that surely does."""

        def knows(path: Path) -> tuple[bool, Value]:
            question = self._tree.question(flow, path)
            if question is None or question not in self._settled:
                return False, None
            return True, self._settled[question] if question in answered else None

        for way in ways:
            holds = possible(way.when.tree, knows) if way.when else _SURELY
            if True in holds:
                yield way.to
            if holds == _SURELY:
                return


_NONE: Final = frozenset[str]()
_SURELY: Final = frozenset({True})


def causes(step: Step, by: frozenset[str]) -> tuple[str | None, tuple[Action, ...]]:
    """Return what a step causes, and the key of `then` that it stands under, if any."""
    then: Then = getattr(step, "then", ())
    if not isinstance(then, Mapping):
        return None, then
    key = next((key for key in then if key in by), ELSE)
    return key, then.get(key, ())
