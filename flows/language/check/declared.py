"""unknown-team, -programme, -attribute, -event: config.yaml does not declare a name."""

from collections.abc import Collection, Iterator, Mapping

from bot.errors import Problem
from bot.model.world import Type, World
from flows.language.check.contents import Named, actions, conditions, texts
from flows.language.check.places import longest, problem
from flows.language.document import FlowDocument
from flows.language.evaluation import sort_of
from flows.language.expression import Compared, Fixed, Name, walk
from flows.language.model import (
    Alert,
    Award,
    DateTrigger,
    EventTrigger,
    Flow,
    OpenCase,
    Refer,
    ReferralTrigger,
    SetAttributes,
)
from flows.language.names import nearest, or_rather


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find teams, programmes, attributes and events that nobody declared."""
    flow = document.flow
    if flow is None:
        return
    yield from _unknown(document, "team", _teams(document, flow), world.teams)
    those = _programmes(document, flow)
    yield from _unknown(document, "programme", those, world.programmes)
    names = _attributes(document, flow)
    yield from _unknown(document, "attribute", names, world.attributes)
    yield from _dates(document, flow, world)
    yield from _events(document, flow, world)


def _unknown(
    document: FlowDocument,
    what: str,
    named: Iterator[Named],
    known: Collection[str],
) -> Iterator[Problem]:
    for name, path in named:
        if name in known:
            continue
        near = nearest(name, known)
        positions = document.positions
        of_key = what == "attribute" and path[-1] == name
        yield problem(
            document,
            positions.key(path) if of_key else positions.value(path),
            f"unknown-{what}",
            f"{what} '{name}' is not declared in config.yaml{or_rather(near)}",
            suggestion=near,
        )


def _teams(document: FlowDocument, flow: Flow) -> Iterator[Named]:
    if flow.team is not None:
        yield Named(flow.team, ("team",))
    for action, path, _, _ in actions(document, flow):
        if isinstance(action, OpenCase):
            yield Named(action.open_case.team, (*path, "open_case", "team"))
        elif isinstance(action, Alert):
            alert = (*path, "alert")
            place = longest(document.positions, (*alert, "team"), alert)
            yield Named(action.alert.team, place)


def _programmes(document: FlowDocument, flow: Flow) -> Iterator[Named]:
    for number, trigger in enumerate(flow.triggers):
        if isinstance(trigger, ReferralTrigger):
            yield Named(trigger.referral, ("triggers", number, "referral"))
    for name, step in flow.steps.items():
        if isinstance(step, Refer):
            yield Named(step.refer, ("steps", name, "refer"))
    for action, path, _, _ in actions(document, flow):
        if isinstance(action, Award):
            yield Named(action.award, (*path, "award"))


def _attributes(document: FlowDocument, flow: Flow) -> Iterator[Named]:
    for number, trigger in enumerate(flow.triggers):
        if isinstance(trigger, DateTrigger):
            yield Named(trigger.date, ("triggers", number, "date"))
    for action, path, _, _ in actions(document, flow):
        if isinstance(action, SetAttributes):
            yield from (Named(name, (*path, "set", name)) for name in action.set)


def _dates(document: FlowDocument, flow: Flow, world: World) -> Iterator[Problem]:
    for number, trigger in enumerate(flow.triggers):
        if not isinstance(trigger, DateTrigger):
            continue
        if world.attributes.get(trigger.date, "date") not in {"date", "any"}:
            yield problem(
                document,
                document.positions.value(("triggers", number, "date")),
                "wrong-type",
                f"attribute '{trigger.date}' is no date",
            )


def _events(document: FlowDocument, flow: Flow, world: World) -> Iterator[Problem]:
    for number, trigger in enumerate(flow.triggers):
        if not isinstance(trigger, EventTrigger) or trigger.event in world.events:
            continue
        near = nearest(trigger.event, world.events)
        fields = _fields(document, flow)
        listed = ", ".join(f"{field}: {kind}" for field, kind in fields.items())
        yield problem(
            document,
            document.positions.value(("triggers", number, "event")),
            "unknown-event",
            f"event '{trigger.event}' is not declared in config.yaml{or_rather(near)}",
            suggestion=f"events:\n  {trigger.event}: {{{listed}}}",
        )


def _fields(document: FlowDocument, flow: Flow) -> dict[str, Type]:
    """Return the fields of events that a flow uses, and the types they seem to have."""
    fields: dict[str, Type] = {}
    for asked in conditions(flow):
        for part in walk(asked.condition.tree):
            if isinstance(part, Compared):
                fields |= _guessed(part)
    for words in texts(document, flow):
        for language in words.text.languages:
            for path in words.text.names(language):
                if path.root == "event":
                    fields.setdefault(path.key, "text")
    return fields


def _guessed(part: Compared) -> dict[str, Type]:
    sides = [part.first, *(right for _, right in part.rest)]
    kinds = [sort_of(side.value) for side in sides if isinstance(side, Fixed)]
    kind: Type = next((kind for kind in kinds if kind != "none"), "text")
    names = [side.path for side in sides if isinstance(side, Name)]
    return {path.key: kind for path in names if path.root == "event"}
