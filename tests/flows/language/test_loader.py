"""The loader takes scalars as written and tells every mistake of writing, soon."""

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, strategies as st

from flows.language.document import load_flow, load_talks
from flows.language.loader import LARGEST, read
from flows.language.positions import Place
from flows.language.scalars import Braces, Plain
from flows.language.tree import DEEPEST

EXAMPLES = Path(__file__).parents[3] / "flows"


def told(source: str | bytes) -> list[str]:
    """Return each problem of a source as `line:column code`."""
    raw = source.encode() if isinstance(source, str) else source
    return [f"{p.line}:{p.column} {p.code}" for p in read("f.yaml", raw).problems]


@pytest.mark.parametrize(
    "written",
    [
        "9",
        "no",
        "010",
        "9:30",
        "1_000",
        ".inf",
        "2026-12-01",
        "0x9",
        "~",
        "on",
        "+1415",
    ],
)
def test_plain_scalars_stay_as_written(written: str) -> None:
    """YAML 1.1 would read each of these as something else; here all are text."""
    data = read("f.yaml", f"key: {written}".encode()).data
    assert data == {"key": written}
    assert isinstance(data["key"], Plain)


def test_scalars_remember_how_they_were_written() -> None:
    """Quoted texts are plain str; a comment after an unquoted one marks it as cut."""
    data = read("f", b"a: x # c\nb: 'x'\nc: x\nd: {e: f}\ng: |\n  x\nh: # c\n").data
    assert (data["a"].cut, data["c"].cut, data["h"].cut) == (True, False, True)
    assert type(data["b"]) is str
    assert type(data["g"]) is str
    assert isinstance(data["d"], Braces)
    assert not isinstance(data, Braces)


def test_positions_stand_beside_the_data() -> None:
    """Each value and each key has its line and column, counted from 1."""
    document = read(
        "f.yaml", b"\xef\xbb\xbfa: {b: \xf0\x9f\x8e\x89}\r\nc:\r\n  - d: x\r\n"
    )
    where = document.positions
    assert where.key(("a", "b")) == Place(1, 5)
    assert where.value(("a", "b")) == Place(1, 8)
    assert where.key(("c", 0, "d")) == Place(3, 5)
    assert where.value(("c", 0)) == Place(3, 5)
    assert where.value(("c", 0, "nowhere")) == Place(3, 5)


QUOTED = [
    ("say: {contact.first_name|Hi}, how are you?", 6),
    ("say: {contact.first_name} hi", 6),
    ("say: Note: read this", 6),
    ("say: Note:", 6),
    ("say: @you", 6),
    ("say: * star", 6),
    ("say: *star*", 6),
    ("say: *star", 6),
    ("say: &co", 6),
    ("say: &co and more", 6),
    ("say: !wow", 6),
    ("say: !wow nice", 6),
    ("say: > greater", 6),
    ("say: | pipe", 6),
    ("say: % off", 6),
    ("say: `tick`", 6),
    ("say: [a, b] and c", 6),
    ("say: - x", 6),
    ("say: ? what", 6),
    ("say: 'tis the season", 6),
    ('say: "Hi" she said', 6),
    ("  en: @you", 7),
    ("- say: @you", 8),
    ("- @you", 3),
    ("say: {en: @you, es: Hola}", 11),
    ("keyword: [refer, @you]", 18),
    ("- alert: {team: help, say: Look: here}", 28),
    ("a: {label: %x, aliases: [y]}", 12),
    ("b: {en: We are #1, es: Hola}", 9),
    ("say: Hello\n  Note: read this", 6),
    ("say: We are\n  the #1 in town\n  and happy", 6),
]


@pytest.mark.parametrize(("line", "column"), QUOTED)
def test_a_text_without_its_quotes_is_one_problem(line: str, column: int) -> None:
    """One diagnostic a text, at the text, however YAML stumbles over it."""
    assert told(line + "\n") == [f"1:{column} quote-text"]


def test_the_suggestion_is_the_text_in_quotes() -> None:
    """What the author has to write is spelt out, quotes and backslashes escaped."""
    document = read("f.yaml", b'say: "Hi" she said \\o/\n')
    assert document.problems[0].suggestion == r'"\"Hi\" she said \\o/"'
    assert document.data == {"say": r'"Hi" she said \o/'}


