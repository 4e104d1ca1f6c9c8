"""Which messages we may start when the contact's last words are long past."""

from collections.abc import Iterator
from datetime import timedelta

from flows.language.model import END, Ask, Flow, Wait
from flows.language.paths import successors


def unprompted(flow: Flow, window: timedelta) -> dict[str, str]:
    """Return the steps that may speak later than this after any words, and why.

    Up to the first question of the talk, and up to the next one after a long wait.
    """
    found = dict.fromkeys(_until_asked(flow, next(iter(flow.steps))), "we begin")
    for name, step in flow.steps.items():
        if isinstance(step, Wait) and step.wait >= window:
            for onward in successors(flow, name):
                for each in _until_asked(flow, onward):
                    found.setdefault(each, f"it follows the wait '{name}'")
    return found


def _until_asked(flow: Flow, start: str) -> Iterator[str]:
    """Yield the steps that a talk may come to before the contact speaks again."""
    seen: set[str] = {END}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        if not isinstance(flow.steps[name], Ask):
            waiting.extend(successors(flow, name))
