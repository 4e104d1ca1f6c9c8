"""Which messages may leave after the contact has been silent for a day."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from msgspec import Struct

from bot.model.world import World
from flows.language.check.contents import Caused, actions, flows_run, flows_started
from flows.language.check.ways.circles import reached
from flows.language.check.ways.walks import NOTHING, WINDOW, At, Walk, Walker
from flows.language.document import FlowDocument
from flows.language.model import (
    DateTrigger,
    EventTrigger,
    Flow,
    Refer,
    Say,
    StartFlow,
)


class Late(Struct, frozen=True):
    """A step whose words may leave when the window is shut, or only its reminder."""

    flow: str
    step: str
    reminder: bool


class Silences:
    """Follows every talk that can come to a flow."""

    def __init__(self, flows: Mapping[str, FlowDocument], world: World) -> None:
        self._flows = {
            name: document for name, document in flows.items() if document.flow
        }
        self._world = world
        self._walker = Walker(flows, world)
        self._starts: dict[str, list[Caused]] = {}
        self._ran = {each for name in self._flows for each in self._runs(name)}
        self._started = {each for name in self._flows for each in self._starts_of(name)}

    def late(self, name: str) -> Iterator[Late]:
        """Yield the steps of a flow that may speak into a closed window, each once."""
        found: dict[tuple[str, bool], Late] = {}
        for outer, silence in self._beginnings(name).items():
            walk = self._walker.walk({self._walker.begin(outer): silence})
            for at in walk.silence if walk else ():
                if walk and at.here[0] == name:
                    for late in self._at(at, walk.silence[at], self._flow(outer)):
                        found.setdefault((late.step, late.reminder), late)
        yield from found.values()

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

    def _beginnings(self, name: str) -> dict[str, timedelta]:
        """Return the flows whose talks may come to this one, and the silence before.

        What goes on growing after as many rounds as there are flows grows for ever.
        """
        around = self._around(name)
        found = {
            each: silence
            for each in around
            if (silence := self._before(each)) is not None
        }
        for count in range(2 * len(around) + 2):
            grown = self._grown(found, around)
            if grown == found:
                break
            if count > len(around):
                more = (
                    each for each in grown if grown[each] > found.get(each, NOTHING)
                )
                grown |= dict.fromkeys(more, WINDOW)
            found = grown
        return found

    def _grown(
        self, found: Mapping[str, timedelta], around: list[str]
    ) -> dict[str, timedelta]:
        """Return the silences before each flow, those that other flows start too."""
        grown = dict(found)
        for outer, before in found.items():
            for started, silence in self._planned(outer, before):
                if started in around:
                    grown[started] = max(silence, grown.get(started, NOTHING))
        return grown

    def _around(self, name: str) -> list[str]:
        """Return the flows from which talks come to this one, itself included."""
        back: dict[str, list[str]] = {name: []}
        for other in self._flows:
            for to in (*self._runs(other), *self._starts_of(other)):
                back.setdefault(to, []).append(other)
        there = reached(back, [name])
        return [each for each in self._flows if each in there]

    def _before(self, name: str) -> timedelta | None:
        """Return how silent the contact may be when a flow begins by a trigger."""
        triggers = self._flow(name).triggers
        if any(isinstance(each, EventTrigger | DateTrigger) for each in triggers):
            return WINDOW
        if triggers or name in self._world.opens:
            return NOTHING
        alone = name not in self._ran and name not in self._started
        return WINDOW if alone else None  # then only `send` begins it

    def _planned(
        self, outer: str, silence: timedelta
    ) -> Iterator[tuple[str, timedelta]]:
        """Yield the flows that a talk starts, and how silent it may be by then."""
        walk = self._walker.walk({self._walker.begin(outer): silence})
        for at, known in walk.silence.items() if walk else ():
            name, step = at.here
            before = NOTHING if self._walker.asks(at) else known
            for caused in self._caused(name):
                if caused.step == step and isinstance(caused.action, StartFlow):
                    wanted = caused.action.start
                    arms = self._walker.arms_after(name, step, caused.outcome)
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

    def _runs(self, name: str) -> list[str]:
        flow = self._flows[name].flow
        return [each.name for each in flows_run(flow)] if flow else []

    def _starts_of(self, name: str) -> list[str]:
        document = self._flows[name]
        flow = document.flow
        return [each.name for each in flows_started(document, flow)] if flow else []

    def _caused(self, name: str) -> list[Caused]:
        if name not in self._starts:
            document = self._flows[name]
            found = list(actions(document, document.flow)) if document.flow else []
            self._starts[name] = found
        return self._starts[name]


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
