"""Loops without end and without a way out, held against every talk there is."""

from itertools import product
from typing import Final

import pytest
from hypothesis import event, given, settings, strategies as st

from bot.errors import Problem
from bot.model.event import WalkBounded
from bot.model.world import World
from flows.language.check import check
from flows.language.document import load_flow
from tests.engine.chat import Chat
from tests.flows.language.flows_at_random import Question, condition

CODES: Final = frozenset({"endless-loop", "no-way-out"})
PLACES: Final = ("p0", "p1", "p2", "p3")


def found(*sources: str) -> list[Problem]:
    """Return what is told of the loops of some flows."""
    documents = [load_flow(f"{n}.yaml", s.encode()) for n, s in enumerate(sources)]
    assert [each for each in documents if each.flow is None] == []
    problems = check(documents, World(attributes={"plan": "text"}))
    return [each for each in problems if each.code in CODES]


def places(*sources: str) -> list[str]:
    """Return the places and codes of what is told."""
    return [f"{p.line}:{p.column} {p.code}" for p in found(*sources)]


# ── against the engine ───────────────────────────────────────────────────────────

ASKED: Final = (Question("q0", "csat"), Question("q1", "yes_no", optional=True))
ANSWERS: Final = tuple(
    product([[str(n)] for n in range(1, 6)], [["yes"], ["no"], []]),
)


@st.composite
def circling(draw: st.DrawFn) -> str:
    """Make a flow of two questions, and then branches and words that go anywhere."""
    steps = "".join(f"  {each.name}:\n{each.written()}" for each in ASKED)
    onward = st.sampled_from([*PLACES, "end"])
    for place in PLACES:
        if draw(st.booleans()):
            steps += f"  {place}: {{say: Hi, go: {draw(onward)}}}\n"
            continue
        steps += f"  {place}:\n    branch:\n"
        for _ in range(draw(st.integers(1, 2))):
            asks = draw(condition(ASKED, outside=False))
            steps += f'      - {{when: "{asks}", to: {draw(onward)}}}\n'
    return f"flow: a\nsteps:\n{steps}"


def bounded(source: str) -> bool:
    """Say whether some answers make the engine go on until it is stopped."""
    for first, second in ANSWERS:
        chat = Chat(source)
        chat.begin("a")
        chat.tap("q0", *first)
        chat.tap("q1", *second)
        if chat.told(WalkBounded):
            return True
    return False


@settings(max_examples=40, deadline=None)
@given(circling())
def test_every_loop_that_some_talk_runs_into_is_found(source: str) -> None:
    """Where nothing is told, no answers lead round for ever."""
    endless = bounded(source)
    told = "endless-loop" in {each.code for each in found(source)}
    event("endless" if endless else "told" if told else "ends")
    assert told or not endless


# ── against a search ─────────────────────────────────────────────────────────────


