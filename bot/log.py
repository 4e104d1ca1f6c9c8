"""Structured lines on stderr, for those who run the bot; nothing private in them."""

import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog

_PERSON: Final = {"comment", "email", "handle", "name", "phone", "raw", "text"}
_DOOR: Final = {"key", "password", "secret", "token"}
STEPS: Final = 8
"""How many steps of a traceback are told, counted from where it was raised."""
PRIVATE: Final = frozenset(_PERSON | _DOOR)
"""Fields that name a person, say what they said, or open a door."""


def configure() -> None:
    """Write one line of JSON an event to stderr, private fields left out."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            leave_out_private,
            trace,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=_to_stderr,
    )


def leave_out_private(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return an event without its private fields.

    >>> leave_out_private(None, "", {"event": "stuck", "text": "my words"})
    {'event': 'stuck'}
    """
    return {key: value for key, value in event.items() if key not in PRIVATE}


def trace(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Tell an exception by its type and where it was raised, without its words.

    What an error says may hold what somebody typed.
    """
    if event.pop("exc_info", None):
        kind, _, came_from = sys.exc_info()
        steps = traceback.extract_tb(came_from)[-STEPS:]
        event["error"] = kind.__name__ if kind else None
        event["at"] = [f"{Path(s.filename).name}:{s.lineno} {s.name}" for s in steps]
    return event


def _to_stderr(*_: object) -> structlog.PrintLogger:
    """Return a logger on what stderr is now, so that a test may stand in for it."""
    return structlog.PrintLogger(sys.stderr)
