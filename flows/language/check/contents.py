"""What a flow is made of, each with the place where it stands."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flows.language.check.places import items, longest
from flows.language.conditions import Condition
from flows.language.document import FlowDocument
from flows.language.model import (
    Action,
    Alert,
    Ask,
    Branch,
    DateTrigger,
    Emit,
    EventTrigger,
    Flow,
    Go,
    Refer,
    Run,
    Say,
    SetAttributes,
    StartFlow,
    Way,
)
from flows.language.positions import Path
from flows.language.template import Text


class Caused(NamedTuple):
    """An action, its place, its step, and the outcome that causes it, if any."""

    action: Action
    path: Path
    step: str
    outcome: str | None = None


class Words(NamedTuple):
    """A text and where it stands.

    `spoken` tells whether contacts read it; `caused` the action it belongs to.
    """

    text: Text
    path: Path
    step: str | None = None
    spoken: bool = True
    caused: Caused | None = None


class Asked(NamedTuple):
    """A condition, its place, and its step, or its trigger's number."""

    condition: Condition
    path: Path
    step: str | None = None
    trigger: int | None = None


class Named(NamedTuple):
    """A name of something outside the step, such as a team, and where it stands."""

    name: str
    path: Path


def actions(document: FlowDocument, flow: Flow) -> Iterator[Caused]:
    """Yield everything that the steps cause."""
    for name, step in flow.steps.items():
        then = getattr(step, "then", ())
        path: Path = ("steps", name, "then")
        if isinstance(then, Mapping):
            for outcome, those in then.items():
                yield from _caused(document, those, (*path, outcome), name, outcome)
        else:
            yield from _caused(document, then, path, name, None)


def _caused(
    document: FlowDocument,
    those: tuple[Action, ...],
    path: Path,
    step: str,
    outcome: str | None,
) -> Iterator[Caused]:
    places = items(document.positions, path, len(those))
    for action, place in zip(those, places, strict=True):
        yield Caused(action, place, step, outcome)


def texts(document: FlowDocument, flow: Flow) -> Iterator[Words]:
    """Yield all texts of a flow."""
    if flow.title:
        yield Words(flow.title, ("title",), spoken=False)
    if flow.reminder:
        yield Words(flow.reminder, ("reminder",))
    for name in flow.steps:
        yield from _of_step(document, flow, name)
    for caused in actions(document, flow):
        yield from _of_action(caused)


def _of_step(document: FlowDocument, flow: Flow, name: str) -> Iterator[Words]:
    step, path = flow.steps[name], ("steps", name)
    if isinstance(step, Say | Refer):
        yield Words(step.say, (*path, "say"), name)
    if isinstance(step, Refer):
        yield Words(step.share, (*path, "share"), name)
    if not isinstance(step, Ask):
        return
    yield Words(step.ask, (*path, "ask"), name)
    for key, text in (("low", step.low), ("high", step.high)):
        if text:
            yield Words(text, (*path, key), name)
    for key, option in step.options.items():
        yield Words(option.label, label_path(document, name, key), name)


def label_path(document: FlowDocument, step: str, option: str) -> Path:
    """Return where an option's label stands, in its long or its short form."""
    path = ("steps", step, "options", option)
    return longest(document.positions, (*path, "label"), path)


def _of_action(caused: Caused) -> Iterator[Words]:
    action, path = caused.action, caused.path
    texts: dict[str, Text] = {}
    if isinstance(action, SetAttributes):
        path, texts = (*path, "set"), action.set
    elif isinstance(action, Emit):
        path, texts = (*path, "emit", "with"), action.emit.with_
    elif isinstance(action, Alert) and action.alert.say:
        path, texts = (*path, "alert"), {"say": action.alert.say}
    for key, text in texts.items():
        yield Words(text, (*path, key), caused.step, spoken=False, caused=caused)


def conditions(flow: Flow) -> Iterator[Asked]:
    """Yield all conditions of a flow."""
    for number, trigger in enumerate(flow.triggers):
        if isinstance(trigger, EventTrigger | DateTrigger) and trigger.when:
            yield Asked(trigger.when, ("triggers", number, "when"), trigger=number)
    for name, step in flow.steps.items():
        if isinstance(step, Branch):
            yield from _of_ways(step.branch, ("steps", name, "branch"), name)
        else:
            yield from _of_ways(step.go, ("steps", name, "go"), name)


def _of_ways(ways: Go | None, path: Path, step: str) -> Iterator[Asked]:
    if ways is None or isinstance(ways, str | Mapping):
        return
    for number, way in enumerate(ways):
        if isinstance(way, Way) and way.when:
            yield Asked(way.when, (*path, number, "when"), step)


def flows_run(flow: Flow) -> Iterator[Named]:
    """Yield the flows that run inside this one."""
    for name, step in flow.steps.items():
        if isinstance(step, Run):
            yield Named(step.run, ("steps", name, "run"))


def flows_started(document: FlowDocument, flow: Flow) -> Iterator[Named]:
    """Yield the flows that this one starts for later."""
    for caused in actions(document, flow):
        if isinstance(caused.action, StartFlow):
            path = (*caused.path, "start")
            place = longest(document.positions, (*path, "flow"), path)
            yield Named(caused.action.start.flow, place)
