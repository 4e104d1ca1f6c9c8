"""What Mermaid gets is a flowchart, and never more than words within its quotes."""

import re
from typing import Final

import pytest
from hypothesis import given

from flows.language.drawing.mermaid import LONGEST, escaped, mermaid
from flows.language.drawing.nodes import Picture
from flows.language.drawing.picture import picture_of
from flows.language.model import Flow
from tests.flows.language.drawing.flows import FLOWS, HOSTILE, SOME

KEY: Final = r"(?:start|step|end|missing)_[a-z0-9_]+"
WORDS: Final = r'"((?:[^"<>&%`{}\[\]:;\x00-\x1f]|<br/>|#\d+;)*)"'
SHAPES: Final = (
    r"\(\[{}\]\)", r"\[{}\]", r"\[/{}/\]", r"\{{{}\}}", r"\[\[{}\]\]",
    r"\{{\{{{}\}}\}}", r"\[\({}\)\]", r"\(\({}\)\)", r">{}\]",
)  # fmt: skip
NODES: Final = [
    re.compile(f"    ({KEY}){shape.format(WORDS)}") for shape in reversed(SHAPES)
]
EDGE: Final = re.compile(rf"    ({KEY}) -->(?:\|{WORDS}\|)? ({KEY})")


def decoded(words: str) -> str:
    """Return what a reader of the chart sees."""
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), words)


def read(text: str) -> tuple[dict[str, list[str]], list[tuple[str, str, str]]]:
    """Read a chart by its grammar: nodes with their lines, and edges."""
    head, *lines = text.split("\n")
    assert head == "flowchart TD"
    assert lines.pop() == ""
    nodes: dict[str, list[str]] = {}
    edges = []
    for line in lines:
        if found := EDGE.fullmatch(line):
            edges.append((found[1], decoded(found[2] or ""), found[3]))
            continue
        node = next((n for each in NODES if (n := each.fullmatch(line))), None)
        assert node, f"neither node nor edge: {line}"
        assert node[1] not in nodes
        nodes[node[1]] = [decoded(each) for each in node[2].split("<br/>")]
    return nodes, edges


def expected(picture: Picture) -> list[tuple[str, str, str]]:
    """Return the edges that a chart of this picture has."""
    return [(e.source, ", ".join(e.labels), e.target) for e in picture.edges]


@SOME
@given(flow=FLOWS)
def test_any_flow_gives_a_chart(flow: Flow) -> None:
    """Every line is a node or an edge; nodes, edges and words are the picture's."""
    picture = picture_of(flow)
    nodes, edges = read(mermaid(picture))
    assert edges == expected(picture)
    assert list(nodes) == [node.key for node in picture.nodes]
    for node in picture.nodes:
        words = node.words
        cut = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
        causes = [f"→ {cause}" for cause in node.causes]
        below = [cut, *causes] if words else causes
        assert nodes[node.key][-len(below) - 1 :] == [node.name, *below]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_come_out_as_they_went_in(words: str) -> None:
    """No sign within the quotes means anything to Mermaid, Markdown or HTML."""
    safe = escaped(words)
    assert decoded(safe) == words
    assert not re.search(r'["<>&%`{}\[\]:*_@=~|^\\ﬂ¶]|^[-+]|\d[.)]', safe)
    assert safe.isprintable()