def test_one_missing_pair_of_quotes_hides_no_other_problem() -> None:
    """The file is read on as if the quotes were there, to its end."""
    source = "say: @you\nask: {name} hi\nlow: ok\nlow: x\nhigh: Well: yes\ngo: &a end\n"
    assert told(source) == [
        "1:6 quote-text",
        "2:6 quote-text",
        "4:1 equal-keys",
        "5:7 quote-text",
        "6:5 anchor",
    ]


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        ("a: 1\nb: 2\na: 3\n", ["3:1 equal-keys"]),
        ("a: {b: 1, b: 2}\n", ["1:11 equal-keys"]),
        ("go: *next\n", ["1:5 alias"]),
        ("steps: &s {a: b}\n", ["1:8 anchor"]),
        ("min: !!int 5\n", ["1:6 tag"]),
        ("? [a]\n: b\n", ["1:3 invalid-key"]),
        ("a: b\n---\nc: d\n", ["2:1 documents"]),
        ("a: b\n\tc: d\n", ["2:1 syntax"]),
        ("go: {a: b\n\n\n", ["1:5 syntax"]),
        ("say: Hello\n  go: end\n", ["2:5 syntax"]),
        ("then: {tag: a}, {tag: b}\n", ["1:15 syntax"]),
        ("a\n", []),
        ("a\nb: c\n", ["2:2 syntax"]),
        ("a: b\n   c: d\n  e: f\n", ["2:5 syntax"]),
        ("a: b\x07c\n", ["1:5 control-character"]),
        ("a: b\u2028c\u0085\n", ["1:5 control-character", "1:7 control-character"]),
        (b"a: b\nb: caf\xe9\n", ["2:7 encoding"]),
        ("a: b".encode("utf-16"), ["1:1 encoding"]),
        ("a: b".encode("utf-16-le"), ["1:1 encoding"]),
        ("", []),
        ("# only a comment\n", []),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    source: str | bytes, problems: list[str]
) -> None:
    """Each mistake of writing has a code, a line and a column."""
    assert told(source) == problems


def test_equal_keys_name_both_places() -> None:
    """The message tells where the key stood first; that one counts."""
    document = read("f.yaml", b"score: 1\nscore: 2\n")
    assert "1:1" in document.problems[0].message
    assert document.data == {"score": "1"}


def test_a_syntax_error_past_the_end_is_moved_to_the_last_line() -> None:
    """YAML's own place would be a line that no editor shows."""
    for source in ('a: [b,\n  "c\n\n\n', "a: [b\n", 'a:\n  - "b', "{a: b\n\n"):
        lines = source.rstrip("\n").count("\n") + 1
        assert all(int(each.split(":")[0]) <= lines for each in told(source))
        assert told(source)


@pytest.mark.parametrize(
    "source",
    [
        b"[" * 5000,
        b"a: " + b"{a: " * 5000,
        b"- " * 5000,
        b"x: y\n" * 2_000_000,
        b"[" + b"a," * (LARGEST // 2 - 2) + b"]",
        b"".join(b"k%d: @v\n" % number for number in range(80_000)),
        b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n",
        b'a: "' + b"x\n" * 400_000,
        bytes(range(128)) * 1000,
    ],
    ids=[
        "brackets",
        "braces",
        "dashes",
        "10MB",
        "wide",
        "faults",
        "bomb",
        "open",
        "odd",
    ],
)
def test_hostile_files_end_in_problems_soon(source: bytes) -> None:
    """Depth, size, number and tries are bounded, whatever the bytes."""
    began = perf_counter()
    document = read("f.yaml", source)
    assert perf_counter() - began < 5
    assert document.problems
    assert len(document.problems) < 250


def test_nesting_is_taken_as_deep_as_the_bound() -> None:
    """What is as deep as allowed is data; one deeper is a problem."""
    assert not told("[" * DEEPEST + "x" + "]" * DEEPEST)
    assert told("[" * (DEEPEST + 1) + "x" + "]" * (DEEPEST + 1)) == ["1:52 depth"]


MARKS = st.sampled_from(
    [
        *"{}[]a\"'&*!|>%@`,é\\\t\n\r",
        "---",
        ": ",
        "- ",
        " #",
        "? ",
        "say: ",
        "en: ",
        "  ",
    ]
)


@given(st.one_of(st.binary(), st.lists(MARKS, max_size=40).map("".join)))
def test_any_bytes_end_in_data_or_in_problems(source: bytes | str) -> None:
    """Nothing that can stand in a file raises, and no problem points outside it."""
    raw = source.encode() if isinstance(source, str) else source
    flow, talks = load_flow("f.yaml", raw), load_talks("f.test.yaml", raw)
    assert flow.flow or flow.problems
    assert talks.talks or talks.problems
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    for problem in (*flow.problems, *talks.problems):
        assert 1 <= problem.line <= lines
        assert problem.column >= 1


@given(st.integers(0, 4000), st.integers(0, 30), MARKS)
def test_any_change_to_a_real_flow_ends_in_data_or_in_problems(
    at: int, gone: int, put: str
) -> None:
    """A slip of the keyboard in a real flow is told, never raised."""
    source = (EXAMPLES / "nps.yaml").read_bytes()
    document = load_flow("nps.yaml", source[:at] + put.encode() + source[at + gone :])
    assert document.flow or document.problems
