"""A file may allow a problem that is meant, with a reason, where it stands."""

from textwrap import dedent
from typing import Final

import pytest
from hypothesis import given, strategies as st

from bot.model.world import World
from flows.language.allowed import comments
from flows.language.check import problems_of
from flows.language.codes import CODES
from flows.language.document import load_flow

HEAD: Final = """\
flow: a
steps:
  one: {ask: How?, answer: csat, go: {unsatisfied: three}}
"""


def told(source: str) -> list[str]:
    """Return each problem of a flow as `line:column code`."""
    document = load_flow("a.yaml", source.encode())
    problems = problems_of([document], (), World())
    return [f"{p.line}:{p.column} {p.code}" for p in problems]


ALLOWED: Final = [
    "  two: {say: Fine}  # lint: allow falling-through: all are thanked",
    "  # lint: allow falling-through: all are thanked\n  two: {say: Fine}",
    "  #lint:allow falling-through:all\n\n  # a remark\n  two: {say: Fine}",
    "  two: {say: Fine}  # lint: allow falling-through, unreachable: both",
]


@pytest.mark.parametrize("lines", ALLOWED)
def test_what_is_allowed_is_no_problem(lines: str) -> None:
    """At the end of the line, or alone above it; several codes share a reason."""
    assert told(f"{HEAD}  two: {{say: Fine}}\n  three: {{say: Bye}}\n") == [
        "4:3 falling-through"
    ]
    assert told(f"{HEAD}{lines}\n  three: {{say: Bye}}\n") == []


WRONG: Final = [
    ("# lint: allow falling-through", "invalid-allowance"),
    ("# lint: allow falling-through:", "invalid-allowance"),
    ("# lint: allow", "invalid-allowance"),
    ("# lint: ignore falling-through: no", "invalid-allowance"),
    ("# lint: allow falling-thru: no", "invalid-allowance"),
    ("# lint: allow unknown-step: no", "invalid-allowance"),
    ("# lint: allow unreachable: wrong code", "unused-allowance"),
]


@pytest.mark.parametrize(("comment", "code"), WRONG)
def test_a_wrong_allowance_is_told_and_allows_nothing(comment: str, code: str) -> None:
    """It is reported at the comment, and the problem stays."""
    found = told(f"{HEAD}  two: {{say: Fine}}  {comment}\n  three: {{say: Bye}}\n")
    assert found == ["4:3 falling-through", f"4:21 {code}"]


def test_an_allowance_that_nothing_needs_is_told() -> None:
    """So that reasons do not outlive what they excuse."""
    source = f"{HEAD}  three: {{say: Bye}}  # lint: allow unreachable: later\n"
    assert told(source) == ["4:22 unused-allowance"]


def test_a_broken_flow_is_not_told_what_is_unused() -> None:
    """The rules did not look into it, so nobody knows."""
    source = f"{HEAD}  three: {{sya: Bye}}  # lint: allow unreachable: later\n"
    assert told(source) == ["4:11 unknown-key"]


def test_words_are_no_comments() -> None:
    """What a text says to contacts allows nothing."""
    source = """\
    flow: a
    steps:
      one: {say: "Hi  # lint: allow unreachable: no"}
      two:
        say: |
          Hello
          # lint: allow unreachable: no
      three: {say: 'Hi
        # lint: allow unreachable: no'}
    """
    assert list(comments(dedent(source).encode())) == []
    assert told(dedent(source)) == []


@given(st.text(max_size=60), st.sampled_from(sorted(CODES)))
def test_any_comment_ends_in_problems(words: str, code: str) -> None:
    """Whatever stands behind `lint:`, a problem has a place in the file."""
    for said in (f"# lint: {words}", f"# lint: allow {code}: {words}"):
        source = f"{HEAD}  two: {{say: Fine}} {said}\n  three: {{say: Bye}}\n"
        document = load_flow("a.yaml", source.encode("utf-8", "replace"))
        for problem in problems_of([document], (), World()):
            assert 1 <= problem.line <= len(source.splitlines()) + 1
