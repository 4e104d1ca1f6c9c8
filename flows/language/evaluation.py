"""Conditions as closures: fast, total, and without Python's surprises.

- An absent value is None: comparisons and `in` with it are false, arithmetic and
  functions of it are absent too.
- A value of a type that does not fit makes a `Misfit`: false, with a reason.
- `not` of a misfit and `and` with one are misfits; `or` may still hold by another part.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from bot.model.world import Type
from flows.language.expression import (
    Called,
    Compared,
    Fixed,
    Joined,
    Minus,
    Name,
    Node,
    Not,
    Reckoned,
    Series,
)
from flows.language.names import Scope


@dataclass(frozen=True, slots=True)
class Misfit:
    """A condition met a value it cannot use; counts as false and says why."""

    reason: str

    def __bool__(self) -> bool:
        """Return False: what cannot be told does not hold."""
        return False

    def __str__(self) -> str:
        """Return the reason."""
        return self.reason


Verdict = bool | Misfit
Test = Callable[[Scope], Verdict]
Value = Callable[[Scope], object]

SAID: Final[dict[Type, str]] = {
    "text": "text",
    "number": "a number",
    "date": "a date",
    "yes_no": "yes or no",
    "list": "a list",
    "none": "nothing",
    "any": "something unknown",
}
_SORTS: Final[dict[type, Type]] = {
    int: "number",
    float: "number",
    bool: "yes_no",
    str: "text",
    tuple: "list",
    list: "list",
    date: "date",
    datetime: "date",
    type(None): "none",
}
_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SUMS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}
_ISO_LENGTH: Final = 10


def sort_of(value: object) -> Type:
    """Return what kind of value this is; `any` for what conditions do not know.

    >>> sort_of(True), sort_of(3), sort_of(("a",))
    ('yes_no', 'number', 'list')
    """
    known = _SORTS.get(value.__class__)
    if known is not None:
        return known
    return next(
        (sort for kind, sort in _SORTS.items() if isinstance(value, kind)), "any"
    )


def day_of(value: object) -> date | None:
    """Return the day that a date or its ISO text names, or None.

    >>> day_of("2026-03-02"), day_of("20260302")
    (datetime.date(2026, 3, 2), None)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or len(value) != _ISO_LENGTH or value[4] != "-":
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


# ── comparisons ──────────────────────────────────────────────────────────────────


def _ordered(sign: str) -> Callable[[object, object], Verdict]:
    order = _ORDERS[sign]

    def compare(left: object, right: object) -> Verdict:
        sorts = sort_of(left), sort_of(right)
        if "date" in sorts:
            left, right = day_of(left), day_of(right)
        elif "list" in sorts:
            left, right = _row(left), _row(right)
        if left is None or right is None or not _fit(sign, sorts):
            said = f"{SAID[sorts[0]]} {sign} {SAID[sorts[1]]}"
            return Misfit(f"this cannot be compared: {said}")
        return order(left, right)

    return compare


def _fit(sign: str, sorts: tuple[Type, Type]) -> bool:
    if "any" in sorts:
        return False
    if sign not in {"==", "!="} and ("yes_no" in sorts or "list" in sorts):
        return False
    return sorts[0] == sorts[1] or set(sorts) == {"date", "text"}


def _row(value: object) -> tuple[object, ...] | None:
    if not isinstance(value, tuple | list):
        return None
    plain = all(sort_of(item) not in {"list", "any"} for item in value)
    return tuple(value) if plain else None


def _inside(left: object, right: object) -> Verdict:
    if isinstance(right, str):
        if isinstance(left, str):
            return left in right
        return Misfit(f"{SAID[sort_of(left)]} cannot stand in a text")
    if not isinstance(right, tuple | list):
        return Misfit(f"nothing can stand in {SAID[sort_of(right)]}")
    sort = sort_of(left)
    if sort in {"list", "any"}:
        return Misfit(f"{SAID[sort]} cannot stand in a list")
    return any(sort_of(item) == sort and item == left for item in right)


def _outside(left: object, right: object) -> Verdict:
    inside = _inside(left, right)
    return inside if isinstance(inside, Misfit) else not inside


def _comparer(sign: str) -> Callable[[object, object], Verdict]:
    """Return a comparison that is false where a side is absent."""
    if sign == "is":
        return lambda left, right: left if isinstance(left, Misfit) else left is right
    if sign == "is not":
        return lambda left, right: (
            left if isinstance(left, Misfit) else left is not right
        )
    known = {"in": _inside, "not in": _outside}
    inner = known[sign] if sign in known else _ordered(sign)

    def compare(left: object, right: object) -> Verdict:
        if left is None or right is None:
            return False
        if isinstance(left, Misfit):
            return left
        return right if isinstance(right, Misfit) else inner(left, right)

    return compare


# ── closures that give a value ───────────────────────────────────────────────────


def value_of(node: Node) -> Value:  # noqa: PLR0911 - one a kind of part
    """Return a closure for a part's value: absent is None, and nothing is raised."""
    match node:
        case Fixed(value=value):
            return lambda _: value
        case Series(items=items):
            row = tuple(item.value for item in items)
            return lambda _: row
        case Name(path=path):
            return _getter(path.root, path.key)
        case Minus(of=of):
            return _minus(value_of(of))
        case Reckoned():
            return _sum(node.sign, value_of(node.left), value_of(node.right))
        case Called():
            return _call(node.function, [value_of(part) for part in node.arguments])
        case Joined() | Not() | Compared():
            return verdict_of(node)


def _getter(root: str, key: str) -> Value:
    def get(scope: Scope) -> object:
        try:
            return scope[root].get(key)
        except KeyError:
            return None

    return get


