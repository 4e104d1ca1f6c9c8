"""Each rule finds its mistake at the right line, and leaves sound flows alone."""

from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from typing import Final

import pytest
from hypothesis import given, strategies as st

from bot.errors import Problem
from bot.model.programme import Programme, Reward
from bot.model.world import World
from flows.language.check import (
    MOST_PROBLEMS,
    check,
    check_talks,
    name_of,
    problems_of,
)
from flows.language.document import FlowDocument, load_flow, load_talks
from flows.language.model import Ask
from flows.language.paths import outcomes, successors
from tests import examples

FLOWS: Final = Path(__file__).parents[3] / "flows"
WORLD: Final = World(
    brand="Acme",
    languages=("en", "es"),
    teams=("support",),
    programmes={
        "friends": Programme(
            name="friends",
            shop_link="https://shop.example/",
            friend_reward=Reward(amount="10.00", unit="EUR", says={"en": "€10 off"}),
            referrer_reward=Reward(amount="10.00", unit="EUR", says={"en": "€10"}),
            hold=timedelta(days=14),
        ),
        "bare": Programme(name="bare"),
    },
    attributes={"plan": "text", "renewal_on": "date"},
    events={
        "order.delivered": {"order": "text", "total": "number"},
        "order.paid": {"order": "text", "total": "number"},
    },
    review_links={"google": "https://maps.example/acme"},
)


def loaded(source: str, name: str = "a.yaml") -> FlowDocument:
    """Return a flow that loads without problems of its own."""
    document = load_flow(name, dedent(source).encode())
    assert document.problems == ()
    return document


def found(*sources: str) -> list[Problem]:
    """Return what the rules find in these flows together."""
    documents = [loaded(source, f"{n}.yaml") for n, source in enumerate(sources)]
    return check(documents, WORLD)


STEPS: Final = "flow: a\nsteps:\n"

