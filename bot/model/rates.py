"""How fast a service lets us send, as plain data that each channel owns."""

from typing import Final

from msgspec import Struct


class Rate(Struct, frozen=True):
    """No more than so many in any stretch of so many seconds."""

    most: int
    seconds: float


class Rates(Struct, frozen=True, kw_only=True):
    """What one account may send: in all, and to one address.

    Addresses whose handles begin with `group_prefix` are groups, with rates of their
    own.
    """

    account: tuple[Rate, ...] = ()
    address: tuple[Rate, ...] = ()
    group: tuple[Rate, ...] = ()
    group_prefix: str | None = None

    def of(self, handle: str) -> tuple[Rate, ...]:
        """Return the rates at which one address may be sent to."""
        prefix = self.group_prefix
        grouped = prefix is not None and handle.startswith(prefix)
        return self.group if grouped else self.address


FREE: Final = Rates()
"""No bounds at all."""
