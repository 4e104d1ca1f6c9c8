"""dead-way, dead-trigger: no value takes a way, or lets a flow start."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.contents import conditions
from flows.language.check.places import problem, way, within
from flows.language.check.ways.combos import combos, scope_of
from flows.language.check.ways.domains import Domains, Find, conjuncts
from flows.language.check.ways.forks import Arm, ByConditions, ByOutcome, Fork
from flows.language.check.ways.shared import shared
from flows.language.check.ways.taken import MOST_TRIES, Ways
from flows.language.check.ways.told import none_will_do, told
from flows.language.conditions import Condition
from flows.language.document import FlowDocument
from flows.language.expression import Compared, Fixed, Name, Node, walk
from flows.language.model import ELSE, Ask, Flow, Way
from flows.language.names import nearest, or_rather
from flows.language.positions import Path as Place


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find ways and starts that stand there in vain."""
    flow = document.flow
    if flow is None:
        return
    ways = shared(flows, world).ways(flow)
    for name in flow.steps:
        for number in ways.shut(name):
            yield from _shut(document, ways, name, number)
        yield from _causes(document, ways, name)
    yield from _triggers(document, flow, flows, world)


def _shut(
    document: FlowDocument, ways: Ways, name: str, number: int
) -> Iterator[Problem]:
    fork = ways.forks[name]
    arm = fork.arms[number]
    if isinstance(fork, ByOutcome) and arm.place[-1:] == (ELSE,):
        yield _nothing_left(document, ("steps", name, *arm.place))
    elif isinstance(fork, ByConditions) and arm.place:
        yield _of_list(document, ways, name, arm)


def _nothing_left(document: FlowDocument, path: Place) -> Problem:
    return problem(
        document,
        document.positions.key(path),
        "dead-way",
        "nothing is left for 'else': every answer is named; leave it out",
    )


def _of_list(document: FlowDocument, ways: Ways, name: str, arm: Arm) -> Problem:
    path = ("steps", name, *arm.place)
    if arm.when is None:
        return problem(
            document,
            document.positions.value(way(document.positions, path)),
            "dead-way",
            "this way is never taken: those before it take all; leave it out",
        )
    for values, when in ((ways.domains.of, ""), (_at(ways, name), " here")):
        if ways.tries <= MOST_TRIES and not _holds(arm.when, ways.domains, values):
            return _never(document, path, arm.when, ways.domains, values, when)
    return problem(
        document,
        document.positions.value(path),
        "dead-way",
        "this way is never taken: those before it take all that it would;"
        " put it before them, or leave it out",
    )


def _at(ways: Ways, name: str) -> Find:
    return lambda path: ways.values(name, path)


def _causes(document: FlowDocument, ways: Ways, name: str) -> Iterator[Problem]:
    """Find an `else` under `then` that no answer comes to."""
    step = ways.flow.steps[name]
    if not isinstance(step, Ask) or not isinstance(step.then, Mapping):
        return
    fork = ByOutcome(name, step, step.then, "then")
    if ELSE in step.then and not _comes(
        fork, [*step.then].index(ELSE), _at(ways, name)
    ):
        yield _nothing_left(document, ("steps", name, "then", ELSE))


def _comes(fork: Fork, number: int, values: Find) -> bool:
    found = combos([fork], values)
    return found is None or any(number in fork.taken(scope_of(each)) for each in found)


# ── conditions that never hold ───────────────────────────────────────────────────


def _holds(condition: Condition, domains: Domains, values: Find) -> bool:
    """Tell whether a condition may hold for some of these values."""
    fork = ByConditions((Way(when=condition, to=ELSE),), "go", domains)
    return _comes(fork, 0, values)


def _never(
    document: FlowDocument,
    path: Place,
    condition: Condition,
    domains: Domains,
    values: Find,
    when: str,
) -> Problem:
    part = _culprit(condition, domains, values)
    near = _meant(part, domains)
    known = told(part, domains, values) if part else none_will_do(condition.names)
    return problem(
        document,
        within(document, path, condition.source, part.offset if part else 0),
        "dead-way" if path[0] == "steps" else "dead-trigger",
        f"this never holds{when}{known and f': {known}'}{or_rather(near)}",
        suggestion=near,
    )


def _culprit(condition: Condition, domains: Domains, values: Find) -> Node | None:
    """Return the first part that never holds by itself, None where none is."""
    for part in conjuncts(condition):
        alone = Condition(f"{condition.source}\0{part.offset}", (), bool, part)
        if not _holds(alone, domains, values):
            return part
    return None


def _meant(part: Node | None, domains: Domains) -> str | None:
    """Return the option that a text was probably meant to be."""
    if not isinstance(part, Compared):
        return None
    names = [each.path for each in walk(part) if isinstance(each, Name)]
    options = [key for path in names for key in domains.options(path)]
    fixed = [each.value for each in walk(part) if isinstance(each, Fixed)]
    wrong = (each for each in fixed if isinstance(each, str) and each not in options)
    return next((near for each in wrong if (near := nearest(each, options))), None)


# ── what starts a flow ───────────────────────────────────────────────────────────


def _triggers(
    document: FlowDocument, flow: Flow, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    tries = 0
    for asked in conditions(flow):
        if asked.trigger is None or tries > MOST_TRIES:
            return  # those of triggers come first
        domains = Domains(flow, flows, world, asked)
        fork = ByConditions((Way(when=asked.condition, to=ELSE),), "go", domains)
        tries += len(combos([fork], domains.of) or ())
        if not _comes(fork, 0, domains.of):
            yield _never(document, asked.path, asked.condition, domains, domains.of, "")