@st.composite
def drawn(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Make a flow's ways: each question leads to one place or two."""
    onward = st.sampled_from([*PLACES, "end"])
    pair = st.tuples(onward, onward)
    return {place: draw(pair) for place in PLACES}


def written(ways: dict[str, tuple[str, ...]]) -> str:
    """Return the flow that has these ways."""
    steps = "".join(
        f"  {place}: {{ask: A, answer: yes_no, go: {{yes: {yes}, no: {no}}}}}\n"
        for place, (yes, no) in ways.items()
    )
    return f"flow: a\nsteps:\n{steps}"


def come_to(ways: dict[str, tuple[str, ...]], start: str) -> set[str]:
    """Return all places that a talk can come to from one."""
    there = {start}
    for _ in ways:
        there |= {to for each in there for to in ways.get(each, ())}
    return there


@given(drawn())
def test_exactly_the_talks_that_cannot_end_are_found(
    ways: dict[str, tuple[str, ...]],
) -> None:
    """A place that talks come to, and that the end cannot be reached from, is told."""
    caught = any(
        "end" not in come_to(ways, each) for each in come_to(ways, "p0") - {"end"}
    )
    codes = [each.code for each in found(written(ways))]
    event("caught" if caught else "ends")
    assert ("no-way-out" in codes) == caught
    assert "endless-loop" not in codes


# ── where they are told ──────────────────────────────────────────────────────────

HEAD: Final = "flow: a\nsteps:\n  q: {ask: A, answer: nps, optional: yes}\n"

TOLD: Final = {
    "  one: {say: A, go: one}\n": ["4:21 endless-loop"],
    "  one: {say: A}\n  two: {say: B, go: one}\n": ["5:21 endless-loop"],
    """\
  one: {say: A}
  two:
    branch:
      - {when: answers.q > 3, to: end}
      - else: one
""": ["8:15 endless-loop"],
    "  one: {say: A}\n  two: {wait: 1 day, go: one}\n": ["5:26 no-way-out"],
    """\
  one: {ask: B, answer: yes_no, go: {yes: one, no: two}}
  two: {say: B, go: one}
""": ["4:43 no-way-out"],
    """\
  one: {branch: [{when: answers.q > 3, to: two}, {else: three}]}
  two: {say: B, go: two}
  three: {say: C, go: three}
""": ["5:21 endless-loop", "6:23 endless-loop"],
    "  one: {say: A, go: end}\n  two: {say: B, go: two}\n": [],
    "  one:\n    branch: [{when: answers.q > 11, to: one}, {else: end}]\n": [],
    """\
  one: {branch: [{when: answers.q > 3, to: two}, {else: end}]}
  two: {branch: [{when: answers.q < 2, to: one}, {else: end}]}
""": [],
    """\
  one: {branch: [{when: not (answers.q == 11), to: two}]}
  two: {branch: [{when: not (answers.q == 11), to: end}]}
  three: {branch: [{when: answers.q > 3, to: one}]}
  four: {say: A, go: four}
""": [],
    '  one: {branch: [{when: contact.plan == "a", to: one}]}\n': ["4:50 endless-loop"],
    """\
  one:
    branch:
      - {when: len(contact.plan) > 3, to: one}
""": ["6:43 endless-loop"],
}


@pytest.mark.parametrize(("steps", "expected"), TOLD.items())
def test_a_loop_is_told_at_the_way_that_closes_it(
    steps: str, expected: list[str]
) -> None:
    """Line and column are those of the step's name that leads back."""
    assert places(HEAD + steps) == expected


OUTER: Final = "flow: a\nsteps:\n  one: {run: b, go: one}\n"

INNER: Final = [
    ("  one: {ask: A, answer: nps}\n", "no-way-out"),
    ("  one: {wait: 1 day}\n", "no-way-out"),
    ("  one: {say: A}\n", "endless-loop"),
    ("  one: {run: c}\n", "endless-loop"),
    (
        """\
  one: {branch: [{when: contact.plan == "a", to: end}, {else: two}]}
  two: {ask: B, answer: nps}
""",
        "endless-loop",
    ),
]


@pytest.mark.parametrize(("steps", "code"), INNER)
def test_a_flow_run_inside_waits_where_each_of_its_ways_does(
    steps: str, code: str
) -> None:
    """One that can be passed without a question does not end the loop around it."""
    others = f"flow: b\nsteps:\n{steps}", "flow: c\nsteps:\n  one: {say: A}\n"
    told = [each for each in found(OUTER, *others) if each.path == "0.yaml"]
    assert [(each.code, each.line, each.column) for each in told] == [(code, 3, 21)]


def ring(count: int) -> str:
    """Return a flow of many steps that lead round."""
    lines = [f"  s{number}: {{say: A}}\n" for number in range(count - 1)]
    return "flow: a\nsteps:\n" + "".join(lines) + "  last: {say: B, go: s0}\n"


def test_a_long_loop_is_told_in_few_words() -> None:
    """The first few steps are named, the others counted."""
    (problem,) = found(ring(200))
    assert "'s0', 's1', 's2', 's3' and 196 more" in problem.message
    assert problem.line == 202
