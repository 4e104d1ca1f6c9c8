"""Flows that change at random under talks, and what has to be left of each answer."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from bot.model.answer import Value
from flows.language.document import FlowDocument, load_flow

NAMES: Final = ("one", "two", "three", "four", "five")
KINDS: Final[Mapping[str, tuple[Mapping[str, Any], str, Value]]] = {
    "nps": ({"answer": "nps"}, "7", 7),
    "csat": ({"answer": "csat"}, "4", 4),
    "yes_no": ({"answer": "yes_no"}, "yes", True),
    "number": ({"answer": "number"}, "1234", 1234),
    "text": ({"answer": "text"}, "The parcel came late", "The parcel came late"),
    "fruit": (
        {"answer": "choice", "options": {"apple": "Apples", "pear": "Pears"}},
        "Pears",
        "pear",
    ),
    "colour": (
        {"answer": "choice", "options": {"red": "Red", "pear": "Blue"}},
        "Blue",
        "pear",
    ),
    "several": (
        {"answer": "choices", "options": {"red": "Red", "blue": "Blue"}},
        "Blue",
        ("blue",),
    ),
}
"""What an asking step may say, an answer as it is typed, and its value."""
LANGUAGES: Final = (("en",), ("en", "es"), ("es", "en"))


class Version(NamedTuple):
    """A revision as it was made: what each asking step may be told, and its value."""

    document: FlowDocument
    asks: Mapping[str, tuple[str, Value]]

    @property
    def hash(self) -> str:
        """Return the name of the revision."""
        return self.document.hash


@st.composite
def steps(draw: st.DrawFn, *, inner: bool) -> dict[str, tuple[str, str]]:
    """Draw the steps of a flow: name to verb and kind; the first asks something."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]
    others = ("ask", "say") if inner else ("run", "run")
    verbs = st.sampled_from(("ask", "ask", "say", "wait", *others))
    drawn = {
        name: (draw(verbs), draw(st.sampled_from(sorted(KINDS)))) for name in names
    }
    drawn[names[0]] = ("ask", drawn[names[0]][1])
    return drawn


@st.composite
def versions(draw: st.DrawFn, name: str, number: int) -> Version:
    """Draw a revision of a flow; its number stands in all that it says."""
    drawn = draw(steps(inner=name == "inner"))
    languages = draw(st.sampled_from(LANGUAGES))
    said = {word: f"{name} {number} {word}" for word in drawn}
    data = {
        "flow": name,
        "languages": list(languages),
        "triggers": [{"keyword": ["more"]}] if name == "inner" else [],
        "steps": {
            word: _step(verb, KINDS[kind][0], dict.fromkeys(languages, said[word]))
            for word, (verb, kind) in drawn.items()
        },
    }
    document = load_flow(f"{name}.yaml", json.dumps(data).encode())
    assert document.flow is not None, document.problems
    asks = {w: KINDS[kind][1:] for w, (verb, kind) in drawn.items() if verb == "ask"}
    return Version(document, asks)


def _step(verb: str, asks: Mapping[str, Any], words: Mapping[str, str]) -> Any:  # noqa: ANN401
    match verb:
        case "ask":
            return {"ask": words, **asks}
        case "wait":
            return {"wait": "5 hours"}
        case "run":
            return {"run": "inner"}
        case _:
            return {"say": words}


def broken(version: Version) -> FlowDocument:
    """Return the file of a revision in the midst of being edited."""
    source = version.document.source
    return load_flow(version.document.path, source[: len(source) * 2 // 3])


ACTS: Final[Sequence[str]] = (
    *("edit",) * 3,
    *("answer",) * 4,
    *("together",) * 4,
    "begin",
    "break",
    "forget",
    "inside",
    "roll back",
    "wait",
)
"""What may happen, and how often."""
