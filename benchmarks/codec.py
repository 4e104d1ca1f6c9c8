"""How long it takes to read what Telegram sends, and to write what we say to it.

Run with `python -m benchmarks.codec`. One process, one kind of update after the
other; the least of several rounds, for what is slower is the machine's.
"""

import json
from collections.abc import Callable
from time import perf_counter
from typing import Final

from bot.model.message import Outbound, Shown
from channels.telegram.decode import read
from channels.telegram.encode import messages
from tests.channels.telegram.updates import OTHER, SAID

ROUNDS: Final = 20
CALLS: Final = 2_000
FLOWS: Final = frozenset({"nps", "csat"})
FAULTY: Final = b'{"update_id":1,"message":{"chat":{"id":1,"type":"private"}}}'
NPS: Final = Shown(
    step="score", kind="nps", minimum=0, maximum=10, low="no", high="yes"
)


def microseconds(call: Callable[[], object]) -> float:
    """Return how long one call takes in the quickest of all rounds."""
    least = float("inf")
    for _ in range(ROUNDS):
        start = perf_counter()
        for _ in range(CALLS):
            call()
        least = min(least, perf_counter() - start)
    return least / CALLS * 1e6


def main() -> None:
    """Print microseconds a call."""
    named = {name: json.dumps(update) for name, update in {**SAID, **OTHER}.items()}
    kinds = ("text", "a press", "a flow", "photo", "in a group", "dice", "blocked")
    for name in kinds:
        body = named[name].encode()
        took = microseconds(lambda body=body: read(body, FLOWS))  # type: ignore[misc]
        print(f"read {name:12} {took:6.1f} µs of {len(body)} bytes")
    print(f"read {'a fault':12} {microseconds(lambda: read(FAULTY)):6.1f} µs")
    asked = Outbound(text="How likely?", shown=NPS)
    print(
        f"write {'a scale':11} {microseconds(lambda: messages(asked, 2**62)):6.1f} µs"
    )


if __name__ == "__main__":
    main()
