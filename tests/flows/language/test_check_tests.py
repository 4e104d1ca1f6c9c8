"""Tests of flows are told what no talk can come to, and nothing that one can."""

from typing import Final

import pytest
from hypothesis import given, strategies as st

from bot.errors import Problem
from bot.model.world import World
from flows.language.check import check_talks
from flows.language.check.taps import options
from flows.language.check.values import misfit, never
from flows.language.document import FlowDocument, load_flow, load_talks
from flows.language.model import Ask

FLOW: Final = """\
flow: survey
steps:
  score:
    ask: How was it?
    answer: nps
    then: {promoter: [{tag: fan}, {emit: cheered}], else: [{start: later}]}
  improve: {ask: What?, answer: choices, options: {speed: Speed, price: Price}}
  more: {run: inner}
"""
INNER: Final = """\
flow: inner
steps:
  sure: {ask: Sure?, answer: yes_no, then: {yes: {tag: certain}}}
  day: {ask: When?, answer: date}
"""
LATER: Final = """\
flow: later
steps:
  choice: {ask: Which?, answer: choice, options: {red: Red, blue: Blue}}
"""
KEYWORD: Final = """\
flow: other
triggers: [{keyword: other}, {event: order.paid}]
steps:
  green: {ask: Green?, answer: choice, options: {lime: Lime, mint: Mint}}
"""
BEFORE: Final = "  - {name: T, "
WORLD: Final = World(
    teams=("support",),
    attributes={"age": "number", "since": "date", "vip": "yes_no", "plan": "text"},
    events={"order.paid": {}},
)


def flows(*sources: str) -> list[FlowDocument]:
    """Return flows, each in a file of its own."""
    return [load_flow(f"{n}.yaml", s.encode()) for n, s in enumerate(sources)]


def problems(
    test: str,
    known: tuple[str, ...] = (FLOW, INNER, LATER, KEYWORD),
    world: World | None = WORLD,
) -> list[Problem]:
    """Return what is said of a test, which begins on the third line."""
    source = f"flow: survey\ntests:\n{BEFORE}{test}}}\n"
    talks = load_talks("survey.test.yaml", source.encode())
    assert talks.problems == ()
    return check_talks([talks], flows(*known), world)


BAD: Final = [
    ("talk: [{tap: ^sped}]", "never-offered", "did you mean 'speed'?"),
    ("talk: [{tap: [speed, price, ^size]}]", "never-offered", "'size'"),
    ('talk: [{tap: ^"11"}]', "never-offered", "'11'"),
    ("talk: [{tap: ^skipped}]", "never-offered", "did you mean 'skip'?"),
    ("talk: [{tap: ^lime}]", "never-offered", "'lime'"),
    ("talk: [], leaves: {answers: {score: ^11}}", "never-left", "from 0 to 10"),
    ("talk: [], leaves: {answers: {score: ^7.5}}", "never-left", "whole"),
    ("talk: [], leaves: {answers: {score: ^nan}}", "never-left", "whole"),
    ("talk: [], leaves: {answers: {improve: ^size}}", "never-left", "'size'"),
    ("talk: [], leaves: {answers: {inner.sure: ^si}}", "never-left", "yes or no"),
    ("talk: [], leaves: {answers: {inner.day: ^soon}}", "never-left", "a date"),
    ("talk: [], leaves: {segment: ^satisfied}", "never-left", "promoter"),
    ("talk: [], leaves: {tags: [fan, ^fam]}", "never-left", "'fan'"),
    ("talk: [], leaves: {events: [^cheerd]}", "never-left", "'cheered'"),
    ("talk: [], leaves: {started: [^latr]}", "unknown-flow", "'later'"),
    ("talk: [], leaves: {cases: [{team: ^suport}]}", "unknown-team", "'support'"),
    ("talk: [], leaves: {cases: [{urgency: ^hih}]}", "unknown-value", "normal"),
    ("talk: [], leaves: {cases: [{^urgent: high}]}", "unknown-key", "'urgency'"),
    ("talk: [], contact: {age: ^old}", "wrong-type", "a number"),
    ("talk: [], contact: {since: ^May}", "wrong-type", "a date"),
    ("talk: [], contact: {vip: ^maybe}", "wrong-type", "yes or no"),
    ("talk: [], contact: {language: ^English}", "unknown-language", "pt-BR"),
]
"""A test, with a `^` before the value that cannot be."""


