"""Lengths of time as a message tells them."""

from datetime import timedelta
from typing import Final

_UNITS: Final = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)


def written_span(span: timedelta) -> str:
    """Return a length of time in the largest unit that tells it whole.

    >>> written_span(timedelta(days=2)), written_span(timedelta(minutes=90))
    ('2 days', '90 minutes')
    """
    for name, unit in _UNITS:
        if span >= unit and not span % unit:
            count = span // unit
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return "no time"
