"""Which flows the talk of a test may go through."""

from collections.abc import Iterator, Mapping

from flows.language.check import starts
from flows.language.check.contents import actions, flows_run, flows_started
from flows.language.document import FlowDocument
from flows.language.model import (
    Action,
    AnythingTrigger,
    Ask,
    DateTrigger,
    EventTrigger,
    Flow,
)
from flows.language.talks import Keyword, Passed, Talk, Told, Typed

Documents = Mapping[str, FlowDocument]


def met(
    tested: str, test: Talk, flows: Documents, opens: frozenset[str]
) -> list[FlowDocument] | None:
    """Return the flows that a test may meet, None where one of them is not known.

    They are the tested flow, all that it runs or starts, and all that a line of the
    test may begin behind it; `opens` are those that channels begin by themselves.
    """
    begun = [name for name, other in flows.items() if _begins(name, other, test, opens)]
    return _followed([tested, *begun], flows, started=True)


def inside(tested: str, flows: Documents) -> list[FlowDocument] | None:
    """Return a flow and all that run inside it, None where one is not known."""
    return _followed([tested], flows, started=False)


def asked(documents: list[FlowDocument]) -> Iterator[Ask]:
    """Yield every question of these flows."""
    for document in documents:
        steps = document.flow.steps if document.flow else {}
        yield from (step for step in steps.values() if isinstance(step, Ask))


def caused(documents: list[FlowDocument]) -> Iterator[Action]:
    """Yield everything that the steps of these flows cause."""
    for document in documents:
        if document.flow:
            yield from (each.action for each in actions(document, document.flow))


def _followed(
    names: list[str], flows: Documents, *, started: bool
) -> list[FlowDocument] | None:
    found: dict[str, FlowDocument] = {}
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        document = flows.get(name)
        if document is None or document.flow is None:
            return None
        found[name] = document
        waiting.extend(each.name for each in flows_run(document.flow))
        if started:
            waiting.extend(e.name for e in flows_started(document, document.flow))
    return list(found.values())


def _begins(
    name: str, document: FlowDocument, test: Talk, opens: frozenset[str]
) -> bool:
    """Tell whether a line of a test may begin this flow."""
    for line in test.talk:
        if isinstance(line, Typed) and (name in opens or document.flow is None):
            return True
        if document.flow and _sets_off(line, document.flow):
            return True
    return False


def _sets_off(line: object, flow: Flow) -> bool:
    match line:
        case Typed(contact=words):
            return _heard(words, flow)
        case Told(event=told):
            events = (t.event for t in flow.triggers if isinstance(t, EventTrigger))
            return any(event in told for event in events)
        case Passed():
            return any(isinstance(each, DateTrigger) for each in flow.triggers)
        case _:
            return False


def _heard(words: str, flow: Flow) -> bool:
    """Tell whether typed words may begin a flow; a command may be any one."""
    return (
        words.startswith("/")
        or any(isinstance(each, AnythingTrigger) for each in flow.triggers)
        or starts.missing(flow, Keyword(keyword=words)) is None
    )
