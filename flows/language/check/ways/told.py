"""Values as a message may tell them: what a name can be."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from flows.language.check.ways.domains import Domains, Find, Values
from flows.language.expression import Name, Node, walk
from flows.language.names import Path

_FEW: Final = 8


def told(part: Node, domains: Domains, values: Find) -> str:
    """Return what the one name of a condition can be, nothing where there are more."""
    paths = list({each.path for each in walk(part) if isinstance(each, Name)})
    if len(paths) != 1 or not domains.closed(paths[0]):
        return none_will_do(paths)
    (path,) = paths
    return f"'{path}' {_said(path, domains, values(path) or ())}"


def none_will_do(paths: Sequence[Path]) -> str:
    """Return that no value of one name fits, nothing where there are more."""
    return f"no value of '{paths[0]}' will do" if len(paths) == 1 else ""


def _said(path: Path, domains: Domains, values: Values) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "has no value"
    if any(isinstance(value, tuple) for value in known):
        options = [key for key in domains.options(path) if _in_some(key, known)]
        return f"can only hold {_listed(options)}"
    return f"can only be {_listed(known)}"


def _in_some(key: str, values: list[object]) -> bool:
    return any(isinstance(value, tuple) and key in value for value in values)


def _listed(values: list[object] | list[str]) -> str:
    """Return values as words: `0 to 6`, or `a, b or c`."""
    numbers = sorted(
        v for v in values if isinstance(v, int) and not isinstance(v, bool)
    )
    if len(numbers) == len(values) > 2 and _in_a_row(numbers):  # noqa: PLR2004
        return f"{numbers[0]} to {numbers[-1]}"
    words = [_word(value) for value in (numbers or values)]
    if len(words) > _FEW:
        words = [*words[:_FEW], "…"]
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _in_a_row(numbers: list[int]) -> bool:
    return all(high - low == 1 for low, high in pairwise(numbers))


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
