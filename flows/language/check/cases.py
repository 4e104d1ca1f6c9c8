"""unknown-team, unknown-key, unknown-value: cases of tests that cannot be."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.errors import Problem
from bot.model.world import World
from flows.language.check.places import problem
from flows.language.document import TalksDocument
from flows.language.names import nearest, or_rather
from flows.language.positions import Path
from flows.language.talks import Talk

URGENCIES: Final = ("high", "normal")
KEYS: Final = ("team", "urgency", "flow", "cause")
"""What a test may say of a case."""


def rule(
    document: TalksDocument, test: Talk, above: Path, world: World | None
) -> Iterator[Problem]:
    """Find cases with keys, urgencies and teams that no case has."""
    for number, case in enumerate(test.leaves.cases or ()):
        path = (*above, "leaves", "cases", number)
        yield from _keys(document, path, case)
        team, urgency = case.get("team"), case.get("urgency")
        if urgency is not None and urgency not in URGENCIES:
            near = nearest(urgency, URGENCIES)
            listed = f"; known here: {', '.join(URGENCIES)}"
            message = f"unknown value '{urgency}'{or_rather(near)}{listed}"
            place = document.positions.value((*path, "urgency"))
            yield problem(document, place, "unknown-value", message, suggestion=near)
        if world is not None and team is not None and team not in world.teams:
            near = nearest(team, world.teams)
            message = f"team '{team}' is not declared in config.yaml{or_rather(near)}"
            place = document.positions.value((*path, "team"))
            yield problem(document, place, "unknown-team", message, suggestion=near)


def _keys(
    document: TalksDocument, path: Path, case: Mapping[str, str]
) -> Iterator[Problem]:
    for key in case:
        if key not in KEYS:
            near = nearest(key, KEYS)
            rest = or_rather(near) or f"; known here: {', '.join(KEYS)}"
            place = document.positions.key((*path, key))
            message = f"unknown key '{key}'{rest}"
            yield problem(document, place, "unknown-key", message, suggestion=near)
