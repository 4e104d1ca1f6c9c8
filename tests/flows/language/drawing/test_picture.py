"""A picture has every step once, and every way of it."""

from collections import Counter
from typing import Any

from hypothesis import assume, given

from flows.language.drawing.nodes import Picture
from flows.language.drawing.picture import picture_of
from flows.language.model import Ask, Flow
from flows.language.paths import successors
from tests.flows.language.drawing.flows import SOME, loaded, sources

Way = tuple[str, str, str]


def pictured(picture: Picture) -> Counter[Way]:
    """Count the ways of a picture: from which step, by what, to where."""
    names = {node.key: node.name for node in picture.nodes}
    return Counter(
        (names[edge.source], label, names[edge.target])
        for edge in picture.edges
        if edge.source.startswith("step_")
        for label in edge.labels or ("",)
    )


def written(source: dict[str, Any], flow: Flow) -> Counter[Way]:
    """Count the ways that a flow's file names."""
    found: Counter[Way] = Counter()
    for name, step in source["steps"].items():
        go = step.get("branch", step.get("go", ()))
        if isinstance(go, str):
            found[name, "", go] += 1
        elif isinstance(go, dict):
            for outcome, to in go.items():
                found[name, label(flow, name, outcome), to] += 1
        else:
            for way in go:
                to = way.get("to") or way["else"]
                found[name, way.get("when", "else"), to] += 1
    return found


def label(flow: Flow, name: str, outcome: str) -> str:
    """Return an option's words on one line, or the outcome's own name."""
    step = flow.steps[name]
    option = step.options.get(outcome) if isinstance(step, Ask) else None
    if option is None:
        return outcome
    words = " ".join(option.label.written("en", ()).split())
    return "".join(
        each if each not in "\x7f\ufffe\uffff" else "\ufffd" for each in words
    )


@SOME
@given(source=sources())
def test_every_step_and_every_way_is_there_once(source: dict[str, Any]) -> None:
    """What the file names is there, and beside it only the way in file order."""
    flow = loaded(source)
    assume(flow)
    assert flow is not None
    picture = picture_of(flow)
    named = [node.name for node in picture.nodes if node.key.startswith("step_")]
    assert named == list(flow.steps)
    ways, expected = pictured(picture), written(source, flow)
    assert expected - ways == Counter()
    more = ways - expected
    assert all(by in ("", "else") for _, by, _ in more)
    assert max(Counter(step for step, _, _ in more.elements()).values(), default=0) < 2
    for name in flow.steps:
        led = {to for step, _, to in ways if step == name and to != "nowhere"}
        assert led == set(successors(flow, name))


@SOME
@given(source=sources())
def test_every_trigger_is_there(source: dict[str, Any]) -> None:
    """What starts a flow leads to its first step; without a trigger, its name does."""
    flow = loaded(source)
    assume(flow)
    assert flow is not None
    picture = picture_of(flow)
    starts = [node for node in picture.nodes if node.shape == "start"]
    said = sum(len(node.causes) or 1 for node in starts)
    assert said == max(len(flow.triggers), 1)
    first = f"step_{next(iter(flow.steps))}"
    led = [edge.target for edge in picture.edges if edge.source.startswith("start_")]
    assert led == [first] * len(starts)


def test_words_come_in_the_language_asked_for() -> None:
    """Words, options and keywords are those of one language."""
    flow = loaded(
        {
            "flow": "f",
            "languages": ["en", "es"],
            "triggers": [{"keyword": {"en": ["go"], "es": ["vamos"]}}],
            "steps": {
                "a": {
                    "ask": {"en": "Which?", "es": "¿Cuál?"},
                    "answer": "choice",
                    "options": {"x": {"en": "Cat", "es": "Gato"}, "y": "B"},
                    "go": {"x": "end"},
                }
            },
        }
    )
    assert flow is not None
    picture = picture_of(flow, "es")
    start, step, _ = picture.nodes
    assert (start.name, step.words) == ("vamos", "¿Cuál?")
    assert picture.edges[1].labels == ("Gato", "else")
    assert picture_of(flow).nodes[1].words == "Which?"
