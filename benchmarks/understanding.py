"""How long it takes to understand one message, by kind, and a file of them.

Every line of the sets in tests/understanding is understood some times in a row; its
fastest time counts, once everything is compiled. Then `voxpop understand --batch` reads
20,000 lines in a process of its own, start included.

Run: python benchmarks/understanding.py
"""

import json
import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter, perf_counter_ns
from typing import Any, Final

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.cli.understand_batch import _asked, _request  # noqa: E402
from bot.model.words import typed  # noqa: E402
from bot.understanding import understand  # noqa: E402
from tests.understanding.measure import EXPECTED, lines  # noqa: E402
from tests.understanding.questions import MONDAY  # noqa: E402

ROUNDS: Final = 7
LINES: Final = 20_000


def request(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line of a set as the batch takes it."""
    return {k: v for k, v in line.items() if k not in {*EXPECTED, "language"}}


def fastest(line: dict[str, Any]) -> float:
    """Return the microseconds that a line takes at best, everything compiled."""
    asked = _request(request(line))
    question, today = _asked(asked), asked.today or MONDAY
    best = 1e12
    for _ in range(ROUNDS):
        typed.cache_clear()  # every message is cut anew
        begun = perf_counter_ns()
        understand(question, asked.text, asked.lang, today=today, region=asked.region)
        best = min(best, perf_counter_ns() - begun)
    return best / 1_000


def batch(some: list[dict[str, Any]]) -> float:
    """Return the seconds that a file of 20,000 lines takes, start included."""
    text = "\n".join(json.dumps(request(one)) for one in islice(cycle(some), LINES))
    command = [sys.executable, "-m", "bot", "understand", "--batch", "-"]
    begun = perf_counter()
    done = subprocess.run(  # noqa: S603 - our own program
        command, cwd=ROOT, input=text.encode(), stdout=subprocess.PIPE, check=True
    )
    taken = perf_counter() - begun
    if done.stdout.count(b"\n") != LINES:
        raise SystemExit("the batch lost lines")
    return taken


def main() -> None:
    """Print the medians by kind, the slowest message, and the batch."""
    some = [*lines("built"), *lines("unseen")]
    by_kind: dict[str, list[tuple[float, str]]] = {}
    for line in some:
        by_kind.setdefault(line["kind"], []).append((fastest(line), line["id"]))
    print(f"{'kind':10} {'lines':>6} {'median µs':>10} {'slowest µs':>11}")
    for kind, taken in sorted(by_kind.items()):
        slowest, name = max(taken)
        middle = median(one for one, _ in taken)
        print(f"{kind:10} {len(taken):6} {middle:10.1f} {slowest:11.1f}  {name}")
    seconds = batch(some)
    print(f"\nbatch: {LINES:,} lines of 24 languages in {seconds:.2f} s, with start")


if __name__ == "__main__":
    main()
