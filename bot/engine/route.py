"""Which way a step goes on: by outcome, by condition, or in file order."""

from collections.abc import Sequence

from bot.engine.talk import Talk
from bot.model.event import Misfitted
from flows.language.conditions import Condition
from flows.language.model import Go, Way
from flows.language.outcomes import chosen


def holds(talk: Talk, condition: Condition) -> bool:
    """Say whether a condition holds; a type that does not fit is false, and told."""
    result = condition.test(talk.values)
    if result is True or result is False:
        return result
    talk.tell(Misfitted(step=talk.key, reason=str(result)))
    return False


def way_on(talk: Talk, go: Go | None, by: frozenset[str] = frozenset()) -> str:
    """Return the step that follows the one we stand at."""
    if isinstance(go, str):
        return go
    onward: str | None = None
    if isinstance(go, dict):
        onward = chosen(go, by)
    elif go is not None:
        onward = first_way(talk, go)
    return onward or talk.script.following[talk.here.step]


def first_way(talk: Talk, ways: Sequence[Way]) -> str | None:
    """Return where the first way leads whose condition holds, None for none."""
    return next((w.to for w in ways if w.when is None or holds(talk, w.when)), None)
