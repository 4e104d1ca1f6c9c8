"""unknown-team, -programme, -attribute, -event: config.yaml does not declare a name."""

from collections.abc import Collection, Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.additions import Declared, lines_for
from flows.language.check.contents import Named, actions
from flows.language.check.places import longest, problem
from flows.language.document import FlowDocument
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
    named: tuple[tuple[Declared, Iterator[Named], Collection[str]], ...] = (
        ("team", _teams(document, flow), world.teams),
        ("programme", _programmes(document, flow), world.programmes),
        ("attribute", _attributes(document, flow), world.attributes),
    )
    for what, names, known in named:
        yield from _unknown(document, flow, what, names, known)
    yield from _dates(document, flow, world)
    yield from _events(document, flow, world)


def _unknown(
    document: FlowDocument,
    flow: Flow,
    what: Declared,
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
            suggestion=lines_for(what, name, document, flow) or near,
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
        yield problem(
            document,
            document.positions.value(("triggers", number, "event")),
            "unknown-event",
            f"event '{trigger.event}' is not declared in config.yaml{or_rather(near)}",
            suggestion=lines_for("event", trigger.event, document, flow) or near,
        )
