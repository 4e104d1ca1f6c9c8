"""Who published which revision of a flow, when and how."""

from datetime import datetime
from typing import Final, NamedTuple

from msgspec import Struct

BY_NAME: Final = "publish"
"""How a flow is published by somebody who asks for it by its name."""
ROLLBACK: Final = "rollback"


class Publication(Struct, frozen=True, kw_only=True):
    """One revision that was made the current one of its flow.

    `number` counts from 1 in each flow; `by` is empty where nobody noted it; `how` is
    `start`, `save`, `publish`, `rollback`, `chat` or `demo`; `replaced` is the revision
    that was current before.
    """

    flow: str
    number: int
    hash: str
    at: datetime
    by: str
    how: str
    replaced: str | None


class Standing(NamedTuple):
    """How many open talks stand at a step of a revision."""

    flow: str
    revision: str
    step: str
    talks: int