BROKEN: Final = [
    (
        "ways to nowhere",
        """\
        flow: a
        steps:
          one: {ask: How?, answer: nps, go: {promoter: twoo, else: end}}
          two:
            branch:
              - when: answers.one > 3
                to: thre
              - else: fin
          three: {say: Bye, go: ende}
        """,
        [
            ("unknown-step", 3, 48),
            ("unknown-step", 7, 13),
            ("unknown-step", 8, 15),
            ("unknown-step", 9, 25),
        ],
    ),
    (
        "flows that are not there",
        """\
        flow: a
        steps:
          one: {run: b}
          two:
            say: Bye
            then:
              - start: c
              - start: {flow: d, wait: 2 days}
        """,
        [
            ("unknown-flow", 3, 14),
            ("unknown-flow", 7, 16),
            ("unknown-flow", 8, 23),
        ],
    ),
    (
        "names that config.yaml does not declare",
        """\
        flow: a
        team: suport
        triggers:
          - event: order.canceled
            when: event.total > 3
          - date: birthday
          - referral: frends
        steps:
          one:
            say: Hello
            then:
              - open_case: {team: sales}
              - alert: boss
              - alert: {team: chief}
              - set: {colour: red}
              - award: enemies
        """,
        [
            ("unknown-team", 2, 7),
            ("unknown-event", 4, 12),
            ("unknown-attribute", 6, 11),
            ("unknown-programme", 7, 15),
            ("unknown-team", 12, 27),
            ("unknown-team", 13, 16),
            ("unknown-team", 14, 23),
            ("unknown-attribute", 15, 15),
            ("unknown-programme", 16, 16),
        ],
    ),
    (
        "a date trigger on a text",
        """\
        flow: a
        triggers:
          - date: plan
        steps:
          one: {say: Hello}
        """,
        [("wrong-type", 3, 11)],
    ),
    (
        "conditions of unknown names and wrong types",
        """\
        flow: a
        triggers:
          - event: order.delivered
            when: event.amount >= 20
          - event: order.paid
            when: answers.score > 3
        steps:
          score: {ask: How?, answer: nps}
          branch:
            branch:
              - {when: 'answers.scor > 3 and contact.plam == "pro"', to: end}
              - {when: answers.score == "9", to: end}
              - when: contact.plan
                to: end
              - when: event.total > 3 and event.total > "4"
                to: end
              - else: end
        """,
        [
            ("unknown-name", 4, 11),
            ("unknown-name", 6, 11),
            ("unknown-name", 11, 17),
            ("unknown-attribute", 11, 38),
            ("wrong-type", 12, 16),
            ("wrong-type", 13, 15),
            ("wrong-type", 15, 35),
        ],
    ),
    (
        "texts of unknown names",
        """\
        flow: a
        languages: [en, es]
        steps:
          one:
            say:
              en: Hi {contact.nick|you}
              es: Hola {answers.two|3}
          two:
            say:
              en: "Rate us: {brand.review_links.googel}"
              es: "{programme.friend_reward}{referral.link}{event.total|1}"
        """,
        [
            ("unknown-attribute", 6, 15),
            ("unknown-name", 7, 17),
            ("unknown-name", 10, 22),
            ("unknown-name", 11, 13),
            ("unknown-name", 11, 38),
            ("unknown-name", 11, 53),
        ],
    ),
    (
        "an invitation before it is made",
        """\
        flow: a
        triggers: [{command: a}]
        steps:
          one: {say: "See {referral.link}"}
          two: {refer: friends, say: "{referral.link}", share: Come}
          three: {say: "{referral.code}"}
        """,
        [("unknown-name", 4, 20)],
    ),
    (
        "two programmes",
        """\
        flow: a
        triggers: [{referral: friends}]
        steps:
          one: {refer: bare, say: Here, share: Come}
        """,
        [("two-programmes", 4, 16)],
    ),
    (
        "outcomes that cannot be",
        """\
        flow: a
        steps:
          one:
            ask: How?
            answer: csat
            then: {detractor: {tag: sad}}
            go: {promoter: end, skipped: end, else: end}
          two:
            ask: Which?
            answer: choice
            options: {x: X, y: Y}
            go: {x: end, z: end, else: end}
          three: {say: Bye, go: {yes: end, else: end}}
        """,
        [
            ("unknown-outcome", 6, 12),
            ("unknown-outcome", 7, 10),
            ("unknown-outcome", 7, 25),
            ("unreachable", 8, 3),
            ("unknown-outcome", 12, 18),
            ("unreachable", 13, 3),
            ("unknown-outcome", 13, 26),
        ],
    ),
    (
        "languages left out",
        """\
        flow: a
        languages: [en, es]
        triggers:
          - keyword: {en: hi, fr: salut}
        reminder: Still there?
        steps:
          one:
            ask: {en: Which?}
            answer: choice
            options:
              x: X
              y: {label: {en: Yes}, aliases: {de: [ja]}}
            then:
              - set: {plan: pro}
          two:
            say: "{brand.name}: 10 %"
        """,
        [
            ("unknown-language", 4, 23),
            ("missing-language", 5, 1),
            ("limits-clash", 5, 11),
            ("missing-language", 8, 5),
            ("missing-language", 11, 7),
            ("missing-language", 12, 11),
            ("unknown-language", 12, 39),
        ],
    ),
    (
        "values that may be absent",
        """\
        flow: a
        triggers: [{event: order.paid}, {command: a}]
        steps:
          one:
            ask: "{contact.first_name}, {answers.one}"
            answer: nps
            go: {promoter: two, else: three}
          two: {ask: "{answers.one} {event.total}", answer: text, go: three}
          three:
            say: "{answers.one} {answers.two} {contact.plan} {referrer.first_name}"
            go: end
        """,
        [
            ("missing-fallback", 5, 12),
            ("missing-fallback", 5, 34),
            ("missing-fallback", 8, 30),
            ("missing-fallback", 10, 26),
            ("missing-fallback", 10, 40),
            ("missing-fallback", 10, 55),
        ],
    ),
    (
        "rewards that a programme has not",
        """\
        flow: a
        triggers: [{referral: bare}]
        steps:
          one: {say: "{programme.friend_reward} {programme.name} {referral.code}"}
        """,
        [("missing-fallback", 4, 16)],
    ),
    (
        "what optional questions leave",
        """\
        flow: a
        steps:
          one:
            ask: Why?
            answer: text
            optional: yes
            then: [{emit: {event: said, with: {why: "{answers.one}"}}}]
          two:
            ask: Why?
            answer: text
            then: [{emit: {event: said, with: {why: "{answers.two}"}}}]
        """,
        [("missing-fallback", 7, 47)],
    ),
    (
        "a step never reached",
        """\
        flow: a
        steps:
          one: {say: Hi, go: end}
          two: {say: Bye}
        """,
        [("unreachable", 4, 3)],
    ),
    (
        "falling into a step that others name",
        """\
        flow: a
        steps:
          one: {ask: How?, answer: csat, go: {unsatisfied: three}}
          two: {say: Fine}
          three: {say: Bye}
        """,
        [("falling-through", 4, 3)],
    ),
    (
        "questions that do not fit their kind",
        """\
        flow: a
        steps:
          one: {ask: A, answer: choice, options: {x: X}}
          two: {ask: B, answer: text, options: {x: X, y: Y}, low: bad}
          three: {ask: C, answer: consent, min: 1}
          four: {ask: D, answer: nps, topic: news, after_two_misses: skip}
        """,
        [
            ("missing-options", 3, 25),
            ("unused-key", 4, 31),
            ("unused-key", 4, 54),
            ("missing-topic", 5, 27),
            ("unused-key", 5, 36),
            ("unused-key", 6, 31),
            ("not-optional", 6, 62),
        ],
    ),
    (
        "bounds that make no sense",
        """\
        flow: a
        steps:
          one: {ask: A, answer: rating, min: 1}
          two: {ask: B, answer: rating, min: 1.5, max: 5}
          three: {ask: C, answer: rating, min: 1, max: 101}
          four: {ask: D, answer: number, min: 5, max: 5}
        """,
        [
            ("wrong-range", 3, 25),
            ("wrong-range", 4, 38),
            ("wrong-range", 5, 48),
            ("wrong-range", 6, 47),
        ],
    ),
    (
        "comments that nobody made",
        """\
        flow: a
        steps:
          one: {ask: A, answer: text, unless_said: three}
          two: {ask: B, answer: text, unless_said: one}
          three: {ask: C, answer: nps, unless_said: thre}
          four: {ask: D, answer: number, unless_said: three}
        """,
        [
            ("wrong-step", 3, 44),
            ("wrong-step", 4, 44),
            ("unknown-step", 5, 45),
            ("wrong-step", 6, 47),
        ],
    ),
    (
        "names with a meaning of their own",
        """\
        flow: a
        steps:
          else: {ask: A, answer: choice, options: {skipped: X, y: Y}}
          end: {say: Bye}
        """,
        [("reserved-name", 3, 3), ("reserved-name", 3, 44), ("reserved-name", 4, 3)],
    ),
    (
        "labels that look the same",
        """\
        flow: a
        languages: [en, es]
        steps:
          one:
            ask: {en: A?, es: A?}
            answer: choice
            options:
              x: {en: No, es: No}
              y: {label: {en: Yes, es: "no "}}
        """,
        [("equal-labels", 9, 32)],
    ),
]


