"""Count what is understood of a set of answers, by language and by kind.

    python -m tests.understanding.measure unseen
    python -m tests.understanding.measure built fr de --show

*Right*: outcome and value as meant. *Wrong*: accepted with another value, or accepted
where it must not be. All others are *asked* again. Lines of the unseen set are never
shown: who grows the grammar must not know them.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from bot.cli.understand_batch import answered

PLACE: Final = Path(__file__).parent
SETS: Final = ("built", "unseen")
EXPECTED: Final = ("outcome", "value", "note", "comment")

Result = Literal["right", "wrong", "asked"]


def lines(name: str, languages: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """Yield the lines of a set, of some languages or of all."""
    for file in sorted((PLACE / name).glob("*.jsonl")):
        if not languages or file.stem in languages:
            for line in file.read_text("utf-8").splitlines():
                yield {"language": file.stem, **json.loads(line)}


def understood(line: dict[str, Any]) -> dict[str, Any]:
    """Return what the batch makes of a line; raises ValueError where it refuses it."""
    asked = {k: v for k, v in line.items() if k not in {*EXPECTED, "language"}}
    answer = answered(json.dumps(asked).encode(), date.min)
    if "error" in answer:
        raise ValueError(f"{line['id']}: {answer['error']}")
    return answer


def judged(line: dict[str, Any], answer: dict[str, Any]) -> Result:
    """Return whether an answer is what the line means."""
    meant, outcome = line["outcome"], answer["outcome"]
    if outcome == "accepted":
        same = meant == "accepted" and _same(answer["value"], line["value"])
        return "right" if same else "wrong"
    if meant == "unsettled":
        return "right"
    same = meant == "rejected" or _same(answer["value"], line.get("value"))
    return "right" if outcome == meant and same else "asked"


def _same(one: object, other: object) -> bool:
    one = list(one) if isinstance(one, tuple) else one
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def table(counts: dict[str, Counter[str]]) -> str:
    """Return the counts as a table of Markdown, with shares in percent."""
    rows = [
        "| | lines | right | wrong | right % | wrong % |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, count in counts.items():
        total = count.total()
        right, wrong = count["right"], count["wrong"]
        rows.append(
            f"| {name} | {total} | {right} | {wrong} "
            f"| {100 * right / total:.1f} | {100 * wrong / total:.2f} |"
        )
    return "\n".join(rows)


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Print the counts of a set."""
    parser = argparse.ArgumentParser(description="Count what is understood of a set.")
    parser.add_argument("set", choices=SETS)
    parser.add_argument("languages", nargs="*")
    parser.add_argument(
        "--show", action="store_true", help="built: print what is missed"
    )
    given = parser.parse_intermixed_args()
    if given.show and given.set == "unseen":
        parser.error("the unseen set stays unseen")
    counts: dict[str, Counter[str]] = {}
    whole = Counter[str]()
    kinds: dict[str, Counter[str]] = {}
    for line in lines(given.set, tuple(given.languages)):
        answer = understood(line)
        result = judged(line, answer)
        counts.setdefault(line["language"], Counter())[result] += 1
        kinds.setdefault(line["kind"], Counter())[result] += 1
        whole[result] += 1
        if given.show and result != "right":
            got = "" if answer["value"] is None else json.dumps(answer["value"])
            meant = json.dumps(line.get("value"), ensure_ascii=False)
            options = json.dumps(line.get("options", ""), ensure_ascii=False)
            say(
                f"{result:6} {line['id']} {line['kind']} {line['text']!r} {options} "
                f"meant {line['outcome']} {meant}, got {answer['outcome']} {got}"
            )
    say(table({**counts, **dict(sorted(kinds.items())), "all": whole}))


if __name__ == "__main__":
    main()
