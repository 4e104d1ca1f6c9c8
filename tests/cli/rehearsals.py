"""Flows and talks to rehearse, and what is to be seen of a rehearsal."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from bot.cli.rehearsing import staged
from bot.config import Settings, load_settings
from bot.service.rehearsal import Failure, Play, Stage, perform
from flows.language.document import FlowDocument, load_flow
from flows.language.talks import Talk
from tests.examples import ROOT

SURVEY: Final = """\
flow: survey
languages: [en, es]
triggers:
  - keyword: {en: [opinion], es: [opinar]}
  - command: opinion
  - event: order.delivered
    wait: 1 day
    when: event.total >= 20
once_every: 30 days
remind_after: [1 day]
expire_after: 3 days
steps:
  score:
    ask: {en: "{contact.first_name|You}, how was it?", es: ¿Qué tal?}
    answer: csat
    then:
      unsatisfied:
        - open_case: {team: support, urgency: high}
        - tag: sad
        - start: {flow: later, wait: 2 days}
        - emit: unhappy
    go: {unsatisfied: why, else: pick}
  why:
    ask: {en: Why?, es: ¿Por qué?}
    answer: text
    unless_said: score
    go: pause
  pick:
    ask: {en: What was best?, es: ¿Qué fue lo mejor?}
    answer: choices
    options:
      price: {en: Price, es: Precio}
      speed: {en: Speed, es: Rapidez}
    optional: true
    go: end
  pause: {wait: 6 hours}
  bye: {say: {en: "Thanks * for that.", es: Gracias.}}
"""
LATER: Final = """\
flow: later
languages: [en, es]
steps:
  hello: {say: {en: Better now?, es: ¿Mejor?}}
  sure: {ask: {en: Sure?, es: ¿Seguro?}, answer: yes_no}
"""
OTHER: Final = """\
flow: other
languages: [en, es]
triggers: [{event: order.delivered}]
steps:
  hi: {say: {en: It came., es: Llegó.}}
"""
RESTLESS: Final = """\
flow: restless
languages: [en, es]
steps:
  hi: {say: {en: Me again., es: Yo otra vez.}, then: [{start: restless}]}
"""
FLOWS: Final = [
    load_flow("flow.yaml", source.encode())
    for source in (SURVEY, LATER, OTHER, RESTLESS)
]


def settings() -> Settings:
    """Return the settings that come with Voxpop."""
    return load_settings(ROOT / "config.yaml", environ={})


class Case(NamedTuple):
    """A talk, and the flow that it is a test of."""

    flow: str
    talk: Talk


class Seen(NamedTuple):
    """All that is to be seen of one rehearsal, without ids."""

    failure: tuple[Any, ...] | None
    said: Sequence[Sequence[str]]
    so_far: Sequence[tuple[str, str]]
    answers: Mapping[str, Any] | None
    status: str | None
    tags: Sequence[str]
    cases: Sequence[tuple[str, str]]
    events: Sequence[tuple[str, bytes]]


def on_stage(
    flows: Sequence[FlowDocument] = FLOWS,
) -> AbstractAsyncContextManager[Stage]:
    """Open a house to rehearse in, with these flows."""
    return staged(settings(), flows, ("web", "telegram"))


async def rehearsed(
    cases: Sequence[Case],
    *,
    lenient: bool = False,
    flows: Sequence[FlowDocument] = FLOWS,
) -> list[Seen]:
    """Play talks together, and return what was seen of each."""
    over: dict[Play, Failure | None] = {}
    async with on_stage(flows) as stage:
        plays = [
            Play(stage, case.flow, case.talk, number, lenient=lenient)
            for number, case in enumerate(cases)
        ]
        await perform(stage, plays, over.__setitem__)
    return [_seen(play, over[play]) for play in plays]


def _seen(play: Play, failure: Failure | None) -> Seen:
    left = play.left
    told = (failure.path, failure.message) if failure else None
    session = left.session if left else None
    return Seen(
        failure=told,
        said=play.said,
        so_far=play.so_far,
        answers=dict(session.answers) if session else None,
        status=session.status if session else None,
        tags=left.traces.tags if left else (),
        cases=[(c.team, c.urgency) for c in left.traces.cases] if left else [],
        events=[(e.kind, e.data) for e in left.traces.events] if left else [],
    )


WORDS: Final = (
    "1", "5", "2, it came late", "yes", "no", "stop", "start", "help", "back", "skip",
    "opinion", "/opinion", "Precio", "un dos", "what", "human", "por favor", "*", "ok",
)  # fmt: skip
EVENT: Final = {"order.delivered": {"total": "25"}}


def lines() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return talks that people may have: words, taps, waits and events."""
    said = st.sampled_from(WORDS).map(lambda words: {"contact": words})
    taps = st.sampled_from(["1", "4", ["price"], ["price", "speed"], "skip", "yes"])
    waits = st.sampled_from(["5 minutes", "6 hours", "1 day", "2 days", "4 days"])
    any_: st.SearchStrategy[dict[str, Any]] = (
        said
        | said
        | taps.map(lambda tap: {"tap": tap})
        | waits.map(lambda wait: {"wait": wait})
        | st.sampled_from([{"event": EVENT}, {"event": "order.delivered"}])
    )
    return st.lists(any_, max_size=6)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return a talk with somebody, somewhere, some time."""
    talk: dict[str, Any] = {
        "name": "x",
        "contact": draw(_CONTACTS),
        "channel": draw(st.sampled_from(["web", "telegram"])),
        "talk": draw(lines()),
    }
    at = draw(st.sampled_from([None, "2026-03-02 12:00", "2026-03-28 23:00"]))
    trigger = draw(st.sampled_from(_TRIGGERS))
    if at is not None:
        talk["at"] = at
    flow = draw(st.sampled_from(["survey", "survey", "survey", "later"]))
    if trigger is not None and flow == "survey":
        talk["trigger"] = trigger
    if draw(st.integers(0, 40)) == 40:
        flow = "restless"
        talk.pop("trigger", None)
    return Case(flow, Talk.model_validate(talk))


_CONTACTS: Final = st.sampled_from(
    [
        {},
        {"language": "es"},
        {"first_name": "Ana", "zone": "America/New_York"},
        {"language": "fr", "zone": "Asia/Kolkata"},
        {"shoe_size": "44"},
        {"zone": "Nowhere/Land"},
    ]
)
_TRIGGERS: Final = (
    None,
    None,
    {"keyword": "opinion"},
    {"command": "opinion"},
    {"event": "order.delivered", "with": {"total": "25"}},
    {"event": "order.delivered", "with": {"total": "5"}},
    {"keyword": "nothing of ours"},
)
