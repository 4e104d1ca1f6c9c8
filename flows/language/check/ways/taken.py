"""Which ways of a flow some talk can take, by the answers that can arrive at each step.

The rules:

1. A question that is asked once in a talk keeps its answer until its own step is
   visited again, so what a way was taken by still holds behind it.
2. That is so of no question on a circle, and of none in a flow that others run: going
   back may meet there the answer of another round. Of these, and before its step, a
   question may have any answer, and none.
3. Steps that lead to one another are one place: what arrives at one arrives at all.
4. Where combinations are too many, or a name is reckoned with, every way is open.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.model.world import World
from flows.language.check.once import once
from flows.language.check.ways.circles import components, is_circle, reached
from flows.language.check.ways.combos import Combo, combos, scope_of
from flows.language.check.ways.domains import Domains, Find, Values
from flows.language.check.ways.forks import Arm, Fork, fork_of
from flows.language.document import FlowDocument
from flows.language.model import END, Ask, Flow, Run
from flows.language.names import Path
from flows.language.paths import graph

MOST_TRIES: Final = 200_000
"""Conditions that are asked in one flow; the largest that was seen has some 100."""

WaysOf = Callable[[Flow], "Ways"]
"""What works out the ways of a flow, each flow's once."""

State = Mapping[str, frozenset[object]]
"""Answers that may have arrived, by question; of others nothing is known."""


class Ways:
    """Tells which ways of a flow can be taken."""

    def __init__(
        self, flow: Flow, flows: Mapping[str, FlowDocument], world: World
    ) -> None:
        self.flow = flow
        self.domains = Domains(flow, flows, world)
        self.forks = {
            name: fork_of(name, step, self.domains) for name, step in flow.steps.items()
        }
        self.tries = 0
        self._drawn = graph(flow)
        self._groups = components(self._drawn)
        self._tracked = self._kept(flows)
        self._arriving: dict[str, State] = {}
        self._open: dict[str, set[int]] = {}
        self._walk()
        self._met = reached(self.open(), [next(iter(flow.steps))])

    def arms(self, step: str) -> list[Arm]:
        """Return the ways of a step that some talk can take."""
        fork = self.forks[step]
        return [fork.arms[number] for number in sorted(self._open[step])]

    def shut(self, step: str) -> list[int]:
        """Return the numbers of those ways of a step that no talk takes."""
        count = len(self.forks[step].arms)
        return [n for n in range(count) if n not in self._open[step]]

    def comes(self, step: str) -> bool:
        """Tell whether any talk can come to a step."""
        return step in self._met

    def target(self, step: str, arm: Arm) -> str:
        """Return where a way leads, also one that goes on in file order."""
        return arm.to or self.flow.after(step)

    def open(self) -> dict[str, tuple[str, ...]]:
        """Return each step with those that can follow it, `end` among them."""
        return {
            name: tuple(
                dict.fromkeys(
                    to
                    for to in (self.target(name, arm) for arm in self.arms(name))
                    if to == END or to in self.flow.steps
                )
            )
            for name in self.flow.steps
        }

    def values(self, step: str, path: Path) -> Values | None:
        """Return the values that a name can have when a step chooses its way."""
        if path == Path("answers", step) and isinstance(self.flow.steps[step], Ask):
            return self.domains.given(step)
        known = self._arriving.get(step, {})
        if path.root == "answers" and path.key in known:
            return tuple(known[path.key])
        return self.domains.of(path)

    def tries_of(self, forks: Sequence[Fork], values: Find) -> list[Combo] | None:
        """Return all that forks tell apart, None where it is too much to try."""
        if self.tries > MOST_TRIES:
            return None
        found = combos(forks, values)
        self.tries += len(found or ()) * sum(len(fork.arms) for fork in forks)
        return found

    def taken_with(
        self, fork: Fork, number: int, step: str, tried: Sequence[Combo]
    ) -> set[int]:
        """Return the ways that a step takes where another fork takes one of its."""
        found: set[int] = set()
        for combo in tried:
            scope = scope_of(combo)
            if number in fork.taken(scope):
                found.update(self.forks[step].taken(scope))
        return found

    # ── how it is worked out ─────────────────────────────────────────────────────

    def _kept(self, flows: Mapping[str, FlowDocument]) -> dict[str, frozenset[object]]:
        """Return the questions whose answers are followed, with all they can be."""
        if self.flow.flow in _run(flows):
            return {}
        asked = {
            path.key
            for name, fork in self.forks.items()
            for path in fork.paths
            if path != Path("answers", name)
        }
        found: dict[str, frozenset[object]] = {}
        for group in self._groups:
            name = group[0]
            if name not in asked or is_circle(self._drawn, group):
                continue
            values = self.domains.of(Path("answers", name))
            if values is not None and self.domains.answers(name) is not None:
                found[name] = frozenset(values)
        return found

    def _walk(self) -> None:
        arrived: dict[str, State] = {next(iter(self.flow.steps)): self._tracked}
        for group in self._groups:
            states = [arrived[name] for name in group if name in arrived]
            if states:
                together = _joined(states)
                self._arriving |= dict.fromkeys(group, together)
            for name in group:
                self._leave(name, arrived)

    def _leave(self, name: str, arrived: dict[str, State]) -> None:
        """Find the ways that can be taken from a step, and what arrives behind them."""
        fork = self.forks[name]
        found = self.tries_of([fork], lambda path: self.values(name, path))
        if found is None:
            self._open[name] = set(range(len(fork.arms)))
            taken: dict[int, list[Combo]] = {n: [] for n in self._open[name]}
        else:
            taken = {}
            for combo in found:
                for number in fork.taken(scope_of(combo)):
                    taken.setdefault(number, []).append(combo)
            self._open[name] = set(taken)
        if name in self._arriving:
            self._send(name, taken, arrived)

    def _send(
        self, name: str, taken: Mapping[int, list[Combo]], arrived: dict[str, State]
    ) -> None:
        before = dict(self._arriving[name])
        if name in before:
            before[name] = frozenset(self.domains.answers(name) or ())
        for number, those in taken.items():
            to = self.target(name, self.forks[name].arms[number])
            state = _narrowed(before, those)
            arrived[to] = _joined([arrived[to], state]) if to in arrived else state


def _narrowed(state: State, those: Sequence[Combo]) -> State:
    """Return what is left of the answers where only these combinations stand."""
    if not those:
        return state
    left: dict[str, set[object]] = {}
    for combo in those:
        for path, group in combo.items():
            if path.root == "answers" and path.key in state:
                left.setdefault(path.key, set()).update(group)
    return {**state, **{key: frozenset(values) for key, values in left.items()}}


def _joined(states: Sequence[State]) -> State:
    first, *others = states
    if not others:
        return first
    return {key: _union([each[key] for each in states]) for key in first}


def _union(sets: Sequence[frozenset[object]]) -> frozenset[object]:
    first, *others = sets
    return first if all(each is first for each in others) else first.union(*others)


@once
def _run(flows: Mapping[str, FlowDocument]) -> frozenset[str]:
    """Return the flows that run inside another."""
    return frozenset(
        step.run
        for document in flows.values()
        if document.flow
        for step in document.flow.steps.values()
        if isinstance(step, Run)
    )