def _minus(of: Value) -> Value:
    def minus(scope: Scope) -> object:
        value = of(scope)
        if value is None or isinstance(value, Misfit):
            return value
        if value.__class__ in {int, float}:
            return -value
        return Misfit(f"{SAID[sort_of(value)]} has no sign")

    return minus


def _sum(sign: str, left: Value, right: Value) -> Value:
    reckon = _SUMS[sign]

    def total(scope: Scope) -> object:
        a, b = left(scope), right(scope)
        for value in (a, b):
            if value is None or isinstance(value, Misfit):
                return value
        if sort_of(a) != "number" or sort_of(b) != "number":
            return Misfit(f"{SAID[sort_of(a)]} {sign} {SAID[sort_of(b)]} is no sum")
        try:
            return reckon(a, b)
        except (ArithmeticError, ValueError):
            return Misfit("this sum has no result, as with a division by zero")

    return total


def _call(function: str, arguments: list[Value]) -> Value:
    apply = _FUNCTIONS[function]

    def call(scope: Scope) -> object:
        values = [argument(scope) for argument in arguments]
        for value in values:
            if value is None or isinstance(value, Misfit):
                return value
        try:
            result = apply(scope, *values)
        except (TypeError, ArithmeticError, ValueError, KeyError):
            result = NotImplemented
        if result is NotImplemented:
            said = ", ".join(SAID[sort_of(value)] for value in values)
            return Misfit(f"{function} cannot take {said}")
        return result

    return call


def _number(value: Any) -> Any:  # noqa: ANN401 - whatever a scope holds
    return value if sort_of(value) == "number" else NotImplemented


def _len(_: Scope, value: Any) -> object:  # noqa: ANN401
    return len(value) if sort_of(value) in {"text", "list"} else NotImplemented


def _lower(_: Scope, value: Any) -> object:  # noqa: ANN401
    return value.lower() if sort_of(value) == "text" else NotImplemented


def _extreme(choose: Callable[..., object]) -> Callable[..., object]:
    def extreme(_: Scope, *values: Any) -> object:  # noqa: ANN401
        sorts = {sort_of(value) for value in values}
        if sorts == {"number"}:
            return choose(values)
        days = [day_of(value) for value in values]
        fits = "date" in sorts and None not in days
        return choose(days) if fits else NotImplemented

    return extreme


def _days(turn: int) -> Callable[..., object]:
    def days(scope: Scope, value: Any) -> object:  # noqa: ANN401
        day, today = day_of(value), day_of(scope["session"].get("today"))
        fits = day is not None and today is not None
        return turn * (today - day).days if fits else NotImplemented  # type: ignore[operator]

    return days


_FUNCTIONS: Final[dict[str, Callable[..., object]]] = {
    "len": _len,
    "lower": _lower,
    "abs": lambda _, value: abs(_number(value)),
    "round": lambda _, value: round(_number(value)),
    "min": _extreme(min),
    "max": _extreme(max),
    "days_since": _days(1),
    "days_until": _days(-1),
}


# ── closures that give a verdict ─────────────────────────────────────────────────


def verdict_of(node: Node) -> Test:
    """Return a closure that says whether a condition holds."""
    match node:
        case Joined(word=word, parts=parts):
            tests = [verdict_of(part) for part in parts]
            return _all(tests) if word == "and" else _any(tests)
        case Not(of=of):
            return _not(verdict_of(of))
        case Compared():
            return _simple(node) or _compared(node)
        case Fixed(value=bool(value)):
            return lambda _: value
        case _:
            return _truth(value_of(node))


def _all(tests: list[Test]) -> Test:
    if len(tests) > 2:  # noqa: PLR2004 - two are by far the most common
        head, tail = tests[0], _all(tests[1:])
        return lambda scope: head(scope) and tail(scope)
    first, second = tests
    return lambda scope: first(scope) and second(scope)


def _any(tests: list[Test]) -> Test:
    def either(scope: Scope) -> Verdict:
        last: Verdict = False
        for test in tests:
            verdict = test(scope)
            if verdict:
                return True
            last = verdict if isinstance(verdict, Misfit) else last
        return last

    return either


def _not(test: Test) -> Test:
    def opposite(scope: Scope) -> Verdict:
        verdict = test(scope)
        return verdict if isinstance(verdict, Misfit) else not verdict

    return opposite


def _truth(value: Value) -> Test:
    def truth(scope: Scope) -> Verdict:
        found = value(scope)
        if found is True or found is False:
            return found
        if found is None:
            return False
        if isinstance(found, Misfit):
            return found
        return Misfit(f"this is {SAID[sort_of(found)]}, not yes or no")

    return truth


def _compared(node: Compared) -> Test:
    first = value_of(node.first)
    rest = [(_comparer(sign), value_of(right)) for sign, right in node.rest]

    def chain(scope: Scope) -> Verdict:
        left = first(scope)
        for compare, get in rest:
            right = get(scope)
            verdict = compare(left, right)
            if not verdict:
                return verdict
            left = right
        return True

    return chain


def _simple(node: Compared) -> Test | None:
    """Return a faster closure for a name beside one number or text."""
    sign, fixed = node.rest[0]
    if not isinstance(node.first, Name) or not isinstance(fixed, Fixed):
        return None
    if len(node.rest) > 1 or sign not in _ORDERS or sort_of(fixed.value) == "yes_no":
        return None
    root, key = node.first.path
    order, slow, wanted = _ORDERS[sign], _comparer(sign), fixed.value
    kind = type(wanted)

    def test(scope: Scope) -> Verdict:
        try:
            value = scope[root].get(key)
        except KeyError:
            return False
        if value.__class__ is kind and value is not None:
            return order(value, wanted)
        return slow(value, wanted)

    return test
