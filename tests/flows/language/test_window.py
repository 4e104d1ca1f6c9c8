"""Messages that may leave after 24 hours of silence, held against talks played out."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import HealthCheck, assume, event, given, settings, strategies as st
from msgspec import Struct, json
from msgspec.structs import replace

from bot.engine.heard import Begun, Said, Tapped, TimePassed
from bot.engine.wake import next_wake
from bot.model.event import FlowPlanned, MessageCreated
from bot.model.session import Session
from bot.model.world import World
from flows.language.check import check
from flows.language.check.ways.shared import shared
from flows.language.check.ways.silence import Late
from flows.language.document import FlowDocument, load_flow
from flows.language.model import EventTrigger
from tests.engine.chat import NOON, WORLD, Chat

WINDOW: Final = timedelta(hours=24)
MOST_STATES: Final = 250
MARK: Final = re.compile(r"#(\w)\.(\w+)")


# ── every talk there can be ──────────────────────────────────────────────────────


class State(Struct, frozen=True):
    """A talk, the moment, when the contact wrote last, and what is planned."""

    session: Session | None
    now: datetime
    wrote: datetime | None
    plans: tuple[tuple[datetime, str], ...] = ()

    def key(self) -> bytes:
        """Return what tells two states apart as far as the future is concerned."""
        talk = self.session
        silent = WINDOW if self.wrote is None else min(WINDOW, self.now - self.wrote)
        shape: list[Any] = [silent, [(at - self.now, flow) for at, flow in self.plans]]
        if talk and talk.status == "active":
            until = talk.wait_until - self.now if talk.wait_until else None
            asked = talk.asked_at - self.now if talk.asked_at else None
            waits = asked if talk.waits == "answer" else until
            places = [[frame.flow, frame.step] for frame in talk.frames]
            shape += [places, talk.waits, waits]
            shape += [sorted(talk.comments), talk.reminded]
        return json.encode(shape)


class Play:
    """Plays every talk with some flows, and notes what leaves into a shut window."""

    def __init__(self, *sources: str) -> None:
        self.chat = Chat(*sources)
        self.late: set[Late] = set()
        self.whole = True

    def all_from(self, flow: str, *, open_: bool) -> None:
        """Play all talks that begin with a flow, right after a word or long after."""
        first = State(None, NOON, NOON if open_ else None)
        waiting = [self._push(first, Begun(flow=flow, trigger="test"), words=False)]
        seen: set[bytes] = set()
        while waiting:
            state = waiting.pop()
            if state.key() in seen:
                continue
            if len(seen) > MOST_STATES:
                self.whole = False
                return
            seen.add(state.key())
            if len(state.plans) > 1:  # each planned start is judged by itself
                self.whole = False
            else:
                waiting.extend(self._next(state))

    def _next(self, state: State) -> Iterator[State]:
        talk = state.session
        if talk is None or talk.status != "active":
            for due, flow in state.plans:
                later = replace(
                    state,
                    now=max(state.now, due),
                    plans=tuple(p for p in state.plans if p != (due, flow)),
                )
                yield self._push(later, Begun(flow=flow, trigger="start"), words=False)
            return
        wakes = next_wake(self.chat.shelf, talk)
        if wakes is not None:
            later = replace(state, now=max(wakes, state.now))
            yield self._push(later, TimePassed(), words=False)
        if talk.asks:
            for heard in self._answers(talk):
                yield self._push(state, heard, words=True)

    def _answers(self, talk: Session) -> Iterator[Said | Tapped]:
        """Yield an answer of each outcome, and one with a comment where it counts."""
        script = self.chat.shelf.by_hash[talk.pins[talk.here.flow]]
        kind = script.asked(talk.here.step, "en").kind
        key = talk.asks or ""
        if kind == "yes_no":
            yield Tapped(talk.id, key, ("yes",))
            yield Tapped(talk.id, key, ("no",))
        elif kind == "nps":
            yield Tapped(talk.id, key, ("3",))
            yield Tapped(talk.id, key, ("9",))
            yield Said("3, because delivery took ages")
            yield Said("9, because delivery was fast")
        else:
            yield Said("It broke")

    def _push(self, state: State, heard: Any, *, words: bool) -> State:  # noqa: ANN401
        chat = self.chat
        chat.session, chat.now, chat.events = state.session, state.now, []
        chat.hear(heard)
        wrote = state.now if words else state.wrote
        for told in chat.told(MessageCreated):
            found = MARK.search(told.content.text)
            if found and (wrote is None or state.now - wrote >= WINDOW):
                self.late.add(Late(found[1], found[2], told.role == "reminder"))
        planned = [(state.now + e.wait, e.flow) for e in chat.told(FlowPlanned)]
        plans = tuple(sorted({*state.plans, *planned}))
        return State(chat.session, state.now, wrote, plans)


# ── flows made at random ─────────────────────────────────────────────────────────

SPANS: Final = ("5 hours", "13 hours", "25 hours")


@st.composite
def made(draw: st.DrawFn, name: str, other: str | None) -> str:
    """Make a flow of few steps that ask, speak, wait, and run or start others."""
    names = [f"s{n}" for n in range(draw(st.integers(1, 3)))]
    trigger = draw(
        st.sampled_from(("", "{keyword: %s}", "{event: order.paid}", "{command: %s}"))
    )
    lines = [f"flow: {name}"]
    if trigger:
        lines.append(f"triggers: [{trigger % name if '%' in trigger else trigger}]")
    if reminders := draw(st.lists(st.sampled_from(("10 hours", "30 hours")))):
        lines.append(f"remind_after: [{', '.join(reminders)}]")
    expires = draw(st.sampled_from(("8 hours", "20 hours", "7 days")))
    lines += [f"expire_after: {expires}", "steps:"]
    scores: list[str] = []
    for step in names:
        lines += draw(_step(f"{name}.{step}", names, scores, other))
    return "\n".join(lines) + "\n"


@st.composite
def _step(
    draw: st.DrawFn, mark: str, names: list[str], scores: list[str], other: str | None
) -> list[str]:
    name, _, step = mark.partition(".")
    kinds = ("say", "wait", "nps", "yes_no", "text", *(["run"] if other else []))
    kind = draw(st.sampled_from(kinds))
    lines = [f"  {step}:", *_verb(kind, mark, other, draw(st.sampled_from(SPANS)))]
    if kind == "text" and scores and draw(st.booleans()):
        lines.append(f"    unless_said: {draw(st.sampled_from(scores))}")
    if kind == "nps":
        scores.append(step)
    lines += draw(_go(kind, names))
    if kind in {"say", "nps", "yes_no"} and draw(st.integers(0, 3)) == 0:
        flow = draw(st.sampled_from([name, *([other] if other else [])]))
        lines += draw(_start(kind, flow))
    return lines


def _verb(kind: str, mark: str, other: str | None, span: str) -> list[str]:
    verbs = {"say": f"say: '#{mark}'", "wait": f"wait: {span}", "run": f"run: {other}"}
    if kind in verbs:
        return [f"    {verbs[kind]}"]
    return [f"    ask: '#{mark}'", f"    answer: {kind}"]


KEYS: Final = {"nps": ("detractor", "else"), "yes_no": ("yes", "no")}


@st.composite
def _go(draw: st.DrawFn, kind: str, names: list[str]) -> list[str]:
    onward = st.sampled_from([*names, "end", None])
    if kind in KEYS and draw(st.booleans()):
        ways = {key: draw(onward) for key in KEYS[kind]}
        known = [f"      {key}: {to}" for key, to in ways.items() if to]
        return ["    go:", *known] if known else []
    to = draw(onward)
    return [f"    go: {to}"] if to else []


@st.composite
def _start(draw: st.DrawFn, kind: str, flow: str) -> list[str]:
    wait = draw(st.sampled_from(("5 hours", "30 hours")))
    start = f"- start: {{flow: {flow}, wait: {wait}}}"
    if kind in KEYS and draw(st.booleans()):
        key = draw(st.sampled_from(KEYS[kind]))
        return ["    then:", f"      {key}:", f"        {start}"]
    return ["    then:", f"      {start}"]


def loaded(*sources: str) -> dict[str, FlowDocument]:
    """Return flows by name."""
    found = [load_flow(f"{n}.yaml", s.encode()) for n, s in enumerate(sources)]
    return {each.flow.flow: each for each in found if each.flow}


def begun_by_us(document: FlowDocument, flows: dict[str, FlowDocument]) -> bool | None:
    """Say whether we start a flow, or None where nothing but other flows does."""
    flow = document.flow
    assert flow is not None
    if any(isinstance(each, EventTrigger) for each in flow.triggers):
        return True
    if flow.triggers:
        return False
    used = any(
        f"run: {flow.flow}\n" in text or f"flow: {flow.flow}," in text
        for text in (each.source.decode() for each in flows.values())
    )
    return None if used else False


def compare(*sources: str) -> bool:
    """Hold what is told of flows against all their talks; False where too many."""
    flows = loaded(*sources)
    play = Play(*sources)
    for name, document in flows.items():
        ours = begun_by_us(document, flows)
        if ours is not None:
            play.all_from(name, open_=not ours)
    told = {
        late for name in flows for late in shared(flows, WORLD).silences().late(name)
    }
    assert play.late - told == set()
    if play.whole:
        assert told - play.late == set()
    return play.whole


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_exactly_the_messages_that_may_be_late_are_found(data: st.DataObject) -> None:
    """Playing every talk, with every answer and every silence, finds the same."""
    sources = (data.draw(made("a", "b")), data.draw(made("b", None)))
    flows = loaded(*sources)
    assume(len(flows) == 2)
    bad = {"endless-loop", "no-way-out", "runs-itself", "wrong-step"}
    assume(not bad & {each.code for each in check([*flows.values()], World())})
    whole = compare(*sources)
    event("all talks played" if whole else "too many talks")
