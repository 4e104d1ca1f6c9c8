"""Everything that can go wrong, grouped by who can mend it.

VoxpopError
├── InvalidDocument      the author of a flow: every Problem, with its place
├── InvalidSettings      the operator: one readable line a mistake
├── WrongUse             the caller: a command or call that makes no sense
├── StoreUnavailable     the store's fault: full, locked or gone
│   ├── StoreFull        … and a disk has to be cleared before anything works again
│   └── StoreBusy        others were in the way: the same may be tried again at once
├── StoreConflict        another transaction stored the same first: look again
├── ChannelError         the far side: a service did not take what we sent through it
│   ├── Unreachable      … for nothing left us: there was no connection
│   ├── Throttled        … for it wants us to slow down
│   ├── Blocked          … for nobody is reached at that address any more
│   └── AccountRefused   … for it does not let us in at all
└── Refused              the message itself cannot be taken (too long, not text)
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning"]


class Problem(Struct, frozen=True, kw_only=True):
    """Say what is wrong at one place of a file, and what would mend it.

    Lines and columns count from 1. `code` is a stable name such as `unknown-step`.
    """

    path: str
    line: int
    column: int
    severity: Severity = "error"
    code: str
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        """Return the line that a compiler would print."""
        place = f"{self.path}:{self.line}:{self.column}"
        return f"{place}: {self.severity}: {self.message} [{self.code}]"


def by_place(problem: Problem) -> tuple[str, int, int, str, str]:
    """Return what problems are sorted by."""
    return (
        problem.path,
        problem.line,
        problem.column,
        problem.code,
        problem.message,
    )


class VoxpopError(Exception):
    """Anything that Voxpop raises on purpose; its text is a sentence for people."""


class InvalidDocument(VoxpopError):
    """A file of the author's does not say what a flow needs; lists every problem."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=by_place))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InvalidSettings(VoxpopError):
    """The configuration does not hold; one readable line a mistake, never a secret."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


class WrongUse(VoxpopError):
    """What was asked for makes no sense; the text says what would."""


class StoreUnavailable(VoxpopError):
    """The store is full, locked or gone: nothing was acknowledged, try again later."""


class StoreFull(StoreUnavailable):
    """No room is left on the disk of the database."""


class StoreBusy(StoreUnavailable):
    """Others changed the same at the same time; nothing was stored, try again."""


class StoreConflict(VoxpopError):
    """Another transaction stored the same first; nothing was stored, look again."""


class ChannelError(VoxpopError):
    """A service did not take a message, and never will unless it is `retryable`.

    `code` is a stable name for why. Where nobody knows whether the service took it,
    this is not raised: such a message is unknown.
    """

    def __init__(
        self, message: str, *, code: str = "rejected", retryable: bool = False
    ) -> None:
        self.code = code
        self.retryable = retryable
        super().__init__(message)


class Unreachable(ChannelError):
    """No connection came about, so nothing left us; it is tried again."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="unreachable", retryable=True)


class Throttled(ChannelError):
    """The service wants us to slow down: nothing sooner than after `retry_after`."""

    def __init__(self, message: str, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        super().__init__(message, code="throttled", retryable=True)


class Blocked(ChannelError):
    """Nobody is reached at this address, until they write to us again."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="blocked")


class AccountRefused(ChannelError):
    """The service does not let our account in; all waits until an operator mends it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="account-refused", retryable=True)


class Refused(VoxpopError):
    """A message cannot be taken as it is; the text says why."""