@pytest.mark.parametrize(
    ("source", "expected"),
    [pytest.param(source, expected, id=name) for name, source, expected in BROKEN],
)
def test_mistakes_are_found_where_they_stand(
    source: str, expected: list[tuple[str, int, int]]
) -> None:
    """All mistakes of a file are told, each with its code, line and column."""
    problems = [(each.code, each.line, each.column) for each in found(source)]
    assert problems == expected


def test_the_example_flows_are_clean() -> None:
    """The flows that everybody starts from have no problem at all."""
    documents = [load_flow(p.name, p.read_bytes()) for p in examples.FLOWS]
    assert [problem for each in documents for problem in each.problems] == []
    assert check(documents, WORLD) == []
    tests = [load_talks(p.name, p.read_bytes()) for p in examples.TALKS]
    assert check_talks(tests, documents) == []


def test_likely_names_are_suggested() -> None:
    """Somebody who mistypes a step is told the one they meant."""
    (problem,) = found(STEPS + "  one: {say: Hi, go: enf}")
    assert problem.suggestion == "end"
    assert str(problem).endswith("did you mean 'end'? [unknown-step]")


def test_an_unknown_event_brings_the_lines_to_add() -> None:
    """The suggestion can be put into config.yaml as it is."""
    (problem,) = found(
        """\
        flow: a
        triggers:
          - event: order.lost
            when: event.total > 3
        steps:
          one: {say: "Lost: {event.order}"}
        """
    )
    assert problem.suggestion == "events:\n  order.lost: {total: number, order: text}"


