"""What a flow knows: the names that its conditions and texts may use, and types."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from bot.model.answer import Kind
from bot.model.programme import Programme
from bot.model.world import CONTACT_FIELDS, SESSION_FIELDS, Type, World
from flows.language.document import FlowDocument
from flows.language.model import (
    END,
    Ask,
    EventTrigger,
    Flow,
    Refer,
    ReferralTrigger,
    Run,
)
from flows.language.names import Path
from flows.language.paths import graph, reached

_TYPES: Final[Mapping[Kind, Type]] = {
    "nps": "number",
    "csat": "number",
    "ces": "number",
    "rating": "number",
    "number": "number",
    "choices": "list",
    "yes_no": "yes_no",
    "consent": "yes_no",
    "date": "date",
}
_REFERRAL: Final = ("link", "code")
_REFERRER: Final = ("first_name", "last_name")
_PROGRAMME: Final = ("name", "shop_link", "friend_reward", "referrer_reward")

Documents = Mapping[str, FlowDocument]


def answer_type(kind: Kind) -> Type:
    """Return the type of a kind of answer: text where nothing else is said."""
    return _TYPES.get(kind, "text")


class Knowledge(Struct, frozen=True, kw_only=True):
    """Names with their types; of the `open` prefixes any name may be there.

    What is open was declared nowhere or cannot be read, which has its own problem.
    """

    types: Mapping[Path, Type]
    open: tuple[Path, ...] = ()

    def type_of(self, path: Path) -> Type | None:
        """Return a name's type, None where nobody declares it."""
        found = self.types.get(path)
        if found is None and any(
            path.root == known.root and path.key.startswith(known.key)
            for known in self.open
        ):
            return "any"
        return found


def knowledge_of(
    flow: Flow, flows: Documents, world: World, trigger: int | None = None
) -> Knowledge:
    """Return what a flow's steps know, or what one of its triggers knows."""
    types: dict[Path, Type] = {}
    types |= {Path("contact", name): kind for name, kind in CONTACT_FIELDS.items()}
    types |= {Path("contact", name): kind for name, kind in world.attributes.items()}
    types |= {Path("session", name): kind for name, kind in SESSION_FIELDS.items()}
    undeclared = _event_types(types, flow, world, trigger)
    if trigger is None:
        types |= {path: kind for path, kind, _ in _answers(flow, flows)}
        undeclared += [
            Path("answers", f"{run}.")
            for run in _runs(flow)
            if run not in flows or flows[run].flow is None
        ]
        undeclared += _around(types, flow, world)
    return Knowledge(types=types, open=tuple(undeclared))


def _event_types(
    types: dict[Path, Type], flow: Flow, world: World, trigger: int | None
) -> list[Path]:
    """Add the fields of the events that may have come; return what is left open."""
    triggers = flow.triggers if trigger is None else (flow.triggers[trigger],)
    names = [each.event for each in triggers if isinstance(each, EventTrigger)]
    for name in names:
        for field, kind in world.events.get(name, {}).items():
            path = Path("event", field)
            types[path] = kind if types.get(path, kind) == kind else "any"
    return [Path("event", "") for name in names if name not in world.events]


def _answers(flow: Flow, flows: Documents) -> Iterator[tuple[Path, Type, str]]:
    """Yield the answers a flow may have, their types, and the steps that bring them."""
    for name, step in flow.steps.items():
        if isinstance(step, Ask):
            yield Path("answers", name), answer_type(step.answer), name
        elif isinstance(step, Run):
            for inner in _inside(step.run, flows):
                for key, asked in inner.steps.items():
                    if isinstance(asked, Ask):
                        path = Path("answers", f"{inner.flow}.{key}")
                        yield path, answer_type(asked.answer), name


def _inside(name: str, flows: Documents) -> list[Flow]:
    """Return a flow and all that run inside it, each once."""
    found: dict[str, Flow] = {}
    waiting = [name]
    while waiting:
        document = flows.get(waiting.pop())
        if document and document.flow and document.flow.flow not in found:
            found[document.flow.flow] = document.flow
            waiting.extend(_runs(document.flow))
    return list(found.values())


def _runs(flow: Flow) -> list[str]:
    return [step.run for step in flow.steps.values() if isinstance(step, Run)]


def _around(types: dict[Path, Type], flow: Flow, world: World) -> list[Path]:
    """Add what only texts may name."""
    types[Path("brand", "name")] = "text"
    for link in world.review_links:
        types[Path("brand", f"review_links.{link}")] = "text"
    types.update({Path("referrer", name): "text" for name in _REFERRER})
    if by_link_only(flow) or any(isinstance(s, Refer) for s in flow.steps.values()):
        types.update({Path("referral", name): "text" for name in _REFERRAL})
    names = programmes_of(flow)
    if names:
        types.update({Path("programme", name): "text" for name in _PROGRAMME})
    unknown = any(name not in world.programmes for name in names)
    return [Path("programme", "")] if unknown else []


