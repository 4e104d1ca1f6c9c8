"""What can be known of a condition before it runs: its names and their types."""

from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from bot.model.world import Type
from flows.language.evaluation import SAID, day_of, sort_of
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
from flows.language.names import Path, nearest, or_rather


class TypeProblem(NamedTuple):
    """What does not fit, and where in the condition's text."""

    offset: int
    code: str
    message: str
    suggestion: str | None = None
    path: Path | None = None
    """The name that nobody declares, where that is it."""


_TAKES: Final[dict[str, tuple[tuple[Type, ...], Type]]] = {
    "len": (("text", "list"), "number"),
    "lower": (("text",), "text"),
    "abs": (("number",), "number"),
    "round": (("number",), "number"),
    "min": (("number", "date"), "any"),
    "max": (("number", "date"), "any"),
    "days_since": (("date",), "number"),
    "days_until": (("date",), "number"),
}


class _Checker:
    def __init__(
        self, names: Callable[[Path], Type | None], known: Collection[str]
    ) -> None:
        self.problems: list[TypeProblem] = []
        self._names = names
        self._known = known

    def _tell(self, node: Node, message: str) -> None:
        self.problems.append(TypeProblem(node.offset, "wrong-type", message))

    def truth(self, node: Node) -> None:
        """Check that a part is yes or no."""
        kind = self.kind(node)
        if kind not in {"yes_no", "any"}:
            self._tell(
                node,
                f"this is {SAID[kind]}, not yes or no;"
                " compare it, or ask 'is not none'",
            )

    def kind(self, node: Node) -> Type:  # noqa: PLR0911 - one a kind of part
        """Return a part's type, having checked all inside it."""
        match node:
            case Fixed(value=value):
                return sort_of(value)
            case Series():
                return "list"
            case Name():
                return self._name(node)
            case Minus(of=of):
                self._number(of)
                return "number"
            case Reckoned(left=left, right=right):
                self._number(left)
                self._number(right)
                return "number"
            case Called():
                return self._called(node)
            case Joined() | Not() | Compared():
                return self._logic(node)

    def _logic(self, node: Joined | Not | Compared) -> Type:
        match node:
            case Joined(parts=parts):
                for part in parts:
                    self.truth(part)
            case Not(of=of):
                self.truth(of)
            case Compared(first=first, rest=rest):
                left, kind = first, self.kind(first)
                for sign, right in rest:
                    other = self.kind(right)
                    self._pair(sign, (left, kind), (right, other))
                    left, kind = right, other
        return "yes_no"

    def _name(self, node: Name) -> Type:
        kind = self._names(node.path)
        if kind is not None:
            return kind
        near = nearest(str(node.path), self._known)
        message = f"'{node.path}' is not known{or_rather(near)}"
        self.problems.append(
            TypeProblem(node.offset, "unknown-name", message, near, node.path)
        )
        return "any"

    def _number(self, node: Node) -> None:
        kind = self.kind(node)
        if kind not in {"number", "any"}:
            self._tell(node, f"this is {SAID[kind]}, not a number")

    def _called(self, node: Called) -> Type:
        takes, gives = _TAKES[node.function]
        for part in node.arguments:
            kind = self.kind(part)
            iso = kind == "text" and "date" in takes and _iso(part)
            if kind not in takes and kind != "any" and not iso:
                wanted = " or ".join(SAID[take] for take in takes)
                self._tell(
                    part, f"this is {SAID[kind]}; '{node.function}' takes {wanted}"
                )
        return gives

    def _pair(
        self, sign: str, left: tuple[Node, Type], right: tuple[Node, Type]
    ) -> None:
        if sign.startswith("is"):
            self._word(left, right)
        elif "none" in {left[1], right[1]}:
            self._tell(
                left[0],
                f"'{sign}' with none never holds; ask 'is none' or 'is not none'",
            )
        elif sign in {"in", "not in"}:
            self._member(left, right)
        else:
            self._ordered(sign, left, right)

    def _word(self, left: tuple[Node, Type], right: tuple[Node, Type]) -> None:
        if right[1] == "yes_no" and left[1] not in {"yes_no", "any"}:
            self._tell(left[0], f"this is {SAID[left[1]]}, not yes or no")

    def _member(self, left: tuple[Node, Type], right: tuple[Node, Type]) -> None:
        node, kind = left
        row, holds = right
        if holds == "any" or kind == "any":
            return
        if holds == "text" and kind != "text":
            self._tell(node, f"this is {SAID[kind]}; a text holds only text")
        elif holds not in {"text", "list"}:
            self._tell(row, f"this is {SAID[holds]}, not a list or a text")
        elif isinstance(row, Series):
            inside = {sort_of(item.value) for item in row.items}
            if kind not in inside:
                self._tell(node, f"this is {SAID[kind]}, and the list holds none of it")
        elif holds == "list" and kind != "text":
            self._tell(node, f"this is {SAID[kind]}; the list holds text")

    def _ordered(
        self, sign: str, left: tuple[Node, Type], right: tuple[Node, Type]
    ) -> None:
        kinds = {left[1], right[1]}
        if "any" in kinds:
            return
        if sign not in {"==", "!="} and kinds & {"yes_no", "list"}:
            kind = left[1] if left[1] in {"yes_no", "list"} else right[1]
            self._tell(
                left[0], f"{SAID[kind]} has no order, so '{sign}' cannot be asked"
            )
        elif len(kinds) > 1 and not (
            kinds == {"date", "text"} and (_iso(left[0]) or _iso(right[0]))
        ):
            self._tell(
                left[0],
                f"{SAID[left[1]]} and {SAID[right[1]]} cannot be compared"
                + _hint(left, right),
            )


def _iso(node: Node) -> bool:
    return isinstance(node, Fixed) and day_of(node.value) is not None


def _hint(left: tuple[Node, Type], right: tuple[Node, Type]) -> str:
    for node, _ in (left, right):
        if not isinstance(node, Fixed) or not isinstance(node.value, str):
            continue
        if {left[1], right[1]} == {"text", "number"}:
            return "; write the number without quotes"
        if "date" in {left[1], right[1]}:
            return '; write the date as "2026-12-31"'
        if "yes_no" in {left[1], right[1]}:
            return "; write yes or no without quotes"
    return ""


def problems_of(
    tree: Node,
    names: Callable[[Path], Type | None],
    known: Collection[str] = (),
) -> list[TypeProblem]:
    """Return what is wrong with a condition's names and types, in reading order.

    `names` gives a name's type, or None for a name nobody declared; `known` are the
    names to suggest instead.
    """
    checker = _Checker(names, known)
    checker.truth(tree)
    return sorted(checker.problems)
