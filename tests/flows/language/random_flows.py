"""Flows made at random: as data, and written down in any layout that YAML allows."""

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

NAMES: Final = ("one", "two", "three", "four", "five", "six")
KINDS: Final = ("nps", "csat", "yes_no", "choice", "choices", "text")
OUTCOMES: Final = {
    "nps": ("promoter", "passive", "detractor"),
    "csat": ("satisfied", "neutral", "unsatisfied"),
    "yes_no": ("yes", "no"),
    "choice": ("red", "blue"),
    "choices": ("red", "blue"),
    "text": (),
}
CONDITIONS: Final = (
    "answers.one == 3",
    "answers.two is none",
    'contact.plan == "pro"',
    "true",
)


@st.composite
def flows(draw: st.DrawFn, most: int = len(NAMES)) -> dict[str, Any]:
    """Draw a flow that loads, as the data that YAML would hold."""
    names = NAMES[: draw(st.integers(2, most))]
    return {"flow": "made", "steps": {name: draw(_step(names)) for name in names}}


@st.composite
def _step(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, Any]:
    verb = draw(st.sampled_from(("say", "ask", "ask", "branch")))
    if verb == "branch":
        return {"branch": draw(_ways(names))}
    step: dict[str, Any] = {verb: "Well?" if verb == "ask" else "Well."}
    named: tuple[str, ...] = ()
    if verb == "ask":
        step["answer"] = kind = draw(st.sampled_from(KINDS))
        named = OUTCOMES[kind]
        if kind.startswith("choice"):
            step["options"] = {"red": "Red", "blue": "Blue"}
        if draw(st.booleans()):
            step["optional"] = "yes"
            named = (*named, "skipped")
    if draw(st.booleans()):
        step["go"] = draw(_go(names, named))
    return step


@st.composite
def _go(draw: st.DrawFn, names: tuple[str, ...], named: tuple[str, ...]) -> Any:  # noqa: ANN401
    form = draw(st.integers(0, 2))
    to = st.sampled_from((*names, "end"))
    if form == 0:
        return draw(to)
    if form == 1:
        return draw(_ways(names))
    keys = draw(st.lists(st.sampled_from((*named, "else")), min_size=1, unique=True))
    return {key: draw(to) for key in keys}


@st.composite
def _ways(draw: st.DrawFn, names: tuple[str, ...]) -> list[dict[str, str]]:
    to = st.sampled_from((*names, "end"))
    whens = draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2))
    ways = [{"when": when, "to": draw(to)} for when in whens]
    return [*ways, {"else": draw(to)}] if draw(st.booleans()) else ways


@st.composite
def written(draw: st.DrawFn, data: Mapping[str, Any]) -> str:
    """Draw a way to write data down: in blocks or braces, with comments here and there.

    Comments are numbered, so that a lost one is noticed.
    """
    return _Pen(draw).written(data)


class _Pen:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._comments = 0
        self._indent = draw(st.integers(1, 4))

    def written(self, data: Mapping[str, Any]) -> str:
        end = self._draw(st.sampled_from(("\n", "\r\n")))
        lines = self._mapping(data, 0)
        return end.join(lines) + (end if self._draw(st.booleans()) else "")

    def _chance(self) -> bool:
        return self._draw(st.integers(0, 5)) == 0

    def _comment(self) -> str:
        self._comments += 1
        return f"# remark {self._comments}"

    def _mapping(self, data: Mapping[str, Any], indent: int) -> list[str]:
        lines: list[str] = []
        for key, value in data.items():
            lines += self._entry(f"{key}:", value, indent)
        return lines

    def _entry(self, head: str, value: Any, indent: int) -> list[str]:  # noqa: ANN401
        pad = " " * indent
        above = [pad + self._comment()] if self._chance() else []
        if isinstance(value, str):
            return [*above, f"{pad}{head} {value}"]
        tail = f"  {self._comment()}" if self._chance() else ""
        blank = [""] if self._chance() else []
        if head != "steps:" and self._draw(st.booleans()):
            return [*above, f"{pad}{head} {_braces(value)}{tail}", *blank]
        deeper = indent + self._indent
        if isinstance(value, list):
            inner = [line for item in value for line in self._item(item, deeper)]
        else:
            inner = self._mapping(value, deeper)
        return [*above, f"{pad}{head}{tail}", *inner, *blank]

    def _item(self, item: Mapping[str, Any], indent: int) -> list[str]:
        if self._draw(st.booleans()):
            return [f"{' ' * indent}- {_braces(item)}"]
        first, *rest = self._mapping(item, indent + 2)
        if first.lstrip().startswith("#"):
            return [first, f"{' ' * indent}- {rest[0].lstrip()}", *rest[1:]]
        return [f"{' ' * indent}- {first.lstrip()}", *rest]


def _braces(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_braces(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_braces, value)) + "]"
    return str(value)
