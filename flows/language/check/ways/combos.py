"""All combinations of values that forks tell apart, unless they are too many."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Final

from flows.language.check.ways.domains import Values
from flows.language.check.ways.forks import Fork, Scope
from flows.language.names import Path

MOST: Final = 100_000
"""Conditions that are asked of one fork, of each combination and each value."""

Group = tuple[object, ...]
"""Values that no condition here tells apart."""
Combo = Mapping[Path, Group]


def combos(
    forks: Sequence[Fork], values: Callable[[Path], Values | None]
) -> list[Combo] | None:
    """Return every combination of values as groups, None where they are too many."""
    groups: dict[Path, list[Group]] = {}
    looks = sum(len(fork.looks) for fork in forks)
    for path in sorted({path for fork in forks for path in fork.paths}):
        known = values(path)
        if known is None or len(known) * looks > MOST:
            return None
        groups[path] = list(_groups(forks, path, known))
    arms = sum(len(fork.arms) for fork in forks)
    if prod(len(each) for each in groups.values()) * arms > MOST:
        return None
    return [
        dict(zip(groups, chosen, strict=True)) for chosen in product(*groups.values())
    ]


def scope_of(combo: Combo) -> Scope:
    """Return a combination as conditions see it, one value for each group."""
    scope: Scope = {"answers": {}, "contact": {}, "event": {}, "session": {}}
    for path, group in combo.items():
        scope[path.root][path.key] = group[0]
    return scope


def _groups(forks: Sequence[Fork], path: Path, values: Values) -> Iterator[Group]:
    if any(path in fork.raw for fork in forks):
        yield from ((value,) for value in values)
        return
    signs = [look.sign for fork in forks for look in fork.looks if look.path == path]
    found: dict[Hashable, list[object]] = {}
    for value in values:
        found.setdefault(tuple(sign(value) for sign in signs), []).append(value)
    yield from (tuple(group) for group in found.values())
