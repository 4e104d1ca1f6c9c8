"""A flow made into nodes and edges, before anybody says where they stand.

Rules. Each step is one node and each way of it is on one edge; ways of a step to the
same place share their edge. A step that ends the flow has an end of its own beneath
it, so that no line has to run through the whole picture.
"""

from collections.abc import Iterator

from flows.language.drawing.causes import causes
from flows.language.drawing.nodes import Edge, Node, Picture, Shape
from flows.language.drawing.triggers import starts
from flows.language.drawing.ways import ways
from flows.language.drawing.words import as_said, span_words
from flows.language.model import END, Ask, Branch, Flow, Refer, Run, Say, Step, Wait


def picture_of(flow: Flow, language: str | None = None) -> Picture:
    """Return a flow's picture, its words in one language, the flow's first if none."""
    spoken = language or flow.languages[0]
    first = step_key(next(iter(flow.steps)))
    begins = list(starts(flow, spoken))
    edges = [Edge(node.key, first) for node in begins]
    for name in flow.steps:
        edges += _edges(flow, name, spoken)
    steps = [_node(flow, name, spoken) for name in flow.steps]
    return Picture(
        name=flow.flow,
        title=as_said(flow.title, flow, spoken) if flow.title else "",
        nodes=(*begins, *steps, *_ends(flow, edges)),
        edges=tuple(edges),
    )


def step_key(name: str) -> str:
    """Return the key of a step's node."""
    return f"step_{name}"


def _edges(flow: Flow, name: str, language: str) -> Iterator[Edge]:
    """Yield an edge for each place that a step leads to, with all that leads there."""
    found: dict[str, list[str]] = {}
    for way in ways(flow, name, language):
        labels = found.setdefault(_target(flow, name, way.to), [])
        labels.extend([way.label] if way.label else [])
    for target, labels in found.items():
        yield Edge(step_key(name), target, tuple(labels))


def _target(flow: Flow, source: str, to: str) -> str:
    if to == END:
        return f"end_{source}"
    return step_key(to) if to in flow.steps else f"missing_{to}"


def _ends(flow: Flow, edges: list[Edge]) -> Iterator[Node]:
    """Yield what edges lead to that is no step: ends, and steps that do not exist."""
    steps = {step_key(name) for name in flow.steps}
    for target in dict.fromkeys(edge.target for edge in edges):
        if target.startswith("end_"):
            yield Node(key=target, shape="end", name=END)
        elif target not in steps:
            yield Node(
                key=target,
                shape="missing",
                name=target.removeprefix("missing_"),
                words="there is no such step",
            )


def _node(flow: Flow, name: str, language: str) -> Node:
    step = flow.steps[name]
    return Node(
        key=step_key(name),
        shape=_shape(step),
        name=name,
        notes=tuple(_notes(step)),
        words=_words(step, flow, language),
        causes=tuple(causes(step, flow, language)),
    )


def _shape(step: Step) -> Shape:
    match step:
        case Say():
            return "say"
        case Ask():
            return "ask"
        case Branch():
            return "branch"
        case Run():
            return "run"
        case Wait():
            return "wait"
        case Refer():
            return "refer"


def _notes(step: Step) -> Iterator[str]:
    """Yield what is said of a step beside its words: of a question its kind first."""
    if isinstance(step, Ask):
        yield step.answer
        if step.optional:
            yield "optional"
        if step.unless_said:
            yield f"unless said at {step.unless_said}"
    elif isinstance(step, Run):
        yield step.run
    elif isinstance(step, Wait):
        yield span_words(step.wait)
    elif isinstance(step, Refer):
        yield step.refer


def _words(step: Step, flow: Flow, language: str) -> str:
    if isinstance(step, Ask):
        return as_said(step.ask, flow, language)
    return as_said(step.say, flow, language) if isinstance(step, Say | Refer) else ""
