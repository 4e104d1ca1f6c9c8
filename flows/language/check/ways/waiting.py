"""Which steps wait for words or for time, and which flows can be passed without."""

from collections.abc import Mapping

from flows.language.check.ways.circles import reached
from flows.language.check.ways.taken import WaysOf
from flows.language.document import FlowDocument
from flows.language.model import END, FRAMES_A_SESSION, Ask, Run, Step, Wait


class Waiting:
    """Tells where a talk surely waits."""

    def __init__(self, flows: Mapping[str, FlowDocument], ways_of: WaysOf) -> None:
        self._flows = flows
        self._ways_of = ways_of
        self._passed: dict[str, bool] = {}
        self._depth = 0

    def waits(self, step: Step) -> bool:
        """Tell whether nobody passes a step without waiting there, time after time.

        A question may take a comment instead of asking, but only once.
        """
        if isinstance(step, Run):
            return not self._passes(step.run)
        return isinstance(step, Ask | Wait)

    def _passes(self, name: str) -> bool:
        """Tell whether a talk can come through a flow without waiting."""
        if name not in self._passed and self._depth < FRAMES_A_SESSION:
            self._passed[name] = False  # also where flows run one another
            self._depth += 1
            self._passed[name] = self._come_through(name)
            self._depth -= 1
        return self._passed.get(name, False)

    def _come_through(self, name: str) -> bool:
        document = self._flows.get(name)
        flow = document.flow if document else None
        if flow is None:
            return False
        still = [name for name, step in flow.steps.items() if not self.waits(step)]
        first = next(iter(flow.steps))
        if first not in still:
            return False
        ways = self._ways_of(flow).open()
        return END in reached({name: ways[name] for name in still}, [first])
