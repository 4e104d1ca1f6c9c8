"""endless-loop: steps go round without ever waiting.

While they do, no answer and no fact changes, so whoever comes round once comes round
for ever: conditions that lead out do not help. So a circle is reported where there are
values that lead into it and all the way round.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.check.ways.circles import components, is_circle, reached
from flows.language.check.ways.circles_told import named, target_place
from flows.language.check.ways.combos import scope_of
from flows.language.check.ways.domains import Values
from flows.language.check.ways.forks import Fork, Scope
from flows.language.check.ways.shared import shared
from flows.language.check.ways.taken import Ways
from flows.language.document import FlowDocument
from flows.language.model import END
from flows.language.names import Path

Ahead = Mapping[str, Sequence[str]]

_MEND: Final = "ask something on the way, or lead out of it"


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find circles of steps on which nothing is asked and no time passes."""
    flow = document.flow
    if flow is None:
        return
    known = shared(flows, world)
    ways, waiting = known.ways(flow), known.waiting()
    still = [name for name, step in flow.steps.items() if not waiting.waits(step)]
    ahead = _within(ways.open(), still)
    told: set[tuple[str, str]] = set()
    for group in components(ahead):
        if is_circle(ahead, group) and ways.comes(group[0]):
            for circle in _Circles(ways, group).found():
                yield from _tell(document, ways, circle, told)


def _within(ahead: Ahead, names: Sequence[str]) -> dict[str, list[str]]:
    kept = {*names} - {END}
    return {name: [to for to in ahead[name] if to in kept] for name in names}


def _tell(
    document: FlowDocument, ways: Ways, circle: Ahead, told: set[tuple[str, str]]
) -> Iterator[Problem]:
    """Report a circle at the way that leads back to its first step."""
    order = [name for name in ways.flow.steps if name in circle]
    first = order[0]
    for name in order:
        if first in circle[name] and (name, first) not in told:
            told.add((name, first))
            yield problem(
                document,
                target_place(document, ways, name, first),
                "endless-loop",
                f"{named(order)} would go round for ever without waiting; {_MEND}",
            )


class _Circles:
    """Looks for circles among steps that lead to one another."""

    def __init__(self, ways: Ways, group: Sequence[str]) -> None:
        self._ways = ways
        self._group = group
        self._before = self._entering()

    def _entering(self) -> list[str]:
        """Return the steps outside from which some talk comes in."""
        ahead = self._ways.open()
        return [
            name
            for name, after in ahead.items()
            if name not in self._group
            and self._ways.comes(name)
            and not set(after).isdisjoint(self._group)
        ]

    def found(self) -> Iterator[Ahead]:
        """Yield each circle that some values lead into and round."""
        forks = [self._ways.forks[name] for name in (*self._group, *self._before)]
        tried = self._ways.tries_of(forks, self._values)
        if tried is None:
            yield from self._round(self._drawn(), self._group)
            return
        for combo in tried:
            scope = scope_of(combo)
            ahead = {name: self._ahead(name, scope) for name in self._group}
            yield from self._round(ahead, self._starts(scope))

    def _round(self, ahead: Ahead, starts: Sequence[str]) -> Iterator[Ahead]:
        there = reached(ahead, starts)
        met = {name: ahead[name] for name in self._group if name in there}
        for circle in components(met):
            if is_circle(met, circle):
                yield _within(met, circle)

    def _values(self, path: Path) -> Values | None:
        known = self._ways.values(self._group[0], path)
        return known if known is not None else self._ways.domains.given(path.key)

    def _drawn(self) -> Ahead:
        return _within(self._ways.open(), self._group)

    def _ahead(self, name: str, scope: Scope) -> list[str]:
        fork: Fork = self._ways.forks[name]
        arms = [fork.arms[number] for number in fork.taken(scope)]
        found = [self._ways.target(name, arm) for arm in arms]
        return [to for to in found if to in self._group]

    def _starts(self, scope: Scope) -> list[str]:
        first = next(iter(self._ways.flow.steps))
        entered = [to for name in self._before for to in self._ahead(name, scope)]
        return [*entered, *([first] if first in self._group else [])]
