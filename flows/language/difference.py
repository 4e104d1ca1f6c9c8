"""What two revisions of a flow do differently, in words of the field."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from flows.language.loader import read
from flows.language.model import VERBS

WORDS: Final = {
    "ask": "question",
    "say": "words",
    "answer": "kind",
    "run": "the flow it runs",
    "refer": "programme",
    "branch": "conditions",
    "low": "words of the low end",
    "high": "words of the high end",
    "min": "lowest value",
    "max": "highest value",
}
"""What is behind the keys of a step whose name says too little."""
Steps = Mapping[str, Mapping[str, Any]]


class Difference(Struct, frozen=True, kw_only=True):
    """How a revision differs from an earlier one, by step and around the steps.

    `renamed` holds steps that are the same under another name; `changed` says of each
    step what is different in it; `about` names what is different around the steps.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    changed: Mapping[str, tuple[str, ...]] = {}
    reordered: bool = False
    about: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Say whether both do the same: only layout or comments differ, if anything."""
        return self == Difference()


def difference(old: bytes, new: bytes) -> Difference:
    """Return what the second source of a flow does differently from the first.

    Of a source with errors it says what can be read of it.
    """
    before, after = _data(old), _data(new)
    was, now = _steps(before), _steps(after)
    gone = [name for name in was if name not in now]
    come = [name for name in now if name not in was]
    renamed = dict(_renamed({name: was[name] for name in gone}, now, come))
    kept = [name for name in was if name in now]
    return Difference(
        added=tuple(name for name in come if name not in renamed.values()),
        removed=tuple(name for name in gone if name not in renamed),
        renamed=tuple(renamed.items()),
        changed={
            name: tuple(_changed(was[name], now[name]))
            for name in kept
            if was[name] != now[name]
        },
        reordered=kept != [name for name in now if name in was],
        about=tuple(
            key
            for key in dict.fromkeys((*before, *after))
            if key != "steps" and before.get(key) != after.get(key)
        ),
    )


def steps_of(source: bytes) -> frozenset[str]:
    """Return the names of the steps of a flow."""
    return frozenset(_steps(_data(source)))


def _data(source: bytes) -> Mapping[str, Any]:
    data = read("flow.yaml", source).data
    return data if isinstance(data, dict) else {}


def _steps(data: Mapping[str, Any]) -> Steps:
    steps = data.get("steps")
    if not isinstance(steps, dict):
        return {}
    return {name: s if isinstance(s, dict) else {"": s} for name, s in steps.items()}


def _renamed(gone: Steps, now: Steps, come: list[str]) -> Iterator[tuple[str, str]]:
    """Yield steps that came back as they were under a new name, each once."""
    left = list(come)
    for name, step in gone.items():
        same = next((other for other in left if now[other] == step), None)
        if same is not None:
            left.remove(same)
            yield name, same


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is different in a step, its verb first."""
    before, after = _verb(was), _verb(now)
    if before != after:
        yield f"{before or 'nothing'} → {after or 'nothing'}"
    for key in dict.fromkeys((*was, *now)):
        if was.get(key) == now.get(key) or (before != after and key in VERBS):
            continue
        word = WORDS.get(key, key)
        if key == "answer" and key in was and key in now:
            word = f"{word} {was[key]} → {now[key]}"
        yield word


def _verb(step: Mapping[str, Any]) -> str | None:
    return next((verb for verb in reversed(VERBS) if verb in step), None)
