"""What does not fit a flow is told in plain words, all at once, where it stands."""

from pathlib import Path

import pytest

from flows.language.document import hash_of, load_flow
from tests.examples import FLOWS

FLOW = "flow: f\nsteps:\n"


def told(source: str) -> list[str]:
    """Return each problem of a flow as `line:column code`."""
    problems = load_flow("f.yaml", source.encode()).problems
    return [f"{p.line}:{p.column} {p.code}" for p in problems]


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.name)
def test_the_examples_are_clean(path: Path) -> None:
    """Nothing is wrong with the flows that come with Voxpop."""
    document = load_flow(str(path), path.read_bytes())
    assert document.problems == ()
    assert document.flow


STEPS = [
    ("  a: {ask: x, asnwer: nps}", ["3:15 unknown-key"]),
    ("  a: {ask: x, answer: npps}", ["3:23 unknown-kind"]),
    ("  a: {ask: x}", ["3:3 missing-key"]),
    ("  a: {aks: x}", ["3:7 unknown-key"]),
    ("  a: {}", ["3:3 unknown-step-verb"]),
    ("  a: x", ["3:6 wrong-type"]),
    ("  a: {ask: x, answer: nps, say: y}", ["3:28 unknown-key"]),
    ("  a: {say: {contact.first_name}}", ["3:12 quote-text"]),
    ("  a: {say: {en: Hello, friend, es: Hola}}", ["3:17 quote-text"]),
    ("  a: {say: [x]}", ["3:12 quote-text"]),
    ("  a:\n    say: We are #1 in town", ["4:10 quote-text"]),
    ("  a:\n    say: #1 in town", ["4:10 quote-text"]),
    ("  a: {wait: 9}", ["3:13 invalid-duration"]),
    ("  a: {wait: 0 days}", ["3:13 out-of-range"]),
    ("  a: {wait: 11 years}", ["3:13 invalid-duration"]),
    ("  a: {wait: 999 weeks}", ["3:13 out-of-range"]),
    ("  a: {wait: 1_0 days}", ["3:13 invalid-duration"]),
    ("  a: {say: x, go: No where}", ["3:19 invalid-name"]),
    ("  A: {say: x}", ["3:3 invalid-name"]),
    ("  a: {ask: x, answer: rating, min: 1_000}", ["3:36 invalid-number"]),
    ("  a: {ask: x, answer: rating, min: 010}", ["3:36 invalid-number"]),
    ("  a: {ask: x, answer: rating, max: .inf}", ["3:36 invalid-number"]),
    ("  a: {ask: x, answer: nps, optional: on}", ["3:38 invalid-truth"]),
    ("  a: {say: x, then: [{tagg: y}]}", ["3:23 unknown-key"]),
    (
        "  a: {say: x, then: [{open_case: {team: t, urgency: hi}}]}",
        ["3:53 unknown-value"],
    ),
    ("  a: {say: x, go: *b}", ["3:19 alias"]),
    ("  a: {say: x, then: []}\n  b: []", ["4:6 wrong-type"]),
]


@pytest.mark.parametrize(("step", "problems"), STEPS)
def test_each_mistake_is_one_problem_at_its_place(
    step: str, problems: list[str]
) -> None:
    """Unknown and missing keys are told at a key, anything else at the value."""
    assert told(f"{FLOW}{step}\n") == problems


def test_all_problems_come_in_one_run() -> None:
    """Mistakes of writing and of meaning are told together, in file order."""
    source = (
        "flow: My flow\nlangages: [en]\ntriggers:\n  - keyward: hi\nonce_every: soon\n"
        "steps:\n  a:\n    say: @you\n  b:\n    ask: {name}, hi\n    answer: npss\n"
    )
    assert told(source) == [
        "1:7 invalid-name",
        "2:1 unknown-key",
        "4:5 unknown-key",
        "5:13 invalid-duration",
        "8:10 quote-text",
        "10:10 quote-text",
        "11:13 unknown-kind",
    ]


@pytest.mark.parametrize(
    ("source", "suggestion"),
    [
        (f"{FLOW}  a: {{ask: x, asnwer: nps}}", "answer"),
        (f"{FLOW}  a: {{ask: x, answer: npps}}", "nps"),
        (f"{FLOW}  a: {{sya: x}}", "say"),
        (f"{FLOW}  My step: {{say: x}}", "my_step"),
        (f"{FLOW}  a:\n    say: We are #1", '"We are #1"'),
        (f"{FLOW}  a: {{say: {{en: Hello, friend, es: Hola}}}}", '"Hello, friend"'),
        (f"{FLOW}  a: {{say: x, then: [{{open_case: {{tem: t}}}}]}}", "team"),
    ],
)
def test_the_likely_meaning_is_suggested(source: str, suggestion: str) -> None:
    """A near miss says what was probably meant, ready to be taken over."""
    problems = load_flow("f.yaml", source.encode()).problems
    assert [problem.suggestion for problem in problems] == [suggestion]


def test_messages_speak_plainly() -> None:
    """No word of the library that found the mistake reaches the author."""
    source = (
        f"{FLOW}  a: {{ask: x, answer: [1], min: x, go: {{a: [b]}}}}\ntriggers: 3\n"
    )
    for problem in load_flow("f.yaml", source.encode()).problems:
        assert not set(problem.message.split()) & {"Input", "input", "valid", "dict"}


def test_an_empty_file_says_so() -> None:
    """A file without anything in it is an error, not a flow without steps."""
    assert told("") == ["1:1 empty"]
    assert told("just words\n") == ["1:1 wrong-type"]


def test_the_hash_names_the_bytes_and_the_language() -> None:
    """Equal bytes are the same revision, others are not."""
    assert hash_of(b"a") == hash_of(b"a") != hash_of(b"b")
    assert len(hash_of(b"a")) == 20


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("    say: Hi {name}", "4:13"),
        ("    say: 'Hi {name}'", "4:14"),
        ('    say: "Hi\\n {name}"', "4:10"),
        ("    say: |\n      Hi\n      dear {name}", "6:12"),
        ("    say: >\n      Hi\n      dear {name}", "4:10"),
        ("    say: Hi\n      dear {name}", "4:10"),
    ],
)
def test_a_mistake_within_a_text_is_told_at_its_character(
    source: str, place: str
) -> None:
    """Where the line shows the text as it is, the place is the character's."""
    (found,) = load_flow("f.yaml", f"{FLOW}  a:\n{source}\n".encode()).problems
    assert f"{found.line}:{found.column}" == place


def test_each_verb_is_offered_once() -> None:
    """What an outcome causes may be one action or a list; its verbs are the same."""
    source = "flow: a\nsteps:\n  q: {ask: A, answer: csat, then: {neutral: happy}}\n"
    (problem,) = load_flow("a.yaml", source.encode()).problems
    assert problem.code == "wrong-type"
    assert problem.message.count("open_case") == 1
