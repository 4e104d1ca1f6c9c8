"""A condition as a small tree: read with `ast` against a whitelist, within bounds.

Whatever is not named here is refused with the place where it stands. Nothing of what
is read is ever executed as Python.
"""

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from keyword import kwlist
from typing import Any, Final, NoReturn

from pydantic_core import PydanticCustomError

from flows.language.names import CONDITION_ROOTS, Path, nearest, or_rather

LONGEST: Final = 500
DEEPEST: Final = 20
MOST_PARTS: Final = 200
LARGEST: Final = 1e15

WORDS: Final[dict[str, bool | None]] = {
    "true": True,
    "false": False,
    "yes": True,
    "no": False,
    "none": None,
}
FUNCTIONS: Final[dict[str, tuple[int, int]]] = {
    "len": (1, 1),
    "lower": (1, 1),
    "abs": (1, 1),
    "round": (1, 1),
    "min": (2, 10),
    "max": (2, 10),
    "days_since": (1, 1),
    "days_until": (1, 1),
}
"""Function to how few and how many values it takes."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A number, a text, true, false or none, as written."""

    offset: int
    value: float | str | bool | None


@dataclass(frozen=True, slots=True)
class Series:
    """A list of fixed values."""

    offset: int
    items: tuple[Fixed, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name."""

    offset: int
    path: Path


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by `and` or `or`."""

    offset: int
    word: str
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    offset: int
    of: "Node"


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, perhaps a chain of them: `0 <= x <= 6`."""

    offset: int
    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True, slots=True)
class Minus:
    """A number with its sign turned."""

    offset: int
    of: "Node"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Arithmetic of two numbers."""

    offset: int
    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Called:
    """A function of some values."""

    offset: int
    function: str
    arguments: tuple["Node", ...]


Node = Fixed | Series | Name | Joined | Not | Compared | Minus | Reckoned | Called

COMPARISONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
SIGNS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
_TOKEN: Final = re.compile(
    r"(?P<text>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')|(?P<note>#)"
    rf"|(?<=\.)(?P<word>{'|'.join(kwlist)})\b"
)
_FOREIGN: Final = re.compile(
    r"(?P<and>&&?)|(?P<or>\|\|?)|(?P<not>!(?!=))|(?P<equal>(?<![=<>!:])=(?!=))"
)
_HINTS: Final = {
    "and": "write 'and'",
    "or": "write 'or'",
    "not": "write 'not'",
    "equal": "compare with '=='",
}
_BEGINNINGS: Final = f"; names begin with {', '.join(CONDITION_ROOTS)}"


def refuse(words: str, offset: int, code: str = "condition") -> NoReturn:
    """Refuse a condition, with a reason and the place it is about."""
    raise PydanticCustomError(
        code,
        "{words}",
        {"words": words, "offset": offset},
    )


def read(source: str) -> Node:
    """Return the tree of a condition, or refuse it."""
    if len(source) > LONGEST:
        refuse(f"a condition has at most {LONGEST} characters", 0)
    text = source.lstrip()
    margin = len(source) - len(text)
    if not text:
        refuse("the condition is missing", 0)
    masked, words = _mask(re.sub(r"\s", " ", text), margin)
    tree = _parse(masked, margin)
    _bound(tree, margin)
    return _Reader(masked, margin, words).node(tree.body)


def walk(node: Node) -> Iterator[Node]:
    """Yield a tree's parts, itself first, from left to right."""
    yield node
    for part in _parts(node):
        yield from walk(part)


def _parts(node: Node) -> tuple[Node, ...]:  # noqa: PLR0911 - one a kind of part
    match node:
        case Series(items=items):
            return items
        case Joined(parts=parts):
            return parts
        case Not(of=of) | Minus(of=of):
            return (of,)
        case Compared(first=first, rest=rest):
            return (first, *(right for _, right in rest))
        case Reckoned(left=left, right=right):
            return (left, right)
        case Called(arguments=arguments):
            return arguments
        case Fixed() | Name():
            return ()


def _mask(text: str, margin: int) -> tuple[str, dict[int, str]]:
    """Hide words of Python's that follow a dot, so that a step may be called `return`.

    The second value says, by the end of each in bytes, what stood there.
    """
    words: dict[int, str] = {}

    def hide(found: re.Match[str]) -> str:
        if found["note"]:
            refuse("a condition holds no remarks", margin + found.start())
        word: str | None = found["word"]
        if word is None:
            return found[0]
        words[_bytes(text[: found.end()])] = word
        return "_" + word[1:]

    return _TOKEN.sub(hide, text), words


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _parse(text: str, margin: int) -> ast.Expression:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval")
    except SyntaxError as error:
        place = min(max((error.offset or 1) - 1, 0), len(text) - 1)
        _refuse_syntax(text, margin, place)
    except (ValueError, MemoryError, RecursionError):
        refuse("this cannot be read as a condition", margin)


def _refuse_syntax(text: str, margin: int, place: int) -> NoReturn:
    bare = re.sub(
        r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", lambda m: "_" * len(m[0]), text
    )
    foreign = _FOREIGN.search(bare)
    if foreign:
        hint = _HINTS[str(foreign.lastgroup)]
        refuse(f"'{foreign[0]}' is not known here; {hint}", margin + foreign.start())
    refuse("this cannot be read as a condition", margin + place)


def _bound(tree: ast.Expression, margin: int) -> None:
    level: list[ast.AST] = [tree.body]
    count = depth = 0
    while level:
        count, depth = count + len(level), depth + 1
        if count > MOST_PARTS or depth > DEEPEST:
            refuse("this condition is too complex; use two steps", margin)
        level = [
            child
            for node in level
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr)
        ]


