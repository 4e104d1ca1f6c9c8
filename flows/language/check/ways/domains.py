"""The values that a name can have in a flow, or a few that stand for all of them."""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Final

from bot.model.answer import SCALES
from bot.model.world import World
from flows.language.check.contents import Asked, conditions
from flows.language.check.knowledge import answer_type, knowledge_of
from flows.language.check.ways.samples import ALIENS, BEYOND, samples
from flows.language.check.ways.uses import Uses, uses_in
from flows.language.conditions import Condition, type_problems
from flows.language.document import FlowDocument
from flows.language.expression import Joined, Node
from flows.language.model import Ask, Flow
from flows.language.names import Path

MOST_OPTIONS: Final = 8
"""Of `choices`: each doubles the answers there can be."""
LARGEST_SCALE: Final = 101
_CLOSED: Final = frozenset(
    {*SCALES, "rating", "choice", "choices", "yes_no", "consent"}
)

Values = tuple[object, ...]
Find = Callable[[Path], Values | None]
"""Which values a name can have at some place."""


class Domains:
    """Tells which values each name can have, as far as that is known.

    A condition with a problem of its own is not `sound`, and nothing is told of it.
    """

    def __init__(
        self,
        flow: Flow,
        flows: Mapping[str, FlowDocument],
        world: World,
        trigger: Asked | None = None,
    ) -> None:
        self._flow = flow
        self._flows = flows
        number = trigger.trigger if trigger else None
        self._known = knowledge_of(flow, flows, world, number)
        self._sound: dict[Condition, bool] = {}
        asked = [trigger] if trigger else conditions(flow)
        trees = (
            each.condition.tree
            for each in asked
            if each.trigger == number and self.sound(each.condition)
        )
        self._uses = uses_in(trees)
        self._found: dict[Path, Values | None] = {}

    def of(self, path: Path) -> Values | None:
        """Return the values that a name can have, None where they are too many."""
        if path not in self._found:
            self._found[path] = self._values(path)
        return self._found[path]

    def answers(self, step: str) -> Values | None:
        """Return the answers that a question of this flow can get, skipped included."""
        asked = self._flow.steps.get(step)
        if not isinstance(asked, Ask):
            return None
        return answers_to(asked, self._uses.get(Path("answers", step), Uses()))

    def given(self, step: str) -> Values | None:
        """Return answers that have every outcome, also where there are too many."""
        asked = self._flow.steps.get(step)
        known = self.answers(step)
        if known is not None or not isinstance(asked, Ask):
            return known
        values: Values = tuple((key,) for key in asked.options) or (BEYOND,)
        return (*values, None) if asked.optional else values

    def closed(self, path: Path) -> bool:
        """Tell whether a name is an answer out of a few."""
        asked = self._asked(path)
        return asked is not None and asked.answer in _CLOSED

    def options(self, path: Path) -> tuple[str, ...]:
        """Return the options that an answer is out of."""
        asked = self._asked(path)
        return tuple(asked.options) if asked else ()

    def _asked(self, path: Path) -> Ask | None:
        known = path.root == "answers"
        return _question(path.key, self._flow, self._flows) if known else None

    def sound(self, condition: Condition) -> bool:
        """Tell whether names and types of a condition are as they should be."""
        if condition not in self._sound:
            wrong = type_problems(condition, self._known.type_of)
            self._sound[condition] = not wrong
        return self._sound[condition]

    def _values(self, path: Path) -> Values | None:
        uses = self._uses.get(path, Uses())
        if path.root == "answers":
            asked = self._asked(path)
            values = answers_to(asked, uses) if asked else None
            return None if values is None else _each_once((*values, None))
        kind = self._known.types.get(path, "any")
        found = samples(kind, uses)
        if found is None or path.root == "session":
            return found
        return _each_once((*found, *ALIENS))


def conjuncts(condition: Condition) -> tuple[Node, ...]:
    """Return the parts that all have to hold."""
    tree = condition.tree
    if isinstance(tree, Joined) and tree.word == "and":
        return tree.parts
    return (tree,)


def answers_to(asked: Ask, uses: Uses) -> Values | None:
    """Return the answers that a question can get, or some that stand for all."""
    values = _given(asked, uses)
    if not values:
        return None
    return (*values, None) if asked.optional else values


def _given(asked: Ask, uses: Uses) -> Values | None:  # noqa: PLR0911 - one a kind
    match asked.answer:
        case "nps" | "csat" | "ces":
            low, high = SCALES[asked.answer]
            return tuple(range(low, high + 1))
        case "rating":
            return _rating(asked)
        case "choice":
            return tuple(asked.options)
        case "choices":
            return tuple(_chosen(asked)) if len(asked.options) <= MOST_OPTIONS else None
        case "number":
            return _numbers(asked, uses)
        case "date":  # kept as text, in the order of days
            return samples("text", uses)
        case _:
            return samples(answer_type(asked.answer), uses)


def _rating(asked: Ask) -> Values | None:
    if asked.min is None or asked.max is None:
        return None
    low, high = int(asked.min), int(asked.max)
    return tuple(range(low, high + 1)) if high - low < LARGEST_SCALE else None


def _chosen(asked: Ask) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(asked.options) + 1):
        yield from combinations(asked.options, size)


def _numbers(asked: Ask, uses: Uses) -> Values | None:
    low, high = asked.min, asked.max
    ends = {float(end) for end in (low, high) if end is not None}
    found = samples("number", _with(uses, ends))
    return found and tuple(
        value
        for value in found
        if isinstance(value, int | float)
        and (low is None or value >= low)
        and (high is None or value <= high)
    )


def _with(uses: Uses, more: set[float]) -> Uses:
    return Uses(literals=uses.literals | more, opaque=uses.opaque)


def _question(key: str, flow: Flow, flows: Mapping[str, FlowDocument]) -> Ask | None:
    """Return the question that an answer's name belongs to."""
    name, _, step = key.rpartition(".")
    document = flows.get(name)
    inside = flow if not name else document.flow if document else None
    asked = inside.steps.get(step) if inside else None
    return asked if isinstance(asked, Ask) else None


def _each_once(values: Values) -> Values:
    """Leave out what stands there already; `1` and `true` are two values."""
    kept = {(type(value), value): value for value in values}
    return tuple(kept.values())
