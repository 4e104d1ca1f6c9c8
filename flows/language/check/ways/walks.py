"""How long the contact may have been silent at each step that a talk can come to.

The rules:

1. A talk is followed as the engine walks it: flows run inside included, with their
   frames, and with the comments that a later question may take instead of asking.
2. An answer ends the silence, a `wait` adds to it; nothing else takes time.
3. Of all ways to a place the longest silence counts, up to a day: then the window is
   shut. Round a circle on which time passes and nobody answers, it is always shut.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from msgspec import Struct, field

from flows.language.check.said import WITH_COMMENTS
from flows.language.check.ways.circles import components
from flows.language.check.ways.forks import ByOutcome
from flows.language.check.ways.taken import Ways, WaysOf
from flows.language.document import FlowDocument
from flows.language.model import END, FRAMES_A_SESSION, Ask, Flow, Run, Wait

WINDOW: Final = timedelta(hours=24)
NOTHING: Final = timedelta()
MOST_PLACES: Final = 20_000
"""Places that are looked at in all; beyond that nothing more is told."""

Frames = tuple[tuple[str, str], ...]
"""Flow and step, outermost first."""


class At(NamedTuple):
    """A place of a talk, and the questions whose comments are not taken yet."""

    frames: Frames
    comments: frozenset[tuple[str, str]] = frozenset()

    @property
    def here(self) -> tuple[str, str]:
        """Return the flow and the step that the talk stands at."""
        return self.frames[-1]


class Onward(NamedTuple):
    """A way on from a place: None is the end of the talk, and None an answer."""

    to: At | None
    spent: timedelta | None


class Walk(Struct, frozen=True):
    """What was found: the longest silence at each place, and at the talk's end."""

    silence: Mapping[At, timedelta]
    end: timedelta | None
    onward: Mapping[At, list[Onward]] = field(default_factory=dict)


class Walker:
    """Follows talks through flows."""

    def __init__(self, flows: Mapping[str, FlowDocument], ways_of: WaysOf) -> None:
        self._flows = flows
        self._ways_of = ways_of
        self.places = 0

    def flow(self, name: str) -> Flow | None:
        """Return a flow by its name, None where it cannot be read."""
        document = self._flows.get(name)
        return document.flow if document else None

    def ways(self, name: str) -> Ways:
        """Return the ways of a flow that can be read."""
        flow = self.flow(name)
        if flow is None:
            raise KeyError(name)
        return self._ways_of(flow)

    def begin(self, name: str) -> At:
        """Return the first place of a talk through a flow."""
        return At(((name, next(iter(self.ways(name).flow.steps))),))

    def asks(self, at: At) -> Ask | None:
        """Return the question that is put at a place, None where none is."""
        name, step = at.here
        asked = self.ways(name).flow.steps[step]
        taken = isinstance(asked, Ask) and (name, asked.unless_said) in at.comments
        return asked if isinstance(asked, Ask) and not taken else None

    def walk(self, starts: Mapping[At, timedelta]) -> Walk | None:
        """Follow talks from some places on, None where there is too much to follow."""
        onward: dict[At, list[Onward]] = {}
        waiting = list(starts)
        while waiting:
            at = waiting.pop()
            if at in onward:
                continue
            if self.places >= MOST_PLACES:
                return None
            self.places += 1
            onward[at] = list(self.onward(at))
            waiting.extend(way.to for way in onward[at] if way.to)
        silence = _longest(onward, starts)
        ends = [
            NOTHING if way.spent is None else min(WINDOW, silence[at] + way.spent)
            for at, ways in onward.items()
            for way in ways
            if way.to is None
        ]
        return Walk(silence, max(ends, default=None), onward)

    # ── one step further ─────────────────────────────────────────────────────────

    def onward(self, at: At, arms: set[int] | None = None) -> Iterator[Onward]:
        """Yield the ways on from a place; `arms` are the only ones, where given."""
        name, step_name = at.here
        step = self.ways(name).flow.steps[step_name]
        if isinstance(step, Run):
            inner = self.flow(step.run)
            if inner is None:  # nobody knows what it does; perhaps it asks
                yield from self._on(at, None)
                return
            names = {flow for flow, _ in at.frames}
            if step.run not in names and len(at.frames) < FRAMES_A_SESSION:
                first = (step.run, next(iter(inner.steps)))
                yield Onward(At((*at.frames, first), at.comments), NOTHING)
                return
        if isinstance(step, Ask):
            for comments, spent in self._answered(at, step):
                yield from self._on(At(at.frames, comments), spent, arms)
            return
        yield from self._on(at, step.wait if isinstance(step, Wait) else NOTHING)

    def _answered(
        self, at: At, step: Ask
    ) -> Iterator[tuple[frozenset[tuple[str, str]], timedelta | None]]:
        """Yield what is left of the comments, and None where the contact answers."""
        name, step_name = at.here
        if self.asks(at) is None:
            yield at.comments - {(name, step.unless_said or "")}, NOTHING
            return
        own = (name, step_name)
        yield at.comments - {own}, None
        if step.answer in WITH_COMMENTS and self._is_taken(*own):
            yield at.comments | {own}, None

    def _is_taken(self, name: str, step: str) -> bool:
        steps = self.ways(name).flow.steps.values()
        return any(isinstance(s, Ask) and s.unless_said == step for s in steps)

    def _on(
        self, at: At, spent: timedelta | None, arms: set[int] | None = None
    ) -> Iterator[Onward]:
        """Yield the places that a step's ways lead to, leaving flows that end."""
        name, step = at.here
        ways = self.ways(name)
        fork = ways.forks[step]
        for arm in ways.arms(step):
            if arms is not None and fork.arms.index(arm) not in arms:
                continue
            to = ways.target(step, arm)
            if to in ways.flow.steps and to != END:
                there = (*at.frames[:-1], (name, to))
                yield Onward(At(there, at.comments), spent)
            elif to == END and len(at.frames) > 1:
                yield from self._on(At(at.frames[:-1], at.comments), spent)
            elif to == END:
                yield Onward(None, spent)

    def arms_after(self, name: str, step: str, outcome: str | None) -> set[int] | None:
        """Return the ways that answers of one outcome of `then` take, None for all."""
        ways = self.ways(name)
        asked = ways.flow.steps[step]
        then = getattr(asked, "then", ())
        if outcome is None or not isinstance(asked, Ask) or isinstance(then, tuple):
            return None
        cause = ByOutcome(name=step, asked=asked, go=then, verb="then")
        forks = [cause, ways.forks[step]]
        tried = ways.tries_of(forks, lambda path: ways.values(step, path))
        if tried is None:
            return None
        return ways.taken_with(cause, list(then).index(outcome), step, tried)


def _longest(
    onward: Mapping[At, list[Onward]], starts: Mapping[At, timedelta]
) -> dict[At, timedelta]:
    """Return the longest silence at each place."""
    silent = {
        at: [way.to for way in ways if way.to and way.spent is not None]
        for at, ways in onward.items()
    }
    found = {at: min(WINDOW, starts.get(at, NOTHING)) for at in onward}
    for group in components(silent):
        inside = set(group)
        grows = any(
            way.spent and way.to in inside for at in group for way in onward[at]
        )
        most = WINDOW if grows else max(found[at] for at in group)
        for at in group:
            found[at] = most
            for way in onward[at]:
                if way.to and way.spent is not None:
                    there = min(WINDOW, most + way.spent)
                    found[way.to] = max(found[way.to], there)
    return found