def by_link_only(flow: Flow) -> bool:
    """Tell whether only an invitation starts this flow."""
    triggers = flow.triggers
    return bool(triggers) and all(isinstance(t, ReferralTrigger) for t in triggers)


def programmes_of(flow: Flow) -> dict[str, tuple[str | int, ...]]:
    """Return the programmes that a flow belongs to, and where each is named first."""
    found: dict[str, tuple[str | int, ...]] = {}
    for number, trigger in enumerate(flow.triggers):
        if isinstance(trigger, ReferralTrigger):
            found.setdefault(trigger.referral, ("triggers", number, "referral"))
    for name, step in flow.steps.items():
        if isinstance(step, Refer):
            found.setdefault(step.refer, ("steps", name, "refer"))
    return found


# ── what is sure to be there ─────────────────────────────────────────────────────


class Certainty:
    """Tells which names are sure to have a value at a step of a flow."""

    def __init__(self, flow: Flow, flows: Documents, world: World) -> None:
        self._flow = flow
        self._flows = flows
        self._world = world
        self._graph = graph(flow)
        self._first = next(iter(flow.steps))
        self._sought: dict[tuple[Path, str | None, bool], bool] = {}
        self._programme = _programme_of(flow, world)
        self._without: dict[str, set[str]] = {}

    def sure(self, path: Path, step: str | None, *, answered: bool = False) -> bool:
        """Tell whether a name has a value; `answered`: also this step's own answer."""
        sought = (path, step, answered)
        if sought not in self._sought:
            self._sought[sought] = self._sure(path, step, answered)
        return self._sought[sought]

    def _sure(self, path: Path, step: str | None, answered: bool) -> bool:  # noqa: FBT001
        match path.root:
            case "brand" | "session":
                return True
            case "programme":
                return getattr(self._programme, path.key, None) is not None
            case "event":
                return self._event(path.key)
            case "referral":
                return by_link_only(self._flow) or self._referred(step)
            case "answers":
                return step is not None and self._answer(path.key, step, answered)
            case _:
                return False

    def possible(self, path: Path, step: str | None) -> bool:
        """Tell whether a name can have a value here at all, so far as paths tell."""
        if path.root != "referral" or by_link_only(self._flow) or step is None:
            return path.root != "referral" or by_link_only(self._flow)
        refers = (n for n, s in self._flow.steps.items() if isinstance(s, Refer))
        return any(step in reached(self._graph, refer) for refer in refers)

    def _event(self, field: str) -> bool:
        triggers = self._flow.triggers
        events = [each.event for each in triggers if isinstance(each, EventTrigger)]
        if not events or len(events) < len(triggers) or self._started():
            return False
        return all(field in self._world.events.get(name, {}) for name in events)

    def _started(self) -> bool:
        name = self._flow.flow
        return any(
            name in _starts(doc.flow) for doc in self._flows.values() if doc.flow
        )

    def _referred(self, step: str | None) -> bool:
        refers = [n for n, s in self._flow.steps.items() if isinstance(s, Refer)]
        return step is not None and any(
            refer == step or self._before(refer, step) for refer in refers
        )

    def _answer(self, key: str, step: str, answered: bool) -> bool:  # noqa: FBT001
        asked = self._flow.steps.get(key)
        if isinstance(asked, Ask):
            here = answered and key == step
            return not asked.optional and (here or self._before(key, step))
        run, _, inner = key.partition(".")
        return any(
            isinstance(each, Run) and each.run == run and self._before(name, step)
            for name, each in self._flow.steps.items()
        ) and _always_answers(self._flows.get(run), inner)

    def _before(self, earlier: str, step: str) -> bool:
        """Tell whether every path to a step passes an earlier one."""
        if earlier == step:
            return False
        if earlier not in self._without:
            ways = reached(self._graph, self._first, without=earlier)
            self._without[earlier] = ways
        return step not in self._without[earlier]


def _always_answers(document: FlowDocument | None, step: str) -> bool:
    flow = document.flow if document else None
    if flow is None:
        return True
    asked = flow.steps.get(step)
    if not isinstance(asked, Ask) or asked.optional:
        return False
    return END not in reached(graph(flow), next(iter(flow.steps)), without=step)


def _programme_of(flow: Flow, world: World) -> Programme | None:
    return world.programmes.get(next(iter(programmes_of(flow)), ""))


def _starts(flow: Flow) -> set[str]:
    """Return the flows that this one runs or starts."""
    those = [getattr(step, "then", ()) for step in flow.steps.values()]
    actions = [
        action
        for then in those
        for actions in (then.values() if isinstance(then, Mapping) else (then,))
        for action in actions
    ]
    started = {a.start.flow for a in actions if hasattr(a, "start")}
    return started | set(_runs(flow))
