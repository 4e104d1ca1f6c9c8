"""The lines that `config.yaml` needs before a flow can name something there."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from bot.model.world import Type, World
from flows.language.check.contents import conditions, texts
from flows.language.document import FlowDocument
from flows.language.evaluation import sort_of
from flows.language.expression import Called, Compared, Fixed, Name, walk
from flows.language.model import DateTrigger, EventTrigger, Flow
from flows.language.names import Path

Declared = Literal["team", "programme", "attribute", "event", "review link"]

_PLAIN: Final = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)
_DOTTED: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z", re.ASCII)
_LINK: Final = "https://example.com/review"
_PROGRAMME: Final = {
    "shop_link": "https://example.com/",
    "friend_reward": '{amount: "10.00", unit: EUR}',
    "referrer_reward": '{amount: "10.00", unit: EUR}',
}


def lines_for(
    what: Declared,
    name: str,
    document: FlowDocument,
    flow: Flow,
    fields: Mapping[str, Type] | None = None,
) -> str | None:
    """Return the lines that declare a name as this flow uses it.

    None stands for what `config.yaml` cannot hold; `fields` has an event already.
    """
    if not (_DOTTED if what == "event" else _PLAIN).match(name):
        return None
    match what:
        case "team":
            return f"teams:\n  {name}: {{}}"
        case "programme":
            return f"programmes:\n  {name}:{_rules(document, flow)}"
        case "attribute":
            return f"attributes:\n  {name}: {_kind(document, flow, name)}"
        case "event":
            carried = {**_used(document, flow, "event"), **(fields or {})}
            listed = ", ".join(f"{field}: {kind}" for field, kind in carried.items())
            return f"events:\n  {name}: {{{listed}}}"
        case "review link":
            return f"brand:\n  review_links:\n    {name}: {_LINK}"


def lines_for_path(path: Path, document: FlowDocument, world: World) -> str | None:
    """Return the lines that would give a name of a text or a condition a value.

    None stands for a name that `config.yaml` cannot give.
    """
    flow, root, key = document.flow, path.root, path.key
    if flow is None:
        return None
    if root == "contact":
        return lines_for("attribute", key, document, flow)
    if root == "brand" and key.startswith("review_links."):
        return lines_for("review link", key.partition(".")[2], document, flow)
    if root == "event" and _PLAIN.match(key):
        names = [t.event for t in flow.triggers if isinstance(t, EventTrigger)]
        known = next((name for name in names if name in world.events), "")
        fields = world.events.get(known)
        return lines_for("event", known, document, flow, fields)
    return None


def _kind(document: FlowDocument, flow: Flow, name: str) -> Type:
    """Return the type that an attribute seems to have."""
    if any(isinstance(t, DateTrigger) and t.date == name for t in flow.triggers):
        return "date"
    return _used(document, flow, "contact").get(name, "text")


def _rules(document: FlowDocument, flow: Flow) -> str:
    """Return the rules of a programme that a flow tells of, with sample values."""
    said = _used(document, flow, "programme")
    rules = [f"\n    {key}: {_PROGRAMME[key]}" for key in _PROGRAMME if key in said]
    return "".join(rules) or " {}"


# ── what a flow reads, and its type as far as the flow shows it ──────────────────


def _used(document: FlowDocument, flow: Flow, root: str) -> dict[str, Type]:
    """Return the names below a root that a flow speaks of, and their likely types."""
    found: dict[str, Type] = {}
    for asked in conditions(flow):
        for part in walk(asked.condition.tree):
            if isinstance(part, Compared | Called):
                found |= {p.key: kind for p, kind in _typed(part) if p.root == root}
    for path in [*_asked(flow), *_said(document, flow)]:
        if path.root == root:
            found.setdefault(path.key, "text")
    return {name: kind for name, kind in found.items() if _PLAIN.match(name)}


def _typed(part: Compared | Called) -> Iterator[tuple[Path, Type]]:
    """Yield the names that a part compares or reckons with, and as what."""
    if isinstance(part, Called):
        sides, kind = part.arguments, _TAKES.get(part.function)
    else:
        sides = (part.first, *(right for _, right in part.rest))
        kinds = (sort_of(side.value) for side in sides if isinstance(side, Fixed))
        kind = next((each for each in kinds if each != "none"), "text")
    for side in sides:
        if isinstance(side, Name) and kind is not None:
            yield side.path, kind


_TAKES: Final[Mapping[str, Type]] = {
    "abs": "number",
    "round": "number",
    "days_since": "date",
    "days_until": "date",
}


def _asked(flow: Flow) -> Iterator[Path]:
    for asked in conditions(flow):
        yield from asked.condition.names


def _said(document: FlowDocument, flow: Flow) -> Iterator[Path]:
    for words in texts(document, flow):
        for language in words.text.languages:
            yield from words.text.names(language)
