"""unknown-name, wrong-type: what conditions and texts speak of is not there."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.additions import lines_for_path
from flows.language.check.contents import Asked, Words, conditions, texts
from flows.language.check.knowledge import (
    Certainty,
    Knowledge,
    knowledge_of,
    programmes_of,
)
from flows.language.check.places import longest, problem, within
from flows.language.conditions import type_problems
from flows.language.document import FlowDocument
from flows.language.model import Flow
from flows.language.names import Path, nearest, or_rather
from flows.language.template import Form, Slot


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find names that nothing gives a value, and values used as what they are not."""
    flow = document.flow
    if flow is None:
        return
    known = knowledge_of(flow, flows, world)
    for asked in conditions(flow):
        here = known
        if asked.trigger is not None:
            here = knowledge_of(flow, flows, world, asked.trigger)
        yield from _condition(document, asked, here, world)
    certainty = Certainty(flow, flows, world)
    for words in texts(document, flow):
        yield from _text(document, words, known, certainty, world)
    yield from _two_programmes(document, flow)


def _condition(
    document: FlowDocument, asked: Asked, known: Knowledge, world: World
) -> Iterator[Problem]:
    names = [str(path) for path in known.types]
    source = asked.condition.source
    for found in type_problems(asked.condition, known.type_of, names):
        contact = source.startswith("contact.", found.offset)
        unknown = found.code == "unknown-name"
        lines = lines_for_path(found.path, document, world) if found.path else None
        yield problem(
            document,
            within(document, asked.path, source, found.offset),
            "unknown-attribute" if unknown and contact else found.code,
            found.message,
            suggestion=lines or found.suggestion,
        )


def _text(
    document: FlowDocument,
    words: Words,
    known: Knowledge,
    certainty: Certainty,
    world: World,
) -> Iterator[Problem]:
    for language, forms in words.text.forms.items():
        for category, form in forms.items():
            for slot in form.slots:
                path = slot.path
                if known.type_of(path) is not None and certainty.possible(
                    path, words.step
                ):
                    continue
                at = (*words.path, *filter(None, (language,)))
                at = longest(document.positions, (*at, category), at)
                yield _unknown(document, at, form, slot, known, world)


def _unknown(
    document: FlowDocument,
    at: tuple[str | int, ...],
    form: Form,
    slot: Slot,
    known: Knowledge,
    world: World,
) -> Problem:
    names = [str(path) for path in known.types if path != slot.path]
    near = nearest(str(slot.path), names)
    lines = lines_for_path(slot.path, document, world)
    code = "unknown-attribute" if slot.path.root == "contact" else "unknown-name"
    return problem(
        document,
        within(document, at, form.source, slot.offset + 1),
        code,
        f"'{slot.path}' is not known{_why(slot.path, known) or or_rather(near)}",
        suggestion=lines or near,
    )


def _why(path: Path, known: Knowledge) -> str:
    if path in known.types:
        return " here; it comes with a refer step"
    if any(each.root == path.root for each in known.types):
        return ""
    return _ABSENT.get(path.root, "")


_ABSENT = {
    "event": "; no event starts this flow",
    "programme": "; this flow has no refer step and no referral trigger",
    "referral": "; this flow has no refer step and no referral trigger of its own",
}


def _two_programmes(document: FlowDocument, flow: Flow) -> Iterator[Problem]:
    first, *others = [*programmes_of(flow).items()] or [("", ())]
    for name, path in others:
        yield problem(
            document,
            document.positions.value(path),
            "two-programmes",
            f"a flow belongs to one programme; '{name}' stands beside '{first[0]}'",
        )
