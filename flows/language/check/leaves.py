"""never-left: a test expects what no talk of its flow leaves."""

from collections.abc import Collection, Iterator, Sequence

from bot.errors import Problem
from bot.model.answer import SEGMENTS
from flows.language.check.met import asked, caused
from flows.language.check.places import items, problem
from flows.language.check.values import never
from flows.language.document import FlowDocument, TalksDocument
from flows.language.model import AddTag, Ask, Emit
from flows.language.names import nearest, or_rather
from flows.language.positions import Path
from flows.language.talks import Talk

_CODE = "never-left"


def of_answers(
    document: TalksDocument,
    test: Talk,
    above: Path,
    known: Sequence[FlowDocument],
) -> Iterator[Problem]:
    """Find values that the question of an answer never has; the tested flow is first.

    Answers that nobody asks for have their own problem.
    """
    questions = dict(_questions(known))
    for key, value in (test.leaves.answers or {}).items():
        step = questions.get(key)
        why = never(step, value) if step else None
        if why is not None:
            place = document.positions.value((*above, "leaves", "answers", key))
            yield problem(document, place, _CODE, f"'{key}' is never this: {why}")


def of_segment(
    document: TalksDocument,
    test: Talk,
    above: Path,
    known: list[FlowDocument],
) -> Iterator[Problem]:
    """Find a segment that no scored answer falls in."""
    kinds = {each.answer for each in asked(known)}
    names = {name for kind in kinds for name, _ in SEGMENTS.get(kind, ())}
    segment = test.leaves.segment
    if segment is None or segment in names:
        return
    listed = f"there is {', '.join(sorted(names))}" if names else "none has a segment"
    near = nearest(segment, sorted(names))
    yield problem(
        document,
        document.positions.value((*above, "leaves", "segment")),
        _CODE,
        f"no answer here is '{segment}'; {listed}{or_rather(near)}",
        suggestion=near,
    )


def of_names(
    document: TalksDocument,
    test: Talk,
    above: Path,
    known: list[FlowDocument],
) -> Iterator[Problem]:
    """Find tags that nothing gives, and events that nothing tells."""
    causes = list(caused(known))
    tags = {each.tag for each in causes if isinstance(each, AddTag)}
    events = {each.emit.event for each in causes if isinstance(each, Emit)}
    leaves, path = test.leaves, (*above, "leaves")
    for key, named, given, said in (
        ("tags", leaves.tags, tags, "no 'tag' gives"),
        ("events", leaves.events, events, "no 'emit' tells"),
    ):
        yield from _unknown(document, (*path, key), named or (), given, _CODE, said)


def of_started(
    document: TalksDocument, test: Talk, above: Path, flows: Collection[str]
) -> Iterator[Problem]:
    """Find planned flows that do not exist."""
    path = (*above, "leaves", "started")
    named = test.leaves.started or ()
    yield from _unknown(document, path, named, flows, "unknown-flow", "no flow is")


def _unknown(
    document: TalksDocument,
    path: Path,
    named: Sequence[str],
    known: Collection[str],
    code: str,
    said: str,
) -> Iterator[Problem]:
    places = items(document.positions, path, len(named))
    for name, place in zip(named, places, strict=True):
        if name not in known:
            near = nearest(name, sorted(known))
            at = document.positions.value(place)
            message = f"{said} '{name}'{or_rather(near)}"
            yield problem(document, at, code, message, suggestion=near)


def _questions(known: Sequence[FlowDocument]) -> Iterator[tuple[str, Ask]]:
    """Yield questions by the key of their answer: bare in the tested flow."""
    for place, document in enumerate(known):
        steps = document.flow.steps if document.flow else {}
        name = document.flow.flow if document.flow else ""
        for key, step in steps.items():
            if isinstance(step, Ask):
                yield (f"{name}.{key}" if place else key), step
