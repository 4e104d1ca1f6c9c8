"""no-template: a message leaves after WhatsApp's 24 hours, and has no template."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.check.ways.shared import shared
from flows.language.check.ways.silence import Late
from flows.language.document import FlowDocument
from flows.language.model import Flow


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find messages that WhatsApp would refuse, where it is one of our channels."""
    flow = document.flow
    if flow is None or world.templates is None or flows.get(flow.flow) != document:
        return
    told: set[str] = set()
    late = sorted(
        shared(flows, world).silences().late(flow.flow), key=lambda each: each.reminder
    )
    for each in late:
        missing = _missing(flow, each.step, world.templates)
        if missing and each.step not in told:
            told.add(each.step)
            yield _lacks(document, each, missing)


def _missing(
    flow: Flow, step: str, templates: Mapping[str, Mapping[str, str]]
) -> list[str]:
    known = templates.get(f"{flow.flow}.{step}", {})
    return [
        language
        for language in flow.languages
        if language not in known and language.partition("-")[0] not in known
    ]


def _lacks(document: FlowDocument, late: Late, missing: list[str]) -> Problem:
    name = f"{late.flow}.{late.step}"
    what = "a reminder of this" if late.reminder else "this"
    lines = ", ".join(f"{language}: HX…" for language in missing)
    return problem(
        document,
        document.positions.key(("steps", late.step)),
        "no-template",
        f"{what} may leave when the contact has been silent for 24 hours, and WhatsApp"
        f" then takes only a template; config.yaml names none for '{name}' in"
        f" {' and '.join(missing)}",
        suggestion=f"templates:\n  {name}: {{{lines}}}",
    )