def test_warnings_are_warnings() -> None:
    """A step that is never reached or fallen into does not stop a flow."""
    problems = found(STEPS + "  one: {say: Hi, go: end}\n  two: {say: Bye}")
    assert [each.severity for each in problems] == ["warning"]


INNER: Final = """\
flow: b
languages: [en, es]
steps:
  sure: {ask: {en: A, es: A}, answer: nps, go: {promoter: maybe, else: end}}
  maybe: {ask: {en: B, es: B}, answer: text, go: end}
"""


def test_answers_of_flows_run_inside_are_known() -> None:
    """They are `flow.step`, and sure where every way through that flow asks them."""
    outer = """\
    flow: a
    steps:
      one: {run: b}
      two: {say: "{answers.b.sure} {answers.b.maybe} {answers.b.none}"}
    """
    problems = [(each.code, each.column) for each in found(outer, INNER)]
    assert problems == [("missing-fallback", 33), ("unknown-name", 51)]


def test_a_broken_flow_still_has_its_name() -> None:
    """Who runs a flow that has an error of its own is not told that it is missing."""
    outer = loaded(STEPS + '  one: {run: b}\n  two: {say: "{answers.b.x|y}"}')
    broken = load_flow("b.yaml", b"flow: b\nsteps:\n  one: {sya: Hi}\n")
    assert broken.flow is None
    assert name_of(broken) == "b"
    assert check([outer, broken], WORLD) == []


def test_a_flow_cannot_run_itself() -> None:
    """Neither directly nor through others."""
    assert [
        (each.path, each.code)
        for each in found(
            STEPS + "  one: {run: a}",
            "flow: b\nsteps:\n  one: {run: c}",
            "flow: c\nsteps:\n  one: {run: b}",
        )
    ] == [
        ("0.yaml", "runs-itself"),
        ("1.yaml", "runs-itself"),
        ("2.yaml", "runs-itself"),
    ]


def test_a_flow_run_from_here_speaks_our_languages() -> None:
    """Otherwise some contacts would suddenly read a foreign language."""
    french = "flow: a\nlanguages: [en, fr]\nsteps:\n  one: {run: b}"
    (problem,) = found(french, INNER)
    assert (problem.code, problem.severity) == ("missing-language", "warning")
    assert "fr" in problem.message


def test_equal_names_are_told_at_the_later_file() -> None:
    """Two files cannot both be the flow of one name."""
    problems = found(STEPS + "  one: {say: Hi}", STEPS + "  one: {say: Ho}")
    assert [(each.path, each.code) for each in problems] == [("1.yaml", "equal-names")]


def test_events_are_sure_where_only_they_start_a_flow() -> None:
    """Where another flow or a command starts it as well, they are not."""
    source = """\
    flow: a
    triggers: [{event: order.paid}]
    steps:
      one: {say: "{event.total}"}
    """
    assert found(source) == []
    starter = "flow: b\nsteps:\n  one: {say: Hi, then: [{start: a}]}"
    assert [each.code for each in found(source, starter)] == ["missing-fallback"]


