"""unknown-flow, unknown-name, missing-trigger …: tests speak of what is not there."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from bot.errors import Problem
from bot.model.world import CONTACT_FIELDS, World
from flows.language.check import cases, leaves, starts, taps
from flows.language.check.knowledge import knowledge_of
from flows.language.check.met import inside, met
from flows.language.check.values import misfit
from flows.language.document import FlowDocument, TalksDocument
from flows.language.names import nearest, or_rather
from flows.language.positions import Path
from flows.language.scalars import shown
from flows.language.talks import Event, Talk, Told
from flows.language.template import is_language


def rule(
    document: TalksDocument,
    flows: Mapping[str, FlowDocument],
    world: World | None = None,
) -> Iterator[Problem]:
    """Find tests of no flow, and answers, triggers and names that are not there.

    Without a world nothing is known of attributes and events, and nothing said.
    """
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
        for number, test in enumerate(talks.tests):
            missing = starts.missing(tested.flow, test.trigger)
            if missing is not None:
                path = ("tests", number, "trigger", missing.key)
                yield _problem(document, path, "missing-trigger", missing.message)
            yield from _played(document, test, ("tests", number), flows, world)
    if world is not None:
        yield from _declared(document, world)


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


def _played(
    document: TalksDocument,
    test: Talk,
    above: Path,
    flows: Mapping[str, FlowDocument],
    world: World | None,
) -> Iterator[Problem]:
    """Find what no talk can come to; nothing where a flow it may meet is not known."""
    tested = document.talks.flow if document.talks else ""
    own = inside(tested, flows)
    if own is not None:
        yield from leaves.of_answers(document, test, above, own)
        yield from leaves.of_segment(document, test, above, own)
    all_ = met(tested, test, flows, world.opens if world else frozenset())
    if all_ is not None:
        yield from taps.rule(document, test, above, all_)
        yield from leaves.of_names(document, test, above, all_)
        yield from leaves.of_started(document, test, above, flows)
    yield from cases.rule(document, test, above, world)


# ── what config.yaml declares ────────────────────────────────────────────────────


def _declared(document: TalksDocument, world: World) -> Iterator[Problem]:
    """Find attributes and events of tests that nobody declared, and values amiss."""
    for number, test in enumerate(document.talks.tests if document.talks else ()):
        above: Path = ("tests", number)
        yield from _contact(document, test, above, world)
        for event, path, fields in _events(test, above):
            if event not in world.events:
                yield _undeclared(document, path, "event", event, world.events)
                continue
            known = world.events[event]
            for name, place in fields:
                if name not in known:
                    near = nearest(name, known)
                    message = f"event '{event}' carries no '{name}'{or_rather(near)}"
                    yield _problem(document, place, "unknown-name", message, near)


def _contact(
    document: TalksDocument, test: Talk, above: Path, world: World
) -> Iterator[Problem]:
    """Find attributes that nobody declared, and values that they never have."""
    attributes = {*CONTACT_FIELDS, *world.attributes}
    for name, value in test.contact.items():
        path = (*above, "contact", name)
        if name not in attributes:
            yield _undeclared(document, path, "attribute", name, attributes)
        elif name == "language" and not is_language(value):
            message = f"{shown(value)} is no language; write its code, such as pt-BR"
            yield _problem(document, path, "unknown-language", message)
        elif why := misfit(world.attributes.get(name, "text"), value):
            message = f"attribute '{name}' is never {shown(value)}: {why}"
            yield _problem(document, path, "wrong-type", message)


def _events(
    test: Talk, above: Path
) -> Iterator[tuple[str, Path, list[tuple[str, Path]]]]:
    """Yield each event that a test tells, its place, and what it carries."""
    if isinstance(test.trigger, Event):
        path = (*above, "trigger")
        fields = [(name, (*path, "with", name)) for name in test.trigger.with_]
        yield test.trigger.event, (*path, "event"), fields
    for number, line in enumerate(test.talk):
        if isinstance(line, Told):
            for event, carried in line.event.items():
                path = (*above, "talk", number, "event", event)
                yield event, path, [(name, (*path, name)) for name in carried]


def _undeclared(
    document: TalksDocument, path: Path, what: str, name: str, known: Collection[str]
) -> Problem:
    near = nearest(name, sorted(known))
    message = f"{what} '{name}' is not declared in config.yaml{or_rather(near)}"
    return _problem(document, path, f"unknown-{what}", message, near)


_OF_VALUE: Final = frozenset({"unknown-language", "wrong-type"})


def _problem(
    document: TalksDocument,
    path: Path,
    code: str,
    message: str,
    near: str | None = None,
) -> Problem:
    positions = document.positions
    of_value = code in _OF_VALUE or len(path) == 1 or "trigger" in path[-2:]
    place = positions.value(path) if of_value else positions.key(path)
    return Problem(
        path=document.path,
        line=place.line,
        column=place.column,
        code=code,
        message=message,
        suggestion=near,
    )
