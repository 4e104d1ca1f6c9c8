"""no-way-out: questions go round, and no way leads to the end."""

from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.check.ways.circles import components, is_circle, reached, turned
from flows.language.check.ways.circles_told import named, target_place
from flows.language.check.ways.shared import shared
from flows.language.check.ways.taken import Ways
from flows.language.document import FlowDocument
from flows.language.model import END


def rule(
    document: FlowDocument, flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find circles that nobody leaves; one that never waits has its own problem."""
    flow = document.flow
    if flow is None:
        return
    known = shared(flows, world)
    ways, waiting = known.ways(flow), known.waiting()
    ahead = ways.open()
    ends = reached(turned(ahead), [END])
    for group in components(ahead):
        caught = not ends.intersection(group) and is_circle(ahead, group)
        left = any(to not in group for name in group for to in ahead[name])
        pauses = any(waiting.waits(flow.steps[name]) for name in group)
        if caught and not left and pauses and ways.comes(group[0]):
            yield _caught(document, ways, ahead, group)


def _caught(
    document: FlowDocument,
    ways: Ways,
    ahead: Mapping[str, tuple[str, ...]],
    group: list[str],
) -> Problem:
    order = [name for name in ways.flow.steps if name in group]
    back = next(name for name in order if order[0] in ahead[name])
    only = "leads only to itself" if len(order) == 1 else "lead only to one another"
    return problem(
        document,
        target_place(document, ways, back, order[0]),
        "no-way-out",
        f"{named(order)} {only}, so the talk never ends; lead a way out, as to 'end'",
    )