def test_tests_of_flows_are_checked() -> None:
    """A test of no flow, and an answer that nobody asks for, are mistakes."""
    flow = loaded(INNER)
    talks = (
        "flow: {}\ntests:\n  - name: A\n    talk: [bot: Hi]\n"
        "    leaves: {{answers: {{sur: 3}}}}"
    )
    ours = load_talks("b.test.yaml", talks.format("b").encode())
    theirs = load_talks("c.test.yaml", talks.format("c").encode())
    assert (ours.problems, theirs.problems) == ((), ())
    problems = [
        (each.path, each.code, each.line)
        for each in check_talks([ours, theirs], [flow])
    ]
    assert problems == [
        ("b.test.yaml", "unknown-name", 5),
        ("c.test.yaml", "unknown-flow", 1),
    ]


def test_ways_on_are_known() -> None:
    """What names the way is taken, and what nothing names goes on in file order."""
    flow = loaded(
        """\
        flow: a
        steps:
          one:
            ask: A
            answer: nps
            optional: yes
            go: {promoter: end, passive: two, detractor: two}
          skipped_one: {ask: B, answer: text, go: {else: two}}
          two: {branch: [{when: true, to: end}]}
          three: {ask: C, answer: text, go: [{when: true, to: two}, {else: end}]}
          four: {ask: D, answer: text, optional: yes, go: {skipped: end}}
        """
    ).flow
    assert flow is not None
    one = flow.steps["one"]
    assert isinstance(one, Ask)
    assert outcomes(one) == {"promoter", "passive", "detractor", "skipped"}
    assert successors(flow, "one") == ("end", "two", "skipped_one")
    assert successors(flow, "skipped_one") == ("two",)
    assert successors(flow, "two") == ("end", "three")
    assert successors(flow, "three") == ("two", "end")
    assert successors(flow, "four") == ("end",)


REFERENCE: Final = FLOWS.parent / "docs" / "reference" / "flow-language.md"


def test_the_flows_of_the_reference_are_clean() -> None:
    """Whoever copies a flow from the reference has one that works."""
    blocks = REFERENCE.read_text(encoding="utf-8").split("```yaml\n")[1:]
    sources = [block.partition("```")[0] for block in blocks]
    assert len(sources) >= 3
    documents = [loaded(source, f"{n}.yaml") for n, source in enumerate(sources)]
    assert problems_of(documents, (), WORLD) == []


EXAMPLE: Final = (FLOWS / "nps.yaml").read_text(encoding="utf-8").splitlines()
SCRAPS: Final = st.sampled_from(
    [
        *EXAMPLE,
        "    go: nowhere",
        "    run: nps",
        "    say: {answers.x}",
        "    answer: ces",
    ]
)


@given(st.lists(st.tuples(st.integers(0, len(EXAMPLE)), st.booleans(), SCRAPS)))
def test_a_flow_changed_at_random_is_checked(
    changes: list[tuple[int, bool, str]],
) -> None:
    """Lines lost, doubled and misplaced end in problems, each at a line of the file."""
    lines = list(EXAMPLE)
    for place, adds, scrap in changes[:8]:
        lines[place : place + (not adds)] = [scrap]
    document = load_flow("a.yaml", "\n".join(lines).encode())
    for problem in check([document], WORLD):
        assert 1 <= problem.line <= len(lines)


def test_many_mistakes_take_little_time() -> None:
    """A rule stops after two hundred of them, so that no file takes long to check."""
    steps = "".join(
        f"  s{n}: {{say: '{' '.join(f'{{answers.x{n}y{m}}}' for m in range(200))}'}}\n"
        for n in range(150)
    )
    problems = found(STEPS + steps)
    assert {each.code for each in problems} == {"unknown-name"}
    assert len(problems) == MOST_PROBLEMS
