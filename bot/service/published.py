"""What the service asks of a store about flows that were published."""

from collections.abc import Sequence
from typing import Protocol

from bot.model.changes import Revision
from bot.model.publication import BY_NAME, Publication, Standing


class Published(Protocol):
    """The part of a transaction that knows revisions, and who keeps them."""

    async def hold_revisions(self) -> None:
        """Be the only one who publishes, until the transaction ends."""
        ...

    async def publish(self, revisions: Sequence[Revision], how: str = BY_NAME) -> None:
        """Store these revisions and make each the current one of its flow."""
        ...

    async def current(self) -> dict[str, str]:
        """Return the hash of the current revision of every flow."""
        ...

    async def rolled_back(self) -> set[tuple[str, str]]:
        """Return what was rolled back from, as flow and hash, and stayed so since."""
        ...

    async def publications(self, flow: str | None = None) -> list[Publication]:
        """Return what was published of a flow, or of all, by name and newest first."""
        ...

    async def revisions(self, hashes: Sequence[str]) -> dict[str, Revision]:
        """Return these revisions by hash."""
        ...

    async def talks_keeping(self) -> dict[str, int]:
        """Return how many open talks keep each revision."""
        ...

    async def talks_standing(self) -> list[Standing]:
        """Return how many open talks stand at each step, of each flow they are in."""
        ...
