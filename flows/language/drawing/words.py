"""Words of a flow as a picture has them: one line, slots as they are written."""

import re
from datetime import timedelta
from typing import Final

from flows.language.model import Flow
from flows.language.template import Text

_UNITS: Final = (
    ("week", timedelta(weeks=1)),
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)
_NO_SIGN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def as_said(text: Text, flow: Flow, language: str) -> str:
    """Return a text in one language on one line, its slots unfilled."""
    return one_line(text.written(language, flow.languages))


def one_line(text: str) -> str:
    r"""Return a text with one space for white space, and no control characters.

    >>> one_line(" May we\n  write? ")
    'May we write?'
    """
    return _NO_SIGN.sub("\ufffd", " ".join(text.split()))


def span_words(span: timedelta) -> str:
    """Return a length of time in the largest unit that divides it.

    >>> span_words(timedelta(hours=48)), span_words(timedelta(hours=1))
    ('2 days', '1 hour')
    """
    for unit, length in _UNITS:
        if not span % length:
            return _many(span // length, unit)
    return _many(int(span.total_seconds()), "second")


def _many(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
