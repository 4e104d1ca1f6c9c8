"""The answers that a question can have, and what their outcomes and conditions are."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from bot.model.answer import SCALES, Value, segment
from flows.language.check.ranges import LARGEST_RATING
from flows.language.evaluation import Misfit, verdict_of
from flows.language.expression import Called, Joined, Name, Node, Not, walk
from flows.language.model import ELSE, SKIPPED, Ask
from flows.language.names import Path

T = TypeVar("T")

_TODAY: Final = frozenset({"days_since", "days_until"})

Holds = bool | None
"""Whether a condition holds; None where a value does not fit, which is false, too."""
Knows = Callable[[Path], tuple[bool, Value]]
"""Whether a name's value is known, and what it is."""


def domain(step: Ask) -> tuple[Value, ...]:
    """Return all that an answer can be, where these are few; skipping is not among it.

    >>> domain(Ask(ask="How?", answer="csat"))
    (1, 2, 3, 4, 5)
    """
    if step.answer in {"yes_no", "consent"}:
        return (True, False)
    if step.answer == "choice":
        return tuple(step.options)
    low, high = SCALES.get(step.answer, (step.min, step.max))
    if step.answer not in {*SCALES, "rating"} or low is None or high is None:
        return ()
    bounds = 0 <= low <= high <= LARGEST_RATING
    return tuple(range(int(low), int(high) + 1)) if bounds else ()


def outcomes_of(step: Ask, value: Value) -> frozenset[str]:
    """Return the names by which `go` and `then` may know an answer."""
    if value is None:
        return frozenset({SKIPPED})
    if isinstance(value, bool):
        return frozenset({"yes" if value else "no"})
    if isinstance(value, str):
        return frozenset({value}) if step.answer == "choice" else frozenset()
    name = segment(step.answer, value)
    return frozenset({name}) if name else frozenset()


def told_apart(step: Ask) -> frozenset[frozenset[str]]:
    """Return the outcomes that a question can have, as far as `go` and `then` ask."""
    found = {outcomes_of(step, value) for value in domain(step)}
    if step.answer == "choices":
        found = {frozenset({key}) for key in step.options}
    found |= {frozenset({SKIPPED})} if step.optional else set()
    named = {
        key
        for part in (step.go, step.then)
        for key in (part if isinstance(part, Mapping) else ())
    }
    return frozenset(each & named for each in found or {frozenset[str]()})


def chosen(named: Mapping[str, T], by: frozenset[str]) -> T | None:
    """Return what the first key that is an outcome names; `else` takes the rest."""
    return next((named[key] for key in named if key in by), named.get(ELSE))


# ── conditions of which some values are known ────────────────────────────────────


def atoms(node: Node) -> Iterable[Node]:
    """Yield the parts of a condition that `and`, `or` and `not` join."""
    match node:
        case Joined(parts=parts):
            for part in parts:
                yield from atoms(part)
        case Not(of=of):
            yield from atoms(of)
        case _:
            yield node


def names_in(atom: Node) -> tuple[Path, ...] | None:
    """Return the names that a part looks at, None where it looks at the date, too."""
    parts = list(walk(atom))
    if any(isinstance(part, Called) and part.function in _TODAY for part in parts):
        return None
    return tuple({part.path: None for part in parts if isinstance(part, Name)})


def possible(node: Node, knows: Knows) -> frozenset[Holds]:
    """Return how a condition may turn out, where some of its names are known."""
    match node:
        case Joined(word="and", parts=parts):
            return _all([possible(part, knows) for part in parts])
        case Joined(parts=parts):
            return _any([possible(part, knows) for part in parts])
        case Not(of=of):
            found = possible(of, knows)
            return frozenset(None if each is None else not each for each in found)
        case _:
            return _atom(node, knows)


def _atom(node: Node, knows: Knows) -> frozenset[Holds]:
    names = names_in(node)
    if names is None:
        return frozenset({True, False})
    values: dict[str, dict[str, object]] = {}
    for path in names:
        known, value = knows(path)
        if not known:
            return frozenset({True, False})
        values.setdefault(path.root, {})[path.key] = value
    verdict = verdict_of(node)(values)
    return frozenset({None if isinstance(verdict, Misfit) else verdict})


def _all(parts: list[frozenset[Holds]]) -> frozenset[Holds]:
    """Return what the first part that does not hold may be, or that all hold."""
    results: set[Holds] = {True}
    for part in parts:
        if True not in results:
            break
        results = (results - {True}) | part
    return frozenset(results)


def _any(parts: list[frozenset[Holds]]) -> frozenset[Holds]:
    """Return whether one may hold; else the last part that does not fit counts."""
    results: set[Holds] = {False}
    for part in parts:
        falsy = results - {True}
        if not falsy:
            break
        results = (results & {True}) | (part - {False})
        results |= falsy if False in part else set()
    return frozenset(results)
