"""What a step causes, a short line each."""

from collections.abc import Iterator, Mapping

from flows.language.drawing.ways import outcome_words
from flows.language.drawing.words import one_line, span_words
from flows.language.model import (
    Action,
    AddTag,
    Alert,
    Award,
    Branch,
    Emit,
    Flow,
    OpenCase,
    Run,
    SetAttributes,
    StartFlow,
    Step,
    Wait,
)


def causes(step: Step, flow: Flow, language: str) -> Iterator[str]:
    """Yield everything that a step's `then` does, with the outcome that it is for."""
    if isinstance(step, Branch | Run | Wait):
        return
    if not isinstance(step.then, Mapping):
        yield from map(_line, step.then)
        return
    for outcome, actions in step.then.items():
        named = outcome_words(step, outcome, flow, language)
        yield from (f"{named}: {_line(action)}" for action in actions)


def _line(action: Action) -> str:
    if isinstance(action, StartFlow | Award | Emit):
        return one_line(_going_out(action))
    return one_line(_kept_here(action))


def _going_out(action: StartFlow | Award | Emit) -> str:
    match action:
        case StartFlow():
            wait = action.start.wait
            later = f" after {span_words(wait)}" if wait else ""
            return f"start {action.start.flow}{later}"
        case Award():
            return f"award {action.award}"
        case Emit():
            return f"emit {action.emit.event}"


def _kept_here(action: AddTag | SetAttributes | OpenCase | Alert) -> str:
    match action:
        case AddTag():
            return f"tag {action.tag}"
        case SetAttributes():
            return f"set {', '.join(action.set)}"
        case OpenCase():
            return f"open case {action.open_case.team}, {action.open_case.urgency}"
        case Alert():
            return f"alert {action.alert.team}"