class _Reader:
    """Turns Python's tree into ours; what has no place in ours is refused."""

    def __init__(self, text: str, margin: int, words: dict[int, str]) -> None:
        self._raw = text.encode("utf-8", "surrogatepass")
        self._margin = margin
        self._words = words
        self._readers: dict[type[ast.expr], Callable[[Any], Node]] = {
            ast.Constant: self._constant,
            ast.Name: self._word,
            ast.Attribute: self._name,
            ast.BoolOp: self._joined,
            ast.UnaryOp: self._signed,
            ast.BinOp: self._reckoned,
            ast.Compare: self._compared,
            ast.Call: self._called,
            ast.Tuple: self._series,
            ast.List: self._series,
        }

    def node(self, found: ast.expr) -> Node:
        """Return our part for one of Python's."""
        reader = self._readers.get(type(found))
        if reader is None:
            refuse("a condition cannot do this", self._offset(found))
        return reader(found)

    def _offset(self, found: ast.expr) -> int:
        before = self._raw[: found.col_offset]
        return self._margin + len(before.decode("utf-8", "surrogatepass"))

    def _constant(self, found: ast.Constant) -> Fixed:
        value = found.value
        offset = self._offset(found)
        if value is None or isinstance(value, bool | str):
            return Fixed(offset, value)
        if not isinstance(value, int | float):
            refuse("this is no value that a condition knows", offset)
        if not abs(value) <= LARGEST:
            refuse("this number is too large", offset)
        return Fixed(offset, value)

    def _word(self, found: ast.Name) -> Fixed:
        offset = self._offset(found)
        if found.id in WORDS:
            return Fixed(offset, WORDS[found.id])
        if found.id in CONDITION_ROOTS:
            refuse(f"'{found.id}' alone is no value; say which of them", offset)
        refuse(
            f"'{found.id}' is not known{_BEGINNINGS}, and a text stands in quotes",
            offset,
            "unknown_name",
        )

    def _name(self, found: ast.Attribute) -> Name:
        keys: list[str] = []
        part: ast.expr = found
        while isinstance(part, ast.Attribute):
            keys.append(self._words.get(part.end_col_offset or 0, part.attr))
            part = part.value
        offset = self._offset(found)
        if not isinstance(part, ast.Name):
            refuse("a dot only stands inside a name such as answers.score", offset)
        if part.id not in CONDITION_ROOTS:
            rest = or_rather(nearest(part.id, CONDITION_ROOTS)) or _BEGINNINGS
            refuse(f"'{part.id}' is not known{rest}", offset, "unknown_name")
        return Name(offset, Path(part.id, ".".join(reversed(keys))))

    def _joined(self, found: ast.BoolOp) -> Joined:
        word = "and" if isinstance(found.op, ast.And) else "or"
        parts = tuple(self.node(part) for part in found.values)
        return Joined(self._offset(found), word, parts)

    def _signed(self, found: ast.UnaryOp) -> Node:
        offset = self._offset(found)
        if isinstance(found.op, ast.Not):
            return Not(offset, self.node(found.operand))
        if not isinstance(found.op, ast.USub):
            refuse("this sign is not known here", offset)
        part = self.node(found.operand)
        if isinstance(part, Fixed) and type(part.value) in {int, float}:
            return Fixed(offset, -part.value)  # type: ignore[operator]
        return Minus(offset, part)

    def _reckoned(self, found: ast.BinOp) -> Reckoned:
        sign = SIGNS.get(type(found.op))
        texts = any(
            isinstance(side, ast.Constant) and isinstance(side.value, str | bytes)
            for side in (found.left, found.right)
        )
        if texts:
            refuse("a sum is of numbers, not of texts", self._offset(found))
        if sign is None:
            refuse("there are + - * / // and %, no other signs", self._offset(found))
        left, right = self.node(found.left), self.node(found.right)
        return Reckoned(self._offset(found), sign, left, right)

    def _compared(self, found: ast.Compare) -> Compared:
        first = self.node(found.left)
        rest: list[tuple[str, Node]] = []
        for op, part in zip(found.ops, found.comparators, strict=True):
            sign, right = COMPARISONS[type(op)], self.node(part)
            if sign.startswith("is") and not _is_word(right):
                refuse("after 'is' comes none, true or false", right.offset)
            rest.append((sign, right))
        return Compared(self._offset(found), first, tuple(rest))

    def _called(self, found: ast.Call) -> Called:
        offset = self._offset(found)
        name = found.func.id if isinstance(found.func, ast.Name) else ""
        if name not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            refuse(f"there is no such function; there are {known}", offset)
        fewest, most = FUNCTIONS[name]
        if found.keywords or not fewest <= len(found.args) <= most:
            wanted = "one value" if most == 1 else f"{fewest} to {most} values"
            refuse(f"'{name}' takes {wanted}", offset)
        return Called(offset, name, tuple(self.node(part) for part in found.args))

    def _series(self, found: ast.Tuple | ast.List) -> Series:
        items = tuple(self.node(part) for part in found.elts)
        fixed = tuple(item for item in items if isinstance(item, Fixed))
        for item in items:
            if not isinstance(item, Fixed) or item.value is None:
                refuse("a list holds numbers, texts, true and false", item.offset)
        return Series(self._offset(found), fixed)


def _is_word(node: Node) -> bool:
    return isinstance(node, Fixed) and (
        node.value is None or node.value in {True, False}
    )