@pytest.mark.parametrize(("test", "code", "words"), BAD)
def test_what_cannot_be_is_told_at_its_place(test: str, code: str, words: str) -> None:
    """One mistake is one problem, at the very value, in words that help."""
    (problem,) = problems(test.replace("^", ""))
    column = len(BEFORE) + test.index("^") + 1
    assert (problem.line, problem.column, problem.code) == (3, column, code)
    assert words in problem.message


GOOD: Final = [
    "talk: [{tap: skip}]",
    "talk: [{tap: [speed, price]}, {tap: '0'}, {tap: 'yes'}]",
    "talk: [{tap: red}]",
    "talk: [{contact: Other!}, {tap: lime}]",
    "talk: [{event: order.paid}, {tap: mint}]",
    "talk: [], leaves: {answers: {score: 10.0, improve: [price], inner.sure: Yes}}",
    "talk: [], leaves: {answers: {improve: speed, inner.day: 2026-03-02}}",
    "talk: [], leaves: {segment: detractor, tags: [fan, certain], events: [cheered]}",
    "talk: [], leaves: {started: [later], tags: [], events: [], cases: []}",
    "talk: [], leaves: {cases: [{team: support, urgency: high, flow: survey}]}",
    "talk: [], contact: {age: '7', since: 2026-01-31, vip: true, plan: any, zone: x}",
    "talk: [], contact: {language: pt-BR, first_name: Ana}",
]


@pytest.mark.parametrize("test", GOOD)
def test_what_can_be_is_not_told(test: str) -> None:
    """Flows that run inside, are started, or are begun by a line all count."""
    assert problems(test) == []


@pytest.mark.parametrize("test", [each[0] for each in BAD[:14]])
@pytest.mark.parametrize("broken", ["flow: survey\nsteps: {a: {}}", "flow survey\n"])
def test_a_broken_flow_makes_no_noise_in_its_tests(test: str, broken: str) -> None:
    """What a flow can come to is not known before its file can be read."""
    assert problems(test.replace("^", ""), (broken, INNER, LATER)) == []


def test_a_flow_that_two_files_hold_makes_no_noise_in_its_tests() -> None:
    """Which of them the test means is for the author to say first."""
    other = "flow: survey\nsteps:\n  a: {say: hi}\n"
    test = "talk: [], leaves: {answers: {score: 11}}"
    assert problems(test, (other, INNER, LATER, FLOW)) == []
    assert len(problems(test)) == 1


def test_a_flow_that_is_not_there_keeps_lint_silent() -> None:
    """What it would ask and cause nobody can know."""
    test = "talk: [{tap: sped}], leaves: {tags: [x]}"
    assert problems(test, (FLOW, INNER)) == []


def test_without_settings_nothing_is_said_of_teams_and_attributes() -> None:
    """Only `config.yaml` declares them."""
    test = "talk: [], contact: {plam: x}, leaves: {cases: [{team: nobody}]}"
    assert problems(test, world=None) == []


ASKED: Final = {
    "nps": "",
    "csat": "",
    "ces": "",
    "rating": ", min: 2, max: 12",
    "choice": ", options: {a: A, b: B}",
    "choices": ", options: {a: A, b: B}",
    "yes_no": "",
    "consent": ", topic: news",
}


def question(kind: str) -> Ask:
    """Return a question of a kind."""
    source = f"flow: f\nsteps:\n  q: {{ask: Q, answer: {kind}{ASKED[kind]}}}"
    flow = load_flow("f.yaml", source.encode()).flow
    assert flow
    step = flow.steps["q"]
    assert isinstance(step, Ask)
    return step


@pytest.mark.parametrize("kind", ASKED)
def test_whatever_can_be_tapped_can_be_the_answer(kind: str) -> None:
    """The two rules know the same scales, options and truths."""
    step = question(kind)
    assert options(step)
    assert [key for key in options(step) if never(step, key)] == []


@given(st.integers(-20, 20), st.sampled_from(["nps", "csat", "ces", "rating"]))
def test_a_score_is_possible_exactly_where_it_can_be_tapped(
    score: int, kind: str
) -> None:
    """Beyond the ends of its scale there is no answer."""
    step = question(kind)
    assert (never(step, str(score)) is None) == (str(score) in options(step))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_fits_a_number(value: float) -> None:
    """However it is written, an attribute may have it."""
    assert misfit("number", repr(value)) is None
