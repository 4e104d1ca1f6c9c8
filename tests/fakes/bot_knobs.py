"""How the fake Bot API answers one call: well, refusing, broken, cut off or late."""

import json
from typing import Final

from msgspec import Struct

LONGEST_HOLD: Final = 60.0


class Knob(Struct, frozen=True, kw_only=True):
    """How one call is answered; without a status as it should be.

    `cut` are the bytes of the answer after which the connection is reset, `hold` the
    seconds before it.
    """

    status: int | None = None
    body: bytes | None = None
    cut: int | None = None
    hold: float = 0.0
    taken: bool = True
    """Whether what was sent reaches the phone all the same."""


WELL: Final = Knob()
RESET: Final = Knob(cut=0)
"""The message is taken, and the connection breaks before the answer."""
TRUNCATED: Final = Knob(cut=-7)
"""The connection breaks within the answer."""
SILENT: Final = Knob(hold=LONGEST_HOLD)
"""The message is taken, and no answer comes."""


def refused(status: int, description: str, **parameters: object) -> Knob:
    """Return a refusal in the words of the Bot API."""
    told: dict[str, object] = {
        "ok": False,
        "error_code": status,
        "description": description,
    }
    if parameters:
        told["parameters"] = parameters
    return Knob(status=status, body=json.dumps(told).encode(), taken=False)


def throttled(seconds: int) -> Knob:
    """Return that we are too fast."""
    said = f"Too Many Requests: retry after {seconds}"
    return refused(429, said, retry_after=seconds)


def blocked() -> Knob:
    """Return that nobody reads us any more."""
    return refused(403, "Forbidden: bot was blocked by the user")


def page(status: int, words: str = "nginx") -> Knob:
    """Return the page of something that stands before the Bot API."""
    body = f"<html><body>{words}</body></html>".encode()
    return Knob(status=status, body=body, taken=False)


def broken(status: int = 500) -> Knob:
    """Return that the server failed after it had sent the message."""
    said = {"ok": False, "error_code": status, "description": "Internal Server Error"}
    return Knob(status=status, body=json.dumps(said).encode())
