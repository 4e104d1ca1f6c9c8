"""What is worked out of all flows that are checked together, once for all of them."""

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import TypeVar

from flows.language.document import FlowDocument

T = TypeVar("T")

Flows = Mapping[str, FlowDocument]


class _Same:
    """Flows by identity: equal to the very same mapping, and to no other."""

    def __init__(self, flows: Flows) -> None:
        self.flows = flows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.flows is other.flows

    def __hash__(self) -> int:
        return id(self.flows)


def once(work: Callable[[Flows], T]) -> Callable[[Flows], T]:
    """Return the same function, working only where it is asked of other flows.

    Whoever asks changes neither the mapping nor what comes of it.
    """

    @lru_cache(maxsize=1)
    def remembered(same: _Same) -> T:
        return work(same.flows)

    @wraps(work)
    def asked(flows: Flows) -> T:
        return remembered(_Same(flows))

    return asked
