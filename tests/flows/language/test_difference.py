"""What two revisions of a flow do differently, said in words of the field."""

from typing import Any

import pytest

from flows.language.difference import Difference, difference, steps_of

FLOW = """\
flow: nps
languages: [en]
triggers: [{keyword: feedback}]
steps:
  score:
    ask: How likely?
    answer: nps
    go: {detractor: why, else: thanks}
  why: {ask: Why?, answer: text}
  thanks: {say: Thanks.}
"""


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        ("# a comment", "", {}),
        ("", "# a comment\n", {}),
        ("keyword: feedback", "keyword: hello", {"about": ("triggers",)}),
        ("[en]", "[en, es]", {"about": ("languages",)}),
        ("steps:", "team: care\nsteps:", {"about": ("team",)}),
        ("How likely?", "How?", {"changed": {"score": ("question",)}}),
        ("answer: nps", "answer: csat", {"changed": {"score": ("kind nps → csat",)}}),
        ("else: thanks", "else: end", {"changed": {"score": ("go",)}}),
        (
            "answer: nps",
            "answer: choice\n    options: {a: A, b: B}",
            {"changed": {"score": ("kind nps → choice", "options")}},
        ),
        ("  why: {ask", "  reason: {ask", {"renamed": (("why", "reason"),)}),
        (
            "  thanks: {say: Thanks.}",
            "  bye: {say: Bye.}",
            {"added": ("bye",), "removed": ("thanks",)},
        ),
        (
            "thanks: {say: Th",
            "thanks: {ask: Th",
            {"changed": {"thanks": ("say → ask",)}},
        ),
        (
            "  why: {ask: Why?, answer: text}\n  thanks: {say: Thanks.}\n",
            "  thanks: {say: Thanks.}\n  why: {ask: Why?, answer: text}\n",
            {"reordered": True},
        ),
    ],
)
def test_what_differs(was: str, now: str, found: dict[str, Any]) -> None:
    """Each change is named once, and nothing else is."""
    old = FLOW if was in FLOW else f"{was}\n{FLOW}"
    new = FLOW.replace(was, now) if was in FLOW and was else f"{now}{FLOW}"
    assert difference(old.encode(), new.encode()) == Difference(**found)
    assert difference(old.encode(), old.encode()).nothing


@pytest.mark.parametrize(
    "source",
    [b"", b"\xff\xfe", b"flow: [", b"- 1", b"flow: x\nsteps: 3", b"a: &b [*b]"],
)
def test_what_cannot_be_read(source: bytes) -> None:
    """Of any bytes it says what can be read of them, and never breaks."""
    assert set(difference(FLOW.encode(), source).removed) == {"score", "why", "thanks"}
    assert set(difference(source, FLOW.encode()).added) == {"score", "why", "thanks"}
    assert steps_of(source) == frozenset()


def test_a_step_that_is_no_step() -> None:
    """A step that is only a word differs from one that is not."""
    broken = FLOW.replace("{say: Thanks.}", "Thanks")
    found = difference(FLOW.encode(), broken.encode())
    assert list(found.changed) == ["thanks"]
