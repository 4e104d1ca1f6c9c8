"""Ways and starts that no value takes, and where they are told."""

import string
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from msgspec.structs import replace

from bot.model.event import TagAdded
from flows.language.check import RULES, by_name, check
from flows.language.check.ways.combos import MOST
from flows.language.check.ways.shared import shared
from flows.language.check.ways.taken import MOST_TRIES
from flows.language.check.ways.walks import MOST_PLACES
from flows.language.document import load_flow
from tests import examples
from tests.engine.chat import WORLD, Chat

CODES: Final = frozenset({"dead-way", "dead-trigger"})


def told(*sources: str) -> list[str]:
    """Return what is told of dead ways in the first of some flows."""
    documents = [load_flow(f"{n}.yaml", s.encode()) for n, s in enumerate(sources)]
    assert [each.problems for each in documents if each.flow is None] == []
    return [
        f"{each.line}:{each.column} {each.message}"
        for each in check(documents, WORLD)
        if each.code in CODES and each.path == "0.yaml"
    ]


KINDS: Final = {
    "score": "answer: nps",
    "stars": "answer: rating, min: 1, max: 3",
    "plan": "answer: choice, options: {gold: Gold, silver: Silver}",
    "parts": "answer: choices, options: {speed: S, price: P}, optional: yes",
    "call": "answer: yes_no",
    "age": "answer: number, min: 18, max: 99",
    "name": "answer: text",
    "day": "answer: date",
}
ASKED: Final = "".join(f"  {k}: {{ask: A, {kind}}}\n" for k, kind in KINDS.items())
HEAD: Final = f"flow: a\ntriggers: [{{event: order.paid}}]\nsteps:\n{ASKED}"

NEVER: Final = {
    "answers.score > 10": "'answers.score' can only be 0 to 10",
    "answers.score >= 5 and answers.score < 5": "no value of 'answers.score' will do",
    "answers.score is none": "'answers.score' can only be 0 to 10",
    "answers.stars == 0": "'answers.stars' can only be 1 to 3",
    "answers.plan == 'golden'": "'answers.plan' can only be gold or silver",
    "answers.plan in ('brass', 'tin')": "'answers.plan' can only be gold or silver",
    "'speedy' in answers.parts": "'answers.parts' can only hold speed or price",
    "len(answers.parts) > 2": "'answers.parts' can only hold speed or price",
    "answers.call and not answers.call": "no value of 'answers.call' will do",
    "answers.age < 18": "no value of 'answers.age' will do",
    "answers.age > 30 and answers.age < 30": "no value of 'answers.age' will do",
    "answers.score + answers.stars > 13": "",
    "event.total > 20 and event.total < 10": "no value of 'event.total' will do",
    "contact.plan == 'a' and contact.plan == 'b'": "no value of 'contact.plan' will do",
    "days_until(contact.born) > 3 and answers.score < 0": (
        "'answers.score' can only be 0 to 10"
    ),
    "not (answers.score >= 0)": "'answers.score' can only be 0 to 10",
}


@pytest.mark.parametrize(("condition", "known"), NEVER.items())
def test_a_condition_that_never_holds_is_told(condition: str, known: str) -> None:
    """With what the name in it can be, where there is one."""
    world = replace(WORLD, attributes={**WORLD.attributes, "born": "date"})
    source = f'{HEAD}  b:\n    branch:\n      - {{when: "{condition}", to: end}}\n'
    document = load_flow("a.yaml", source.encode())
    (problem,) = [p for p in check([document], world) if p.code == "dead-way"]
    assert problem.line == source.count("\n")
    assert "this never holds" in problem.message
    assert known in problem.message


MAY: Final = [
    "answers.score > 9",
    "answers.parts is none",
    "len(answers.parts) > 1",
    "answers.age > 30 and answers.age < 31",
    "answers.name > 'a' and answers.name < 'b'",
    "'x' in answers.name and 'y' in answers.name and answers.name != 'xy'",
    "answers.day < '2020-01-01'",
    "days_since(answers.day) > 1000",
    "contact.plan is none and event.total is none",
    "not (contact.plan == 'a' or contact.plan != 'a')",
    "contact.visits > event.total and contact.visits < event.total",
    "session.channel == 'slack'",
    "session.today > '2026-12-24' and session.today < '2026-12-26'",
    "event.total == 20 or event.total == 20.5",
]


