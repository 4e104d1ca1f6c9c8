"""What is worked out of flows that are checked together, once for all rules."""

from collections.abc import Mapping
from functools import lru_cache

from bot.model.world import World
from flows.language.check.ways.durations import Durations
from flows.language.check.ways.silence import Silences
from flows.language.check.ways.taken import Ways
from flows.language.check.ways.waiting import Waiting
from flows.language.document import FlowDocument
from flows.language.model import Flow


class Together:
    """Flows and their world; equal to the very same ones, and to no others."""

    def __init__(self, flows: Mapping[str, FlowDocument], world: World) -> None:
        self.flows = flows
        self.world = world

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Together) and self.flows is other.flows
        return same and isinstance(other, Together) and self.world is other.world

    def __hash__(self) -> int:
        return hash((id(self.flows), id(self.world)))


class Shared:
    """Works out each thing when it is first asked for."""

    def __init__(self, together: Together) -> None:
        self._of = together
        self._ways: dict[int, Ways] = {}
        self._waiting: Waiting | None = None
        self._durations: Durations | None = None
        self._silences: Silences | None = None

    def ways(self, flow: Flow) -> Ways:
        """Return which ways of a flow can be taken."""
        if id(flow) not in self._ways:
            self._ways[id(flow)] = Ways(flow, self._of.flows, self._of.world)
        return self._ways[id(flow)]

    def waiting(self) -> Waiting:
        """Return where talks wait."""
        if self._waiting is None:
            self._waiting = Waiting(self._of.flows, self.ways)
        return self._waiting

    def durations(self) -> Durations:
        """Return how soon flows start and run others."""
        if self._durations is None:
            self._durations = Durations(self._of.flows, self.ways)
        return self._durations

    def silences(self) -> Silences:
        """Return which messages may be late."""
        if self._silences is None:
            self._silences = Silences(self._of.flows, self._of.world, self.ways)
        return self._silences


@lru_cache(maxsize=1)
def _shared(together: Together) -> Shared:
    return Shared(together)


def shared(flows: Mapping[str, FlowDocument], world: World) -> Shared:
    """Return what was worked out of these flows already, and what will be."""
    return _shared(Together(flows, world))
