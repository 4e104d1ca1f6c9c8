"""never-offered: a test taps what no question offers."""

from collections.abc import Iterator

from bot.errors import Problem
from bot.model.answer import SCALES, SCORED
from flows.language.check.met import asked
from flows.language.check.places import items, problem
from flows.language.document import FlowDocument, TalksDocument
from flows.language.model import SKIPPED, Ask
from flows.language.names import nearest, or_rather
from flows.language.positions import Path
from flows.language.talks import Talk, Tapped

_SKIP = "skip"


def rule(
    document: TalksDocument, test: Talk, above: Path, known: list[FlowDocument]
) -> Iterator[Problem]:
    """Find taps on options that no question of the known flows offers."""
    offered = {key for each in asked(known) for key in options(each)}
    for number, line in enumerate(test.talk):
        if not isinstance(line, Tapped) or line.tap == (_SKIP,):
            continue
        path = (*above, "talk", number, "tap")
        places = items(document.positions, path, len(line.tap))
        for key, place in zip(line.tap, places, strict=True):
            if key not in offered:
                near = _SKIP if key == SKIPPED else nearest(key, sorted(offered))
                yield problem(
                    document,
                    document.positions.value(place),
                    "never-offered",
                    f"no question offers '{key}'{or_rather(near)}",
                    suggestion=near,
                )


def options(step: Ask) -> frozenset[str]:
    """Return the keys that a question offers to tap."""
    if step.answer in {"yes_no", "consent"}:
        return frozenset({"yes", "no"})
    if step.answer not in SCORED:
        return frozenset(step.options)
    low, high = SCALES.get(step.answer, (step.min or 0, step.max or 0))
    return frozenset(map(str, range(int(low), int(high) + 1)))