@pytest.mark.parametrize("condition", MAY)
def test_a_condition_that_may_hold_is_left_alone(condition: str) -> None:
    """Also where nobody could say for whom."""
    source = f'{HEAD}  b:\n    branch:\n      - {{when: "{condition}", to: end}}\n'
    assert told(source) == []


LATER: Final = [
    (["answers.score >= 5", "answers.score >= 7"], [1]),
    (["answers.score >= 7", "answers.score >= 5"], []),
    (["answers.score >= 0", "answers.score >= 7", ""], [1, 2]),
    (["", "answers.score >= 7"], [1]),
    (["answers.call", "not answers.call", ""], [2]),
    (["answers.parts is none", "answers.parts is not none", ""], [2]),
    (["'speed' in answers.parts", "'price' in answers.parts", ""], []),
    (["answers.plan == 'gold'", "answers.plan == 'silver'", ""], [2]),
    (["contact.plan == 'a'", "contact.plan in ('a', 'b')", "contact.plan == 'b'"], [2]),
    (["contact.plan == 'a'", "contact.plan != 'a'", ""], []),
    (["true", "answers.call"], [1]),
    (["days_since(answers.day) > 3", "days_since(answers.day) > 3"], []),
]


@pytest.mark.parametrize(("ways", "dead"), LATER)
def test_what_stands_before_makes_ways_dead(ways: list[str], dead: list[int]) -> None:
    """The later way is told, at its condition or its step."""
    lines = [
        f'      - {{when: "{each}", to: end}}\n' if each else "      - else: end\n"
        for each in ways
    ]
    source = f"{HEAD}  b:\n    branch:\n{''.join(lines)}"
    first = source.count("\n") - len(ways) + 1
    shown = [f"{first + n}:{16 if ways[n] else 15}" for n in dead]
    assert [each.split(" ")[0] for each in told(source)] == shown


WAYS: Final = [
    ("answer: nps, go: {promoter: end, passive: end, detractor: end, else: end}", 78),
    ("answer: yes_no, go: {yes: end, no: end, else: end}", 55),
    ("answer: yes_no, optional: yes, go: {yes: end, no: end, else: end}", None),
    ("answer: yes_no, then: {yes: {tag: a}, no: {tag: b}, else: {tag: c}}", 67),
    ("answer: text, go: {else: end}", None),
    ("answer: rating, min: 1, max: 5, go: {else: end}", None),
]


@pytest.mark.parametrize(("asked", "column"), WAYS)
def test_an_else_that_nothing_comes_to_is_told(asked: str, column: int | None) -> None:
    """Where every answer is named, and the question cannot be skipped."""
    found = told(f"flow: a\nsteps:\n  q: {{ask: A, {asked}}}\n")
    words = "nothing is left for 'else': every answer is named; leave it out"
    assert found == ([f"3:{column} {words}"] if column else [])


def test_what_a_way_was_taken_by_still_holds_behind_it() -> None:
    """Also where several ways join, and not where the question is asked again."""
    source = """\
flow: a
steps:
  q: {ask: A, answer: nps, go: {promoter: one, passive: two, detractor: three}}
  one: {say: A, go: join}
  two: {say: B, go: join}
  three: {say: C, go: end}
  join:
    branch:
      - {when: answers.q < 7, to: end}
      - {when: answers.q == 7, to: three}
"""
    words = "this never holds here: 'answers.q' can only be 7 to 10"
    assert told(source) == [f"9:16 {words}"]
    assert told(source.replace("{say: C, go: end}", "{say: C, go: q}")) == []


ROUND: Final = """\
flow: a
steps:
  q: {ask: A, answer: nps, go: {detractor: one, else: two}}
  one: {ask: B, answer: yes_no, go: q}
  two:
    ask: C
    answer: yes_no
    go:
      - {when: answers.q < 7, to: low}
      - {when: answers.two, to: q}
      - else: end
  low: {say: Low, go: end}
"""


def test_going_back_on_a_circle_meets_the_answer_of_another_round() -> None:
    """So what holds on the first round is not said of a question asked again."""
    chat = Chat(ROUND)
    chat.begin("a")
    chat.tap("q", "9")
    chat.tap("two", "yes")
    chat.tap("q", "3")
    assert chat.talk.asks == "one"
    assert chat.tap("two", "no") == ["Low"]
    assert told(ROUND) == []


INNER: Final = """\
flow: b
steps:
  q: {ask: A, answer: nps, go: {promoter: good, else: end}}
  good:
    ask: B
    answer: yes_no
    go: [{when: answers.q < 7, to: low}, {else: end}]
  low: {say: Low, then: [{tag: low}], go: end}
"""


