"""A flow under another name does the same, and its file looks the same."""

from collections.abc import Sequence

import pytest

from flows.language.renaming import renamed

FLOW = """\
# ñandú: a comment stays
flow: "old"   # so does this one
title: The old flow
languages: [en, es]
triggers:
  - keyword: {en: ['go on', old], es: [reseña]}
  - keyword: old
  - event: order.old
steps:
  old:
    ask: Is it old?
    answer: yes_no
    then:
      yes: {start: old}
      no:
        - start: {flow: old, wait: 2 days}
        - start: other
    go: old
"""


def lines(before: str, after: bytes) -> list[tuple[str, str]]:
    """Return the lines that differ, as they were and as they are."""
    pairs = zip(before.splitlines(), after.decode().splitlines(), strict=True)
    return [(old.strip(), new.strip()) for old, new in pairs if old != new]


def test_wherever_a_flow_speaks_of_itself() -> None:
    """Its name changes where it means the flow, and nowhere else."""
    assert lines(FLOW, renamed(FLOW.encode(), "new_one")) == [
        ('flow: "old"   # so does this one', "flow: new_one   # so does this one"),
        ("yes: {start: old}", "yes: {start: new_one}"),
        (
            "- start: {flow: old, wait: 2 days}",
            "- start: {flow: new_one, wait: 2 days}",
        ),
    ]


def test_keywords() -> None:
    """A keyword becomes another, whatever quotes it stands in; the others stay."""
    after = renamed(FLOW.encode(), "old", keywords={"go on": "mine", "reseña": "mine"})
    assert lines(FLOW, after)[1:] == [
        (
            "- keyword: {en: ['go on', old], es: [reseña]}",
            "- keyword: {en: [mine, old], es: [mine]}",
        )
    ]


@pytest.mark.parametrize(
    ("languages", "line"),
    [
        (["es", "en"], "languages: [es, en]"),
        (["en", "es"], "languages: [en, es]"),
        (["es"], "languages: [en, es]"),
        ([], "languages: [en, es]"),
    ],
)
def test_languages(languages: Sequence[str], line: str) -> None:
    """The languages come in another order, but never more or fewer of them."""
    after = renamed(FLOW.encode(), "old", languages=languages).decode()
    assert line in after.splitlines()


def test_talks() -> None:
    """The tests of a flow follow it: what they start, and what they leave."""
    talks = """\
flow: old
tests:
  - name: old
    trigger: {keyword: old}
    talk: [{contact: old}]
    leaves: {started: [old, other], answers: {old: old}}
"""
    assert lines(talks, renamed(talks.encode(), "new", keywords={"old": "fresh"})) == [
        ("flow: old", "flow: new"),
        ("trigger: {keyword: old}", "trigger: {keyword: fresh}"),
        (
            "leaves: {started: [old, other], answers: {old: old}}",
            "leaves: {started: [new, other], answers: {old: old}}",
        ),
    ]
