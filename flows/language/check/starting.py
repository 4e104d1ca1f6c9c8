"""starts-itself, limits-clash: a flow starts itself, too soon for anybody's peace."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.contents import Caused, actions
from flows.language.check.places import longest, problem
from flows.language.check.ways.durations import Durations, Span
from flows.language.check.ways.shared import shared
from flows.language.document import FlowDocument
from flows.language.lengths import written_span
from flows.language.model import StartFlow

LONG_ENOUGH: Final = timedelta(days=1)
"""Between two messages that nobody asked for and nobody answers."""


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find starts that lead back to their own flow."""
    flow = document.flow
    if flow is None:
        return
    durations = shared(flows, world).durations()
    found = [each for each in actions(document, flow) if _starts(each)]
    quiet, least = (
        durations.back(flow.flow, quiet=quiet) if found else {}
        for quiet in (True, False)
    )
    for caused in found:
        if isinstance(caused.action, StartFlow):
            lead = durations.lead(flow, caused.step, caused.action)
            yield from _judged(
                document,
                durations,
                caused,
                _sum(lead.quiet, quiet.get(lead.flow)),
                _sum(lead.least, least.get(lead.flow)),
            )


def _starts(caused: Caused) -> bool:
    return isinstance(caused.action, StartFlow)


def _sum(one: Span, other: Span) -> Span:
    return None if one is None or other is None else one + other


def _judged(
    document: FlowDocument,
    durations: Durations,
    caused: Caused,
    quiet: Span,
    least: Span,
) -> Iterator[Problem]:
    every = durations.once_every(_started(caused))
    path = (*caused.path, "start")
    place = longest(document.positions, (*path, "flow"), path)
    if every is not None and least is not None and least < every:
        yield problem(
            document,
            document.positions.value(place),
            "limits-clash",
            f"this start comes {_after(least)} flow '{_started(caused)}' began, which"
            f" its 'once_every' of {written_span(every)} forbids",
        )
    elif every is None and quiet is not None and quiet < LONG_ENOUGH:
        yield problem(
            document,
            document.positions.value(place),
            "starts-itself",
            f"this leads back here {_every(quiet)} without a question, for ever;"
            " ask something, 'wait' a day or more, or say 'once_every'",
        )


def _started(caused: Caused) -> str:
    return caused.action.start.flow if isinstance(caused.action, StartFlow) else ""


def _after(span: timedelta) -> str:
    return f"{written_span(span)} after" if span else "as soon as"


def _every(span: timedelta) -> str:
    return f"every {written_span(span)}" if span else "at once"
