"""How silent a contact may be at each message, case by case."""

from typing import Final

import pytest
from msgspec.structs import replace

from flows.language.check import check
from flows.language.check.ways.shared import shared
from flows.language.document import load_flow
from tests.engine.chat import WORLD
from tests.flows.language.test_window import loaded


def late(source: str, *others: str) -> list[str]:
    """Return the steps of the first flow that may be late, and `~` for reminders."""
    flows = loaded(source, *others)
    found = shared(flows, WORLD).silences().late(next(iter(flows)))
    return sorted(f"{'~' if each.reminder else ''}{each.step}" for each in found)


EVENT: Final = "triggers: [{event: order.paid}]\n"
WORD: Final = "triggers: [{keyword: hi}]\n"
ASKS: Final = "  one: {ask: A, answer: nps}\n  two: {ask: B, answer: text}\n"

CASES: Final = [
    ("what an event starts, up to the answer", EVENT, ASKS, ["one"]),
    ("what the contact asks for", WORD, ASKS, []),
    ("what nobody says who starts", "", ASKS, []),
    (
        "a reminder after a day",
        WORD + "remind_after: 24 hours\n",
        ASKS,
        ["~one", "~two"],
    ),
    ("a reminder just before", WORD + "remind_after: 23 hours\n", ASKS, []),
    (
        "a reminder that the end forestalls",
        WORD + "remind_after: 30 hours\nexpire_after: 28 hours\n",
        ASKS,
        [],
    ),
    (
        "waits that add up",
        WORD,
        (
            "  one: {wait: 13 hours}\n  two: {say: A}\n  three: {wait: 11 hours}\n"
            "  four: {say: B}\n"
        ),
        ["four"],
    ),
    (
        "an answer between two waits",
        WORD,
        (
            "  one: {wait: 13 hours}\n  two: {ask: A, answer: nps}\n"
            "  three: {wait: 11 hours}\n  four: {say: B}\n"
        ),
        [],
    ),
    (
        "a comment that takes the place of an answer",
        WORD,
        (
            "  one: {ask: A, answer: nps}\n  two: {wait: 24 hours}\n"
            "  three: {ask: B, answer: text, unless_said: one}\n  four: {say: C}\n"
        ),
        ["four", "three"],
    ),
    (
        "a comment that was taken before",
        WORD,
        (
            "  one: {ask: A, answer: nps}\n"
            "  two: {ask: B, answer: text, unless_said: one}\n"
            "  three: {wait: 23 hours}\n"
            "  four: {ask: C, answer: text, unless_said: one}\n"
            "  five: {wait: 2 hours}\n"
            "  six: {say: D}\n"
        ),
        [],
    ),
    (
        "a circle of waits",
        WORD,
        (
            "  one: {say: A}\n  two: {wait: 1 hour}\n"
            "  three: {branch: [{when: contact.plan is none, to: one}, {else: end}]}\n"
        ),
        ["one"],
    ),
    (
        "a wait on a way that nothing takes",
        WORD,
        (
            "  one: {ask: A, answer: nps, go: [{when: answers.one > 10, to: two}, "
            "{else: three}]}\n  two: {wait: 2 days}\n  three: {say: B}\n"
        ),
        [],
    ),
]


@pytest.mark.parametrize(
    ("head", "steps", "expected"), [pytest.param(*c[1:], id=c[0]) for c in CASES]
)
def test_silence_is_reckoned(head: str, steps: str, expected: list[str]) -> None:
    """Each case leaves exactly these messages to a template."""
    assert late(f"flow: a\n{head}steps:\n{steps}") == expected


STARTS: Final = [
    ("at once", "  one: {say: A, then: [{start: a}]}\n", []),
    (
        "a day later",
        "  one: {say: A, then: [{start: {flow: a, wait: 1 day}}]}\n",
        ["one"],
    ),
    (
        "when a question may stay unanswered",
        (
            "  one: {ask: A, answer: nps, then: [{start: a}]}\n"
            "  two: {ask: B, answer: nps}\n"
        ),
        ["one"],
    ),
    (
        "when all is answered",
        (
            "  one: {ask: B, answer: nps}\n"
            "  two: {ask: A, answer: nps, then: [{start: a}]}\n"
        ),
        [],
    ),
]


@pytest.mark.parametrize(
    ("steps", "expected"), [pytest.param(*c[1:], id=c[0]) for c in STARTS]
)
def test_silence_before_what_another_flow_starts(
    steps: str, expected: list[str]
) -> None:
    """A flow that another starts begins as silent as that talk ends."""
    mine = f"flow: a\nsteps:\n{ASKS}"
    assert late(mine, f"flow: b\n{WORD}steps:\n{steps}") == expected


def test_a_flow_run_inside_is_as_silent_as_the_one_around() -> None:
    """And the reminders of the one around hold for its questions."""
    outer = (
        f"flow: b\n{WORD}remind_after: 2 days\nsteps:\n"
        "  one: {wait: 2 days}\n  two: {run: a}\n"
    )
    inner = f"flow: a\nremind_after: 3 days\nsteps:\n{ASKS}"
    assert late(inner, outer) == ["one", "~one", "~two"]
    assert late(inner, outer.replace("remind_after: 2 days\n", "")) == ["one"]


def test_a_template_in_each_language_is_enough() -> None:
    """What lacks is named, and a language is enough for its regions."""
    source = f"flow: a\nlanguages: [en, es-MX]\n{EVENT}steps:\n  one: {{say: '1'}}\n"
    document = load_flow("a.yaml", source.encode())

    def told(**templates: str) -> list[str | None]:
        world = replace(WORLD, templates={"a.one": templates})
        return [
            each.suggestion
            for each in check([document], world)
            if each.code == "no-template"
        ]

    assert told() == ["templates:\n  a.one: {en: HX…, es-MX: HX…}"]
    assert told(en="HX1") == ["templates:\n  a.one: {es-MX: HX…}"]
    assert told(en="HX1", es="HX2") == []
    assert [each.code for each in check([document], WORLD)] == []


def test_silence_that_grows_in_a_ring_of_flows_never_ends() -> None:
    """Two flows that start one another each hour are late sooner or later."""
    start = "{{start: {{flow: {}, wait: 1 hour}}}}"
    ring = f"flow: {{}}\n{{}}steps:\n  one: {{{{say: A, then: [{start}]}}}}\n"
    mine, other = ring.format("a", WORD, "b"), ring.format("b", "", "a")
    assert late(mine, other) == ["one"]
    assert late(other, mine) == ["one"]
