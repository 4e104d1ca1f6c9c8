"""reserved-label, number-label: the words of an option mean something else already."""

from collections.abc import Iterator, Mapping, Sequence

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.keywords import ENGLISH, MEANINGS
from flows.language.check.options import Named, at_name, questions
from flows.language.document import FlowDocument
from flows.language.model import Flow


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find options that say stop, hide another order, or bear another's number."""
    flow = document.flow
    if flow is None:
        return
    for step, names in questions(document, flow):
        options = list(step.options)
        for named in names:
            yield from _reserved(document, flow, named, world)
            yield from _number(document, options, named)


def _reserved(
    document: FlowDocument, flow: Flow, named: Named, world: World
) -> Iterator[Problem]:
    """Find a name that is a stop, which no question overrides, or another order."""
    meaning = _meaning(flow, named, world)
    if meaning == "stop":
        message = f"who types '{named.typed}' ends all writing; take other words"
        yield at_name(document, named, "reserved-label", message)
    elif meaning is not None:
        does = MEANINGS.get(meaning, "means something else")
        message = f"'{named.typed}' {does} elsewhere; as an answer it cannot do so here"
        yield at_name(document, named, "reserved-label", message, "warning")


def _meaning(flow: Flow, named: Named, world: World) -> str | None:
    spoken = (named.language,) if named.language else flow.languages
    known = [world.reserved.get(each, {}) for each in (*spoken, ENGLISH)]
    found = [words[named.typed] for words in known if named.typed in words]
    return "stop" if "stop" in found else next(iter(found), None)


def _number(
    document: FlowDocument, options: Sequence[str], named: Named
) -> Iterator[Problem]:
    """Find a label that is the number of another option where options are numbered."""
    digits = named.label and named.typed.isascii() and named.typed.isdecimal()
    place = int(named.typed[:4]) if digits else 0
    if not 1 <= place <= len(options) or options[place - 1] == named.option:
        return
    message = (
        f"where options are numbered, {place} is '{options[place - 1]}', and as a label"
        f" it is '{named.option}'; say more in the label"
    )
    yield at_name(document, named, "number-label", message)