def test_going_back_meets_the_answer_of_another_run() -> None:
    """A flow that others run may be run twice, and its answers are of the last run."""
    steps = "  one: {run: b}\n  two: {run: b}\n  three: {ask: C, answer: nps}\n"
    outer = f"flow: a\nsteps:\n{steps}"
    chat = Chat(outer, INNER)
    chat.begin("a")
    chat.tap("b.q", "9")
    chat.tap("b.good", "yes")
    chat.tap("b.q", "3")
    assert chat.talk.asks == "three"
    chat.tap("b.good", "no")
    assert [each.tag for each in chat.told(TagAdded)] == ["low"]
    assert told(INNER, outer) == []
    assert len(told(INNER)) == 1


TRIGGERS: Final = [
    ("{event: order.paid, when: event.total > 3 and event.total < 3}", 34),
    ("{event: order.paid, when: contact.plan == 'a' and contact.plan == 'b'}", 34),
    ("{event: order.paid, when: event.total > 3 and contact.plan == 'b'}", None),
    ("{event: order.paid, when: event.total is none}", None),
    ("{event: order.paid}", None),
]


@pytest.mark.parametrize(("trigger", "column"), TRIGGERS)
def test_a_trigger_that_never_starts_is_told(trigger: str, column: int | None) -> None:
    """At its condition."""
    found = told(f"flow: a\ntriggers: [{trigger}]\nsteps:\n  one: {{say: A}}\n")
    assert [each.split(" ")[0] for each in found] == (
        [f"2:{column + 4}"] if column else []
    )


# ── whatever is written ──────────────────────────────────────────────────────────

LINES: Final = [
    line
    for path in examples.FLOWS
    for line in path.read_text(encoding="utf-8").splitlines()
]
SCRAPS: Final = st.sampled_from(
    [
        *LINES,
        "    go: nowhere",
        "    go: score",
        "    run: nps",
        "    wait: 25 hours",
        "    go: [{when: answers.score > 3, to: score}, {else: thanks}]",
        "    branch: [{when: len(answers.improve) > answers.score, to: improve}]",
        "      - start: {flow: nps, wait: 1 hour}",
        "    answer: number",
        "    answer: choices",
        "    unless_said: score",
        "remind_after: [30 days, 1 hour]",
        "once_every: 1 hour",
    ]
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.integers(0, len(LINES)), st.booleans(), SCRAPS), max_size=8),
    st.sampled_from(range(len(examples.FLOWS))),
)
def test_whatever_is_changed_no_rule_breaks(
    changes: list[tuple[int, bool, str]], which: int
) -> None:
    """Lines lost, doubled and misplaced end in problems at lines of the file."""
    lines = examples.FLOWS[which].read_text(encoding="utf-8").splitlines()
    for place, adds, scrap in changes:
        lines[place % len(lines) : place % len(lines) + (not adds)] = [scrap]
    others = [load_flow(p.name, p.read_bytes()) for p in examples.FLOWS]
    others[which] = load_flow("0.yaml", "\n".join(lines).encode())
    for problem in check(others, replace(WORLD, templates={})):
        if problem.path == "0.yaml":
            assert 1 <= problem.line <= len(lines)


OPTIONS: Final = ", ".join(
    f"{letter}: {letter}" for letter in string.ascii_lowercase[:8]
)


def test_the_largest_flow_is_little_work() -> None:
    """Conditions that are asked and places that are met are bounded, and so is time."""
    asks = "".join(
        f"  q{n}: {{ask: A, answer: choices, options: {{{OPTIONS}}}}}\n"
        for n in range(100)
    )
    branches = "".join(
        f"  b{n}:\n    branch:\n"
        f"      - when: len(answers.q{n}) > len(answers.q{99 - n})"
        f" and len(answers.q{n // 2}) > 3\n        to: q{n}\n"
        for n in range(100)
    )
    document = load_flow("a.yaml", f"flow: a\nsteps:\n{asks}{branches}".encode())
    assert document.flow is not None
    flows = by_name([document])
    world = replace(WORLD, templates={})
    for rule in RULES:
        assert len(list(rule(document, flows, world))) < 1000
    known = shared(flows, world)
    assert 0 < known.ways(document.flow).tries <= MOST_TRIES + MOST
    assert 0 < known.silences().places <= MOST_PLACES
