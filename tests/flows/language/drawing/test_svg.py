"""An SVG is one picture, whatever the words of a flow are."""

from itertools import combinations
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given

from flows.language.document import load_flow
from flows.language.drawing.cards import SIZES, card_of
from flows.language.drawing.jumps import FARTHEST, shortened
from flows.language.drawing.nodes import Node
from flows.language.drawing.picture import picture_of
from flows.language.drawing.plan import Box
from flows.language.drawing.svg import svg
from flows.language.drawing.widths import width_of, wrapped
from flows.language.model import STEPS_A_FLOW, Flow
from tests.examples import FLOWS as OWN, ROOT
from tests.flows.language.drawing.flows import FLOWS, HOSTILE, SOME, loaded
from tests.flows.language.drawing.test_layout import overlap

SPACE: Final = "{http://www.w3.org/2000/svg}"
TAGS: Final = frozenset(
    {"svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text"}
)


def parsed(flow: Flow) -> ET.Element:
    """Return the tree of a flow's picture."""
    return ET.fromstring(svg(picture_of(flow)))  # noqa: S314 - our own


def boxes(root: ET.Element) -> list[Box]:
    """Return the rectangles of all nodes that have one."""
    found = [each for each in root.iter(f"{SPACE}rect") if each.get("class") == "box"]
    sides = ("x", "y", "width", "height")
    return [Box(*(float(each.attrib[side]) for side in sides)) for each in found]


@SOME
@given(flow=FLOWS)
def test_any_flow_gives_a_picture_without_code(flow: Flow) -> None:
    """It is XML, holds nothing but shapes and words, and no two boxes overlap."""
    root = parsed(flow)
    assert {each.tag.removeprefix(SPACE) for each in root.iter()} <= TAGS
    names = {name for each in root.iter() for name in each.attrib}
    assert not any(name.startswith("on") or "href" in name for name in names)
    assert not any(overlap(*pair) for pair in combinations(boxes(root), 2))
    assert svg(picture_of(flow)) == svg(picture_of(flow))


@SOME
@given(flow=FLOWS)
def test_words_are_literal(flow: Flow) -> None:
    """Every step's words are there as they are, whatever they look like."""
    picture = picture_of(flow)
    titles = [each.text or "" for each in parsed(flow).iter(f"{SPACE}title")]
    for node in picture.nodes:
        assert any(node.words in title and node.name in title for title in titles)
    for edge in picture.edges:
        told = ", ".join(edge.labels)
        assert any(title.endswith(told) for title in titles)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words: str) -> None:
    """What looks like code or markup comes out as text."""
    flow = loaded({"flow": "f", "title": words, "steps": {"a": {"say": words}}})
    assert flow is not None
    shown = svg(picture_of(flow))
    assert "<script" not in shown
    assert "\u202e" not in shown
    title = parsed(flow).findtext(f"{SPACE}title")
    assert title == "f: " + " ".join(words.split())


def test_it_can_be_heard_and_follows_the_page() -> None:
    """A picture has a role, a title, a description, and colours for dark pages."""
    document = load_flow("nps.yaml", OWN[0].read_bytes())
    assert document.flow is not None
    root = parsed(document.flow)
    assert root.get("role") == "img"
    assert root.findtext(f"{SPACE}title") == "nps: How are we doing?"
    told = root.findtext(f"{SPACE}desc") or ""
    assert told.startswith("A flow of 10 steps. feedback, survey → score; ")
    assert "score → sorry: detractor" in told
    assert "prefers-color-scheme:dark" in (root.findtext(f"{SPACE}style") or "")


def test_right_to_left_words_begin_at_the_right() -> None:
    """Arabic has its direction; English beside it has none."""
    flow = loaded({"flow": "f", "steps": {"a": {"say": "مرحبا بكم"}}})
    assert flow is not None
    texts = list(parsed(flow).iter(f"{SPACE}text"))
    turned = {each.text for each in texts if each.get("direction") == "rtl"}
    assert turned == {"مرحبا بكم"}


def large(step: str) -> Flow:
    """Return a flow of as many steps as one may have."""
    steps = "\n".join(
        step.format(n=n, to=(n * 37) % STEPS_A_FLOW, other=min(n + 5, STEPS_A_FLOW - 1))
        for n in range(STEPS_A_FLOW)
    )
    flow = load_flow("f.yaml", f"flow: f\nsteps:\n{steps}\n".encode()).flow
    assert flow is not None
    return flow


NEAR: Final = "  s{n}: {{ask: x, answer: yes_no, go: {{yes: s{other}}}}}"
FAR: Final = "  s{n}: {{ask: x, answer: yes_no, go: {{yes: s{to}, no: s{other}}}}}"


@pytest.mark.parametrize("step", [NEAR, FAR])
def test_the_largest_flow_is_drawn_whole(step: str) -> None:
    """Lines that lead too far are words; no way is lost, and no box overlaps."""
    flow = large(step)
    picture = picture_of(flow)
    drawn = shortened(picture)
    told = sum(len(node.causes) for node in drawn.nodes if node.shape == "jump")
    lines = sum(not edge.target.startswith("jump_") for edge in drawn.edges)
    assert told + lines == len(picture.edges)
    assert bool(told) == (step == FAR)
    found = boxes(parsed(flow))
    assert len(found) == len(drawn.nodes)
    assert not any(overlap(*pair) for pair in combinations(found, 2))


def test_a_line_of_words_names_the_step_it_leads_to() -> None:
    """A way beyond the farthest is told where it begins."""
    names = "\n".join(f"  s{n}: {{say: x}}" for n in range(FARTHEST + 2))
    asked = f"  a: {{ask: x, answer: yes_no, go: {{no: s{FARTHEST + 1}}}}}"
    source = f"flow: f\nsteps:\n{asked}\n{names}\n"
    flow = load_flow("f.yaml", source.encode()).flow
    assert flow is not None
    jumps = [n for n in shortened(picture_of(flow)).nodes if n.shape == "jump"]
    assert [node.causes for node in jumps] == [(f"no → s{FARTHEST + 1}",)]


@SOME
@given(flow=FLOWS)
@example(flow=large(NEAR))
def test_words_fit_their_box(flow: Flow) -> None:
    """No line of a box is wider than the box is inside."""
    for node in picture_of(flow).nodes:
        card = card_of(node)
        for row in card.rows:
            assert width_of(row.words, SIZES[row.look]) <= card.size.width
            assert 0 < row.base < card.size.height


def test_long_words_are_cut_and_wide_ones_broken() -> None:
    """Three lines are enough; a script without spaces breaks anywhere."""
    card = card_of(Node(key="a", shape="say", name="a", words="word " * 100))
    words = [row.words for row in card.rows if row.look == "words"]
    assert len(words) == 3
    assert words[-1].endswith("…")
    assert wrapped("漢字漢字", 10, 25) == ("漢字", "漢字")
    assert wrapped("", 10, 25) == ()


def test_the_picture_of_the_documentation_is_the_flow() -> None:
    """The picture on the page is what the command draws."""
    document = load_flow("nps.yaml", OWN[0].read_bytes())
    assert document.flow is not None
    kept = (ROOT / "docs" / "images" / "nps.svg").read_text(encoding="utf-8")
    renew = "voxpop graph nps --output docs/images/nps.svg"
    assert kept == svg(picture_of(document.flow)), renew
