"""The least time that ways through flows take: where nobody is asked, and at all."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from heapq import heappop, heappush
from typing import Final

from msgspec import Struct

from flows.language.check.contents import actions
from flows.language.check.ways.circles import turned
from flows.language.check.ways.taken import WaysOf
from flows.language.document import FlowDocument
from flows.language.model import (
    END,
    FRAMES_A_SESSION,
    Ask,
    Flow,
    Run,
    StartFlow,
    Step,
    Wait,
)

NOTHING: Final = timedelta()

Span = timedelta | None
"""A length of time; None where no such way leads there."""


class Lead(Struct, frozen=True):
    """A flow that another one starts or runs, and how soon after its own beginning.

    `quiet` where nobody is asked on the way, `least` at all, an answer taking no time.
    """

    flow: str
    quiet: Span
    least: Span
    starts: bool


class Durations:
    """Tells how soon a flow starts and runs others."""

    def __init__(self, flows: Mapping[str, FlowDocument], ways_of: WaysOf) -> None:
        self._flows = flows
        self._ways_of = ways_of
        self._through: dict[tuple[str, bool], Span] = {}
        self._depth = 0
        self._soonest: dict[tuple[int, bool], _Soonest] = {}
        self._round: dict[bool, dict[str, list[tuple[str, timedelta]]]] = {}

    def back(self, home: str, *, quiet: bool) -> dict[str, timedelta]:
        """Return the flows that lead to this one, and how soon each begins it again.

        With `quiet`, nobody is asked on the way, and nothing limits the starts.
        """
        if quiet not in self._round:
            self._round[quiet] = self._turned(quiet=quiet)
        ahead = self._round[quiet]
        found: dict[str, timedelta] = {}
        waiting = [(NOTHING, home)]
        while waiting:
            at, name = heappop(waiting)
            if name not in found:
                found[name] = at
                for before, span in ahead.get(name, ()):
                    heappush(waiting, (at + span, before))
        return found

    def _turned(self, *, quiet: bool) -> dict[str, list[tuple[str, timedelta]]]:
        """Return each flow with those that start or run it, and how soon they do."""
        found: dict[str, list[tuple[str, timedelta]]] = {}
        for name in self._flows:
            for lead in self._leads(name):
                span = lead.quiet if quiet else lead.least
                held = quiet and lead.starts and self.once_every(lead.flow)
                if span is not None and not held:
                    found.setdefault(lead.flow, []).append((name, span))
        return found

    def _leads(self, name: str) -> list[Lead]:
        """Return what a flow starts and runs, in the order of its steps."""
        document = self._flows.get(name)
        flow = document.flow if document else None
        if document is None or flow is None:
            return []
        found = [
            self._lead(flow, step_name, step.run, NOTHING, starts=False)
            for step_name, step in flow.steps.items()
            if isinstance(step, Run)
        ]
        return found + [
            self.lead(flow, caused.step, caused.action)
            for caused in actions(document, flow)
            if isinstance(caused.action, StartFlow)
        ]

    def once_every(self, name: str) -> timedelta | None:
        """Return how often a flow may be started, None where nothing limits it."""
        document = self._flows.get(name)
        return document.flow.once_every if document and document.flow else None

    def lead(self, flow: Flow, step: str, action: StartFlow) -> Lead:
        """Return how soon one step of a flow starts another."""
        wanted = action.start
        return self._lead(flow, step, wanted.flow, wanted.wait or NOTHING, starts=True)

    def _lead(
        self, flow: Flow, step: str, to: str, wait: timedelta, *, starts: bool
    ) -> Lead:
        quiet, least = (
            self._time(flow, step, wait, quiet=quiet) for quiet in (True, False)
        )
        return Lead(to, quiet, least, starts)

    def _time(self, flow: Flow, step: str, wait: timedelta, *, quiet: bool) -> Span:
        """Return how long it takes to a step, and on until the talk is over.

        A flow that is to start waits until the talk that starts it has ended.
        """
        soonest = self._of(flow, quiet=quiet)
        before = soonest.to.get(step)
        own = self._cost(quiet=quiet)(flow.steps[step])
        rest = [soonest.rest[to] for to in soonest.ahead[step] if to in soonest.rest]
        if before is None or own is None or not rest:
            return None
        spent = own if isinstance(flow.steps[step], Wait) else NOTHING
        return before + max(wait, spent + min(rest))

    def _of(self, flow: Flow, *, quiet: bool) -> "_Soonest":
        key = (id(flow), quiet)
        if key not in self._soonest:
            ahead = self._ways_of(flow).open()
            cost = self._cost(quiet=quiet)
            self._soonest[key] = _Soonest(
                ahead,
                to=_soonest(ahead, flow, cost, next(iter(flow.steps))),
                rest=_soonest(turned(ahead), flow, cost, END),
            )
        return self._soonest[key]

    def _cost(self, *, quiet: bool) -> Callable[[Step], Span]:
        """Return how long a step holds a talk; None where it cannot be passed so."""

        def cost(step: Step) -> Span:
            match step:
                case Wait(wait=span):
                    return span
                case Ask():
                    return None if quiet else NOTHING
                case Run(run=name):
                    return self._pass(name, quiet=quiet)
                case _:
                    return NOTHING

        return cost

    def _pass(self, name: str, *, quiet: bool) -> Span:
        """Return how long it takes to come through a flow that runs inside."""
        key = (name, quiet)
        if key not in self._through and self._depth < FRAMES_A_SESSION:
            self._through[key] = None if quiet else NOTHING  # where they run in a ring
            document = self._flows.get(name)
            if document and (flow := document.flow):
                self._depth += 1
                ahead = self._ways_of(flow).open()
                first = next(iter(flow.steps))
                cost = self._cost(quiet=quiet)
                self._through[key] = _soonest(ahead, flow, cost, first).get(END)
                self._depth -= 1
        return self._through.get(key)


class _Soonest(Struct, frozen=True):
    """How soon a flow's steps are come to, and how soon it ends after each."""

    ahead: Mapping[str, tuple[str, ...]]
    to: Mapping[str, timedelta]
    rest: Mapping[str, timedelta]


def _soonest(
    ahead: Mapping[str, tuple[str, ...] | list[str]],
    flow: Flow,
    cost: Callable[[Step], Span],
    start: str,
) -> dict[str, timedelta]:
    """Return when each step is come to at the soonest, the start's own time left out.

    Against the ways it is the time from a step on, its own included.
    """
    backward = start == END
    found: dict[str, timedelta] = {}
    waiting = [(NOTHING, start)]
    while waiting:
        at, name = heappop(waiting)
        if name in found:
            continue
        found[name] = at
        held = NOTHING if backward or name not in flow.steps else cost(flow.steps[name])
        for to in ahead.get(name, ()) if held is not None else ():
            own = cost(flow.steps[to]) if backward and to in flow.steps else NOTHING
            if own is not None:
                heappush(waiting, (at + held + own, to))  # type: ignore[operator]
    return found
