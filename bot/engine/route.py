"""Which way a step goes on: by outcome, by condition, or in file order."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from bot.engine.talk import Talk
from bot.model.event import Misfitted
from flows.language.conditions import Condition
from flows.language.model import ELSE, Go, Way

T = TypeVar("T")


def holds(talk: Talk, condition: Condition) -> bool:
    """Say whether a condition holds; a type that does not fit is false, and told."""
    result = condition.test(talk.values)
    if result is True or result is False:
        return result
    talk.tell(Misfitted(step=talk.key, reason=str(result)))
    return False


def chosen(
    talk: Talk, part: str, named: Mapping[str, T], by: frozenset[str]
) -> T | None:
    """Return what the first key that is an outcome names; `else` takes the rest."""
    way = next((key for key in named if key in by), ELSE)
    talk.tread(part, way)
    return named.get(way)


def way_on(talk: Talk, go: Go | None, by: frozenset[str] = frozenset()) -> str:
    """Return the step that follows the one we stand at."""
    if isinstance(go, str):
        return go
    onward: str | None = None
    if isinstance(go, dict):
        onward = chosen(talk, "go", go, by)
    elif go is not None:
        onward = first_way(talk, "go", go)
    return onward or talk.script.following[talk.here.step]


def first_way(talk: Talk, part: str, ways: Sequence[Way]) -> str | None:
    """Return where the first way leads whose condition holds, None for none."""
    for place, way in enumerate(ways):
        if way.when is None or holds(talk, way.when):
            talk.tread(part, place)
            return way.to
    talk.tread(part, ELSE)
    return None
