"""Which messages may leave after the contact has been silent for a day."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from msgspec import Struct

from bot.model.world import World
from flows.language.check.contents import actions, flows_run, flows_started
from flows.language.check.ways.circles import reached
from flows.language.check.ways.taken import WaysOf
from flows.language.check.ways.walks import NOTHING, WINDOW, At, Walk, Walker
from flows.language.document import FlowDocument
from flows.language.model import (
    DateTrigger,
    EventTrigger,
    Flow,
    FlowWanted,
    Refer,
    Say,
    StartFlow,
)

Start = tuple[FlowWanted, str | None]
"""A flow that is to start, and the outcome that starts it, if any."""


class Late(Struct, frozen=True):
    """A step whose words may leave when the window is shut, or only its reminder."""

    flow: str
    step: str
    reminder: bool


class Silences:
    """Follows every talk that can be had with some flows."""

    def __init__(
        self, flows: Mapping[str, FlowDocument], world: World, ways_of: WaysOf
    ) -> None:
        self._flows = {
            name: document for name, document in flows.items() if document.flow
        }
        self._world = world
        self._walker = Walker(flows, ways_of)
        self._used = {
            named.name
            for document in self._flows.values()
            if (flow := document.flow)
            for named in (*flows_run(flow), *flows_started(document, flow))
        }
        self._started: dict[str, dict[str, list[Start]]] = {}
        self._late: dict[str, dict[tuple[str, bool], Late]] = {}
        for outer, silence in self._beginnings().items():
            walk = self._walker.walk({self._walker.begin(outer): silence})
            for at, before in walk.silence.items() if walk else ():
                for late in self._at(at, before, self._flow(outer)):
                    known = self._late.setdefault(late.flow, {})
                    known.setdefault((late.step, late.reminder), late)

    @property
    def places(self) -> int:
        """Return how many places were looked at."""
        return self._walker.places

    def late(self, name: str) -> list[Late]:
        """Return the steps of a flow that may speak into a closed window, each once."""
        return list(self._late.get(name, {}).values())

    def _at(self, at: At, silence: timedelta, outer: Flow) -> Iterator[Late]:
        name, step_name = at.here
        step = self._flow(name).steps[step_name]
        asks = self._walker.asks(at) is not None
        if silence >= WINDOW and (asks or isinstance(step, Say | Refer)):
            yield Late(name, step_name, reminder=False)
        reminders = [span for span in outer.remind_after if span < outer.expire_after]
        if asks and any(silence + span >= WINDOW for span in reminders):
            yield Late(name, step_name, reminder=True)

    # ── how talks begin ──────────────────────────────────────────────────────────

    def _beginnings(self) -> dict[str, timedelta]:
        """Return each flow that begins a talk, and the longest silence before.

        What goes on growing after as many rounds as there are flows grows for ever.
        """
        found = {
            name: silence
            for name in self._flows
            if (silence := self._before(name)) is not None
        }
        rounds: dict[str, int] = {}
        waiting = list(found)
        while waiting:
            outer = waiting.pop()
            rounds[outer] = rounds.get(outer, 0) + 1
            for started, silence in self._planned(outer, found):
                if found.get(started) is None or silence > found[started]:
                    ever = rounds.get(started, 0) > len(self._flows)
                    found[started] = WINDOW if ever else silence
                    waiting.append(started)
        return found

    def _before(self, name: str) -> timedelta | None:
        """Return how silent the contact may be when a flow begins by a trigger."""
        triggers = self._flow(name).triggers
        if any(isinstance(each, EventTrigger | DateTrigger) for each in triggers):
            return WINDOW
        if triggers or name in self._world.opens:
            return NOTHING
        return None if name in self._used else NOTHING

    def _planned(
        self, outer: str, found: Mapping[str, timedelta]
    ) -> Iterator[tuple[str, timedelta]]:
        """Yield the flows that a talk starts, and how silent it may be by then."""
        walk = self._walker.walk({self._walker.begin(outer): found[outer]})
        for at, known in walk.silence.items() if walk else ():
            name, step = at.here
            before = NOTHING if self._walker.asks(at) else known
            for wanted, outcome in self._starts(name).get(step, ()):
                if wanted.flow in self._flows and found.get(wanted.flow) != WINDOW:
                    arms = self._walker.arms_after(name, step, outcome)
                    plan = _Plan(before, wanted.wait or NOTHING, arms)
                    then = self._until(at, plan, self._flow(outer).expire_after)
                    yield wanted.flow, min(WINDOW, then)

    def _until(self, at: At, plan: "_Plan", expires: timedelta) -> timedelta:
        """Return the longest silence until a planned flow begins.

        It waits for the end of the talk, also of one that expires unanswered.
        """
        ways = [
            (way.to, plan.before + (way.spent or NOTHING))
            for way in self._walker.onward(at, plan.arms)
        ]
        tail = self._walker.walk({to: silence for to, silence in ways if to})
        if tail is None:
            return NOTHING
        ends = [silence for to, silence in ways if to is None]
        ends += [tail.end] if tail.end is not None else []
        unheard = [
            silence + expires
            for place, silence in tail.silence.items()
            if self._walker.asks(place)
        ]
        quiet = _comes_out(tail, [to for to, _ in ways])
        waited = plan.before + plan.wait if quiet else plan.wait
        return max([waited, *ends, *unheard])

    # ── what flows hold ──────────────────────────────────────────────────────────

    def _flow(self, name: str) -> Flow:
        return self._walker.ways(name).flow

    def _starts(self, name: str) -> dict[str, list[Start]]:
        """Return what the steps of a flow start, and the outcome that does."""
        if name in self._started:
            return self._started[name]
        document = self._flows[name]
        found = self._started[name] = {}
        for caused in actions(document, document.flow) if document.flow else ():
            if isinstance(caused.action, StartFlow):
                wanted = caused.action.start
                found.setdefault(caused.step, []).append((wanted, caused.outcome))
        return found


def _comes_out(tail: Walk, starts: list[At | None]) -> bool:
    """Tell whether a talk can end from here without an answer."""
    if None in starts:
        return True
    silent: dict[At | None, list[At | None]] = {
        at: [way.to for way in ways if way.spent is not None]
        for at, ways in tail.onward.items()
    }
    return None in reached(silent, starts)


class _Plan(Struct, frozen=True):
    """A flow that is to start: the silence before, its wait, and the ways on."""

    before: timedelta
    wait: timedelta
    arms: set[int] | None
