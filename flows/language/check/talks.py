"""unknown-flow, unknown-name: tests speak of what their flow does not have."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.knowledge import knowledge_of
from flows.language.document import FlowDocument, TalksDocument
from flows.language.names import nearest, or_rather
from flows.language.positions import Path


def rule(
    document: TalksDocument, flows: Mapping[str, FlowDocument]
) -> Iterator[Problem]:
    """Find tests of no flow, and answers that no step of their flow asks for."""
    talks = document.talks
    if talks is None:
        return
    tested = flows.get(talks.flow)
    if tested is None:
        near = nearest(talks.flow, flows)
        message = f"flow '{talks.flow}' does not exist{or_rather(near)}"
        yield _problem(document, ("flow",), "unknown-flow", message, near)
    elif tested.flow is not None:
        known = knowledge_of(tested.flow, flows, World())
        names = {path.key for path in known.types if path.root == "answers"}
        open_ = tuple(path.key for path in known.open if path.root == "answers")
        yield from _answers(document, names, open_)


def _answers(
    document: TalksDocument, names: set[str], open_: tuple[str, ...]
) -> Iterator[Problem]:
    tests = document.talks.tests if document.talks else ()
    for number, test in enumerate(tests):
        for key in (test.leaves.answers or {}) if test.leaves else ():
            if key in names or key.startswith(open_):
                continue
            near = nearest(key, sorted(names))
            path = ("tests", number, "leaves", "answers", key)
            message = f"no step asks for '{key}'{or_rather(near)}"
            yield _problem(document, path, "unknown-name", message, near)


def _problem(
    document: TalksDocument, path: Path, code: str, message: str, near: str | None
) -> Problem:
    positions = document.positions
    place = positions.value(path) if len(path) == 1 else positions.key(path)
    return Problem(
        path=document.path,
        line=place.line,
        column=place.column,
        code=code,
        message=message,
        suggestion=near,
    )
