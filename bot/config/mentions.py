"""What config.yaml names that has to be there: flows, events and what they carry."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from bot.config.settings import QualifiesRule, Settings
from bot.errors import Problem
from bot.model.world import Type
from flows.language.conditions import parse_condition, type_problems
from flows.language.loader import Document, read
from flows.language.names import Path as Name, nearest, or_rather
from flows.language.positions import Path as Keys, Place, place_within


def misnamed(
    file: Path, settings: Settings, flows: Collection[str]
) -> Iterator[Problem]:
    """Find names of flows and events in a file of settings that are not there.

    Only what the file itself says is judged, not what the environment sets.
    """
    if not file.is_file():
        return
    document = read(str(file), file.read_bytes())
    for name, path in _flows(settings):
        if name not in flows and _says(document, path, name):
            near = nearest(name, sorted(flows))
            message = f"flow '{name}' does not exist{or_rather(near)}"
            place = document.positions.value(path)
            yield _problem(document, place, "unknown-flow", message, near)
    for name, rule in settings.programmes.items():
        if rule.qualifies:
            keys = ("programmes", name, "qualifies")
            yield from _qualifying(document, settings, keys, rule.qualifies)


def _flows(settings: Settings) -> Iterator[tuple[str, Keys]]:
    channels = settings.channels
    for key in type(channels).model_fields:
        flow = getattr(channels, key).flow
        if flow is not None:
            yield flow, ("channels", key, "flow")
    for number, flow in enumerate(channels.web.allowed):
        yield flow, ("channels", "web", "allowed", number)


def _qualifying(
    document: Document, settings: Settings, path: Keys, rule: QualifiesRule
) -> Iterator[Problem]:
    """Find an event that is not declared, or a condition on what it does not carry."""
    at, when = (*path, "event"), (*path, "when")
    carried = settings.events.get(rule.event)
    if carried is not None:
        if rule.when is not None and _says(document, when, rule.when):
            yield from _condition(document, when, rule.when, carried)
    elif _says(document, at, rule.event):
        near = nearest(rule.event, sorted(settings.events))
        message = f"event '{rule.event}' is not declared in config.yaml"
        place = document.positions.value(at)
        message = f"{message}{or_rather(near)}"
        yield _problem(document, place, "unknown-event", message, near)


def _condition(
    document: Document, path: Keys, source: str, carried: Mapping[str, Type]
) -> Iterator[Problem]:
    def type_of(name: Name) -> Type | None:
        return carried.get(name.key) if name.root == "event" else "any"

    known = [f"event.{field}" for field in carried]
    for found in type_problems(parse_condition(source), type_of, known):
        start = document.positions.value(path)
        place = place_within(document.lines, start, source, found.offset)
        yield _problem(document, place, found.code, found.message, found.suggestion)


def _says(document: Document, path: Keys, value: str) -> bool:
    """Tell whether a file says this value there."""
    below: object = document.data
    for part in path:
        if isinstance(below, Mapping):
            below = below.get(str(part))
        elif isinstance(below, list) and isinstance(part, int) and part < len(below):
            below = below[part]
        else:
            return False
    return below == value


def _problem(
    document: Document, place: Place, code: str, message: str, near: str | None
) -> Problem:
    return Problem(
        path=document.path,
        line=place.line,
        column=place.column,
        code=code,
        message=message,
        suggestion=near,
    )
