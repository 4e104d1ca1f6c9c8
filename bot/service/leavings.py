"""What a played talk left, held against what its test says it leaves."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec import json

from bot.engine.script import Script
from bot.model.answer import SCORED, Value, segment
from bot.model.changes import CaseRow, Traces
from bot.model.session import Session
from bot.service.effects import typed
from flows.language.model import Ask
from flows.language.talks import Leaves


class Left(NamedTuple):
    """What there is at the end: the talk, what it left, and the flows it could meet."""

    flow: str
    session: Session | None
    traces: Traces
    scripts: Mapping[str, Script]

    @property
    def answers(self) -> Mapping[str, Value]:
        """Return the answers of the talk, skipped questions included."""
        return self.session.answers if self.session else {}

    def question(self, key: str) -> Ask | None:
        """Return the question that an answer's key names, None for none."""
        flow, _, name = key.rpartition(".")
        script = self.scripts.get(flow or self.flow)
        step = script.steps.get(name) if script else None
        return step if isinstance(step, Ask) else None


class Difference(NamedTuple):
    """One thing that is not as its test says; `path` leads to it below `leaves`."""

    path: tuple[str, ...]
    expected: object
    found: object

    def __str__(self) -> str:
        """Return it as a line."""
        name = ".".join(self.path)
        return f"{name}: expected {shown(self.expected)}, is {shown(self.found)}"


def differences(left: Left, leaves: Leaves) -> Iterator[Difference]:
    """Yield everything that is not as the test says, each answer by itself."""
    found = _found(left, leaves)
    for name, expected in _wanted(left, leaves).items():
        actual = found[name]
        if isinstance(expected, Mapping) and isinstance(actual, Mapping):
            for key in {**expected, **actual}:
                if expected.get(key) != actual.get(key):
                    yield Difference((name, key), expected.get(key), actual.get(key))
        elif actual != expected:
            yield Difference((name,), expected, actual)


def leaves_of(left: Left) -> dict[str, object]:
    """Return all that a talk left, as a test says it; what is empty is left out."""
    found = _found(left, Leaves())
    always = {"answers", "session"}
    return {k: v for k, v in found.items() if v or (k in always and v is not None)}


def _wanted(left: Left, leaves: Leaves) -> dict[str, object]:
    """Return what the test speaks of; the rest is not looked at."""
    wanted: dict[str, object] = {
        "segment": leaves.segment,
        "session": leaves.session,
        "started": leaves.started,
        "events": leaves.events,
    }
    if leaves.answers is not None:
        answers = leaves.answers.items()
        wanted["answers"] = {key: _meant(left, key, value) for key, value in answers}
    if leaves.tags is not None:
        wanted["tags"] = sorted(leaves.tags)
    if leaves.cases is not None:
        wanted["cases"] = [dict(case) for case in leaves.cases]
    return {name: value for name, value in wanted.items() if value is not None}


def _found(left: Left, leaves: Leaves) -> dict[str, object]:
    kinds = {"FlowPlanned", "Emitted"}
    told = (event for event in left.traces.events if event.kind in kinds)
    events = [(event.kind, json.decode(event.data)) for event in told]
    return {
        "answers": {key: v for key, v in left.answers.items() if v is not None},
        "segment": _segment(left),
        "session": left.session.status if left.session else None,
        "tags": sorted(left.traces.tags),
        "cases": list(_cases(left, leaves)),
        "started": tuple(
            data["flow"] for kind, data in events if kind == "FlowPlanned"
        ),
        "events": tuple(data["name"] for kind, data in events if kind == "Emitted"),
    }


def _cases(left: Left, leaves: Leaves) -> Iterator[dict[str, str]]:
    """Yield each case by the keys that the test names of it."""
    named = [tuple(case) for case in leaves.cases or ()]
    for place, case in enumerate(left.traces.cases):
        keys = named[place] if place < len(named) else ("team", "urgency")
        yield {key: _of_case(case, key) for key in keys}


def _of_case(case: CaseRow, key: str) -> str:
    return str(getattr(case, key, ""))


def _segment(left: Left) -> str | None:
    """Return the segment of the last scored answer."""
    found = None
    for key, value in left.answers.items():
        step = left.question(key)
        if step is not None:
            found = segment(step.answer, value) or found
    return found


def _meant(left: Left, key: str, value: str | tuple[str, ...]) -> Value:
    """Return what a test file's value says, by the kind of its question."""
    step = left.question(key)
    kind = step.answer if step else "text"
    if kind == "choices":
        return value if isinstance(value, tuple) else (value,)
    word = value if isinstance(value, str) else ", ".join(value)
    if kind in {"yes_no", "consent"}:
        return typed(word, "yes_no")
    if kind in SCORED or kind == "number":
        number = typed(word, "number")
        whole = isinstance(number, float) and number.is_integer()
        return int(number) if whole and isinstance(number, float) else number
    return word


def shown(value: object) -> str:
    """Return a value as a test file would hold it.

    >>> shown({"score": 3, "callback": True, "improve": ("speed", "price")})
    '{score: 3, callback: yes, improve: [speed, price]}'
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    return "nothing" if value is None else str(value)
