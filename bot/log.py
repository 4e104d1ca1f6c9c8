"""Structured lines on stderr, for those who run the bot; nothing private in them."""

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import structlog

_PERSON: Final = {"comment", "email", "handle", "name", "phone", "raw", "text"}
_DOOR: Final = {"key", "password", "secret", "token"}
STEPS: Final = 8
"""How many steps of a traceback are told, counted from where it was raised."""
PRIVATE: Final = frozenset(_PERSON | _DOOR)
"""Fields that name a person, say what they said, or open a door."""

_about: ContextVar[Mapping[str, object]] = ContextVar("about")


def configure(level: str = "info") -> None:
    """Write one line of JSON an event to stderr, private fields left out.

    What is less grave than the level is not told; at `info` a healthy server says
    nothing of single messages.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    _Spoken.level = number
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            say_about,
            leave_out_private,
            trace,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_to_stderr,
    )
    hush()
    others = logging.getLogger()
    if not any(isinstance(handler, Others) for handler in others.handlers):
        others.addHandler(Others(logging.WARNING))


def hush() -> None:
    """Have those libraries say nothing that would tell what is private."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)


_TALKATIVE: Final = ("aiosqlite", "httpcore", "httpx", "telegram")
"""Libraries that write addresses with tokens in them, and what people sent."""


class _Spoken:
    """The level that is configured."""

    level = logging.INFO


def tells_all() -> bool:
    """Say whether lines of level debug are written; asking costs next to nothing."""
    return _Spoken.level <= logging.DEBUG


class about:  # noqa: N801 - reads as the words of a `with`
    """Adds these ids to every line that is written meanwhile, whoever writes it."""

    __slots__ = ("_before", "_ids")

    def __init__(self, **ids: object) -> None:
        self._ids = ids

    def __enter__(self) -> None:
        """Begin to add them."""
        self._before = _about.set({**_about.get({}), **self._ids})

    def __exit__(self, *_: object) -> None:
        """Add them no more."""
        _about.reset(self._before)


def say_about(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return an event with the ids that `about` names, and without empty fields.

    >>> with about(talk=7, contact=None):
    ...     say_about(None, "", {"event": "send_broke", "delivery": 9})
    {'event': 'send_broke', 'talk': 7, 'delivery': 9}
    """
    joined = {"event": event.get("event"), **_about.get({}), **event}
    return {key: value for key, value in joined.items() if value is not None}


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
    given = event.pop("exc_info", None)
    if given:
        kind, _, came_from = given if isinstance(given, tuple) else sys.exc_info()
        event["error"] = kind.__name__ if kind else None
        event["at"] = _steps(came_from)
    return event


def _steps(came_from: TracebackType | None) -> list[str]:
    found = traceback.extract_tb(came_from)[-STEPS:]
    return [f"{Path(step.filename).name}:{step.lineno} {step.name}" for step in found]


class Others(logging.Handler):
    """Tells of what a library logs by where it comes from, without its words.

    Those are not ours to trust: they may hold what somebody typed.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line as all others are."""
        structlog.get_logger().log(
            logging.ERROR if record.levelno >= logging.ERROR else logging.WARNING,
            "library_said",
            library=record.name,
            where=f"{record.filename}:{record.lineno} {record.funcName}",
            exc_info=record.exc_info,
        )


def _to_stderr(*_: object) -> structlog.PrintLogger:
    """Return a logger on what stderr is now, so that a test may stand in for it."""
    return structlog.PrintLogger(sys.stderr)
