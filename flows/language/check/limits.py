"""limits-clash: what a flow says of time cannot all hold."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.errors import Problem
from bot.model.world import Budget, QuietHours, World
from flows.language.check.contents import actions
from flows.language.check.once import once
from flows.language.check.places import items, problem
from flows.language.document import FlowDocument
from flows.language.lengths import written_span
from flows.language.loader import read
from flows.language.model import DateTrigger, EventTrigger, Flow, StartFlow
from flows.language.positions import Path
from flows.language.scalars import parse_duration


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find reminders that are never sent, and dates that cannot be kept."""
    flow = document.flow
    if flow is None:
        return
    yield from _reminders(document, flow)
    if world.budget:
        yield from _budget(document, flow, flows, world.budget)
    if flow.reminder and not flow.remind_after:
        yield _clash(
            document,
            ("reminder",),
            "these words are never sent: say when, with 'remind_after'",
        )
    for number, trigger in enumerate(flow.triggers):
        if isinstance(trigger, DateTrigger):
            yield from _date(document, ("triggers", number), trigger)
            if world.quiet_hours:
                yield from _quiet(document, number, trigger, world.quiet_hours)


def _clash(document: FlowDocument, path: Path, message: str) -> Problem:
    place = document.positions.value(path)
    return problem(document, place, "limits-clash", message)


# ── reminders ────────────────────────────────────────────────────────────────────


def _reminders(document: FlowDocument, flow: Flow) -> Iterator[Problem]:
    """Find reminders after the end; what is due together with it is not sent."""
    for span, path in _spans(document, flow):
        if span >= flow.expire_after:
            yield _clash(
                document,
                path,
                "this reminder is never sent: the talk ends"
                f" {written_span(flow.expire_after)} after its question, see"
                " 'expire_after'",
            )


def _spans(document: FlowDocument, flow: Flow) -> list[tuple[timedelta, Path]]:
    """Return the reminders with their places; the flow has them sorted, each once."""
    if not flow.remind_after:
        return []
    written = read(document.path, document.source).data["remind_after"]
    spans = written if isinstance(written, list) else [written]
    places = items(document.positions, ("remind_after",), len(spans))
    return sorted(
        zip([parse_duration(span) for span in spans], places, strict=True),
        key=lambda each: (each[0], str(each[1])),
    )


def _budget(
    document: FlowDocument,
    flow: Flow,
    flows: Mapping[str, FlowDocument],
    budget: Budget,
) -> Iterator[Problem]:
    """Find reminders beyond what one contact may get from us in a time."""
    known: set[timedelta] = set()
    first = int(_we_start(flow, flows))
    for span, path in _spans(document, flow):
        if span in known or span >= min(budget.per, flow.expire_after):
            continue
        known.add(span)
        if first + len(known) > budget.messages:
            yield _clash(
                document,
                path,
                "this reminder is never sent: it would be message"
                f" {first + len(known)} of ours, and 'policy.budget' allows"
                f" {budget.messages} in {written_span(budget.per)}",
            )


def _we_start(flow: Flow, flows: Mapping[str, FlowDocument]) -> bool:
    """Tell whether a talk begins by itself, and not only because the contact asks."""
    if any(isinstance(each, EventTrigger | DateTrigger) for each in flow.triggers):
        return True
    return flow.flow in _started(flows)


@once
def _started(flows: Mapping[str, FlowDocument]) -> frozenset[str]:
    """Return the flows that an answer in one of these starts."""
    return frozenset(
        caused.action.start.flow
        for other in flows.values()
        if other.flow
        for caused in actions(other, other.flow)
        if isinstance(caused.action, StartFlow)
    )


# ── dates ────────────────────────────────────────────────────────────────────────


def _date(
    document: FlowDocument, path: Path, trigger: DateTrigger
) -> Iterator[Problem]:
    if trigger.before is not None and trigger.after is not None:
        yield _clash(
            document,
            (*path, "after"),
            "a talk begins before the date or after it; use two triggers for both",
        )


def _quiet(
    document: FlowDocument, number: int, trigger: DateTrigger, quiet: QuietHours
) -> Iterator[Problem]:
    if trigger.at is not None and quiet.hold(trigger.at):
        yield _clash(
            document,
            ("triggers", number, "at"),
            f"nothing goes out at {trigger.at:%H:%M}: 'policy.quiet_hours' are from"
            f" {quiet.begin:%H:%M} to {quiet.end:%H:%M}",
        )
