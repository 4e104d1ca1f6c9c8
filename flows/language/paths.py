"""Ways through a flow: what an answer can come to, and which steps may follow."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bot.model.answer import SEGMENTS
from flows.language.model import ELSE, END, SKIPPED, Ask, Branch, Flow, Go, Step, Way

_TRUTHS: Final = frozenset({"yes", "no"})
_ANSWERED: Final = ""


def outcomes(step: Ask) -> frozenset[str]:
    """Return the names that `go` and `then` may give to this question's answers.

    Segments of a scored kind, the options' keys, yes and no; and `skipped` where the
    question is optional. `else` is not among them, it may stand everywhere.
    """
    named: frozenset[str] = frozenset()
    if step.answer in SEGMENTS:
        named = frozenset(name for name, _ in SEGMENTS[step.answer])
    elif step.answer in {"choice", "choices"}:
        named = frozenset(step.options)
    elif step.answer in {"yes_no", "consent"}:
        named = _TRUTHS
    return named | {SKIPPED} if step.optional else named


class Target(NamedTuple):
    """A step that a way leads to by name, and where in its step that name stands."""

    step: str
    path: tuple[str | int, ...]


def targets(step: Step) -> Iterator[Target]:
    """Yield every step that this one names as its way on."""
    if isinstance(step, Branch):
        yield from _of_ways(step.branch, "branch")
        return
    go = step.go
    if isinstance(go, str):
        yield Target(go, ("go",))
    elif isinstance(go, Mapping):
        yield from (Target(to, ("go", outcome)) for outcome, to in go.items())
    elif go is not None:
        yield from _of_ways(go, "go")


def _of_ways(ways: tuple[Way, ...], verb: str) -> Iterator[Target]:
    for number, way in enumerate(ways):
        yield Target(way.to, (verb, number, "to"))


def falls_through(step: Step) -> bool:
    """Tell whether a step may go on in file order, because nothing names the way."""
    if isinstance(step, Branch):
        return all(way.when is not None for way in step.branch)
    return _leaves_open(step, step.go)


def _leaves_open(step: Step, go: Go | None) -> bool:
    if go is None or isinstance(go, str):
        return go is None
    if not isinstance(go, Mapping):
        return all(way.when is not None for way in go)
    if ELSE in go:
        return False
    if not isinstance(step, Ask):
        return True
    named = outcomes(step)
    answered = named - {SKIPPED} or {_ANSWERED}
    return not (named | answered) <= go.keys()


def successors(flow: Flow, step_name: str) -> tuple[str, ...]:
    """Return the steps that may follow a step, each once, `end` among them.

    Names of steps that do not exist are left out.
    """
    step = flow.steps[step_name]
    named = [target.step for target in targets(step)]
    if falls_through(step):
        named.append(flow.after(step_name))
    known = (name for name in named if name == END or name in flow.steps)
    return tuple(dict.fromkeys(known))


Graph = Mapping[str, tuple[str, ...]]


def graph(flow: Flow) -> dict[str, tuple[str, ...]]:
    """Return every step's successors."""
    return {name: successors(flow, name) for name in flow.steps}


def reached(graph: Graph, start: str, without: str | None = None) -> set[str]:
    """Return what can be reached from a step, itself included, not passing another."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        step = waiting.pop()
        if step in found or step == without:
            continue
        found.add(step)
        waiting.extend(graph.get(step, ()))
    return found
