"""missing-fallback: a value may be absent, and the text says nothing in its place."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.contents import Words, texts
from flows.language.check.knowledge import Certainty, knowledge_of
from flows.language.check.places import longest, problem, within
from flows.language.document import FlowDocument
from flows.language.model import SKIPPED
from flows.language.names import Path
from flows.language.template import Form, Slot


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find slots without a fallback whose value is not sure to be there."""
    flow = document.flow
    if flow is None:
        return
    known = knowledge_of(flow, flows, world)
    certainty = Certainty(flow, flows, world)
    for words in texts(document, flow):
        for at, form, slot in _slots(document, words):
            open_ = slot.path not in known.types
            possible = certainty.possible(slot.path, words.step)
            if open_ or not possible or _sure(slot.path, words, certainty):
                continue
            written = f"{{{slot.path}|…}}"
            yield problem(
                document,
                within(document, at, form.source, slot.offset + 1),
                "missing-fallback",
                f"'{slot.path}' may be absent; say what stands there then: {written}",
                suggestion=written,
            )


def _slots(
    document: FlowDocument, words: Words
) -> Iterator[tuple[tuple[str | int, ...], Form, Slot]]:
    for language, forms in words.text.forms.items():
        for category, form in forms.items():
            at = (*words.path, *filter(None, (language,)))
            at = longest(document.positions, (*at, category), at)
            for slot in form.slots:
                if slot.fallback is None:
                    yield at, form, slot


def _sure(path: Path, words: Words, certainty: Certainty) -> bool:
    caused = words.caused
    answered = caused is not None and caused.outcome != SKIPPED
    return certainty.sure(path, words.step, answered=answered)
