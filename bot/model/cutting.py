"""Texts cut and split at a limit, never inside of what people see as one letter."""

import re
import unicodedata
from bisect import bisect_right
from typing import Final

from bot.model.limits import Limit

ELLIPSIS: Final = "…"

_JOINER: Final = "\u200d"
_EXTENDS: Final = re.compile(
    "[\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
"""Signs that belong to what stands before them, beside the marks of Unicode: joiners,
skin tones, the letters of regional flags."""
_BEGINS: Final = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd]")
"""Signs that belong to what stands after them."""
_FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]+$")
_LEADING: Final = re.compile("[\u1100-\u115f\ua960-\ua97c]")
_TRAILING: Final = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb]")
_HANGUL: Final = re.compile("[\u1100-\u115f\ua960-\ua97c\uac00-\ud7a3]")
_VIRAMA: Final = 9

_SENTENCE: Final = (
    r"(?<=[.!?\u2026\u061f\u0964])[\"'\u201d\u2019\u00bb)\]]*(\s+)"
    r"|(?<=[\u3002\uff01\uff1f])"
)
_PLACES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"\s*\n\s*\n\s*",
        r"\s*\n\s*",
        _SENTENCE,
    )
)
"""Where a text is rather split: between paragraphs, lines, sentences; then words."""
_SPACE: Final = re.compile(r"\s+")
_LEAST: Final = 3
"""A part is rather filled to a third at least than split at a better place."""


def joins(text: str, at: int) -> bool:
    """Tell whether what stands before and after a place is seen as one letter.

    >>> joins("👍🏽", 1), joins("🇪🇸🇫🇷", 1), joins("🇪🇸🇫🇷", 2), joins("e\u0301", 1)
    (True, True, False, True)
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if after.isascii() and before.isascii():
        return before == "\r" and after == "\n"
    return bool(
        unicodedata.category(after)[0] == "M"
        or before == _JOINER
        or unicodedata.combining(before) == _VIRAMA
        or _EXTENDS.match(after)
        or _BEGINS.match(before)
        or _in_flag(text, at)
        or _in_syllable(before, after)
    )


def _in_flag(text: str, at: int) -> bool:
    """Tell whether a place lies between the two halves of a flag."""
    if not _FLAG.match(text[at]):
        return False
    run = _FLAG.search(text, 0, at)
    return run is not None and len(run[0]) % 2 == 1


def _in_syllable(before: str, after: str) -> bool:
    """Tell whether two letters of Hangul stand in one syllable."""
    if _TRAILING.match(after):
        return True
    return bool(_LEADING.match(before) and _HANGUL.match(after))


def cut(text: str, limit: Limit | None) -> str:
    """Return a text as long as the limit allows, the cut marked within it.

    >>> cut("Rapidez de entrega", Limit(10)), cut("Price", Limit(10))
    ('Rapidez d…', 'Price')
    """
    if limit is None or limit.holds(text):
        return text
    room = Limit(limit.most - limit.size(ELLIPSIS), limit.unit)
    return text[: _whole(text, _longest(text, room))].rstrip() + ELLIPSIS


def split(text: str, limit: Limit | None) -> list[str]:
    """Return a text in parts that the limit allows, no word of it lost.

    >>> split("We are sorry. It broke.", Limit(15))
    ['We are sorry.', 'It broke.']
    """
    parts: list[str] = []
    while limit is not None and not limit.holds(text):
        text = text.strip()
        longest = max(_longest(text, limit), 1)
        end, start = _place(text, longest)
        parts.append(text[:end])
        text = text[start:]
    last = text.strip()
    return [*parts, last] if parts and last else parts or [text]


def _longest(text: str, limit: Limit) -> int:
    """Return how many characters of a text the limit allows."""
    lengths = range(1, len(text) + 1)
    return bisect_right(lengths, limit.most, key=lambda n: limit.size(text[:n]))


def _whole(text: str, at: int) -> int:
    """Return the nearest place before this one that is inside of no letter."""
    while joins(text, at):
        at -= 1
    return at


def _place(text: str, longest: int) -> tuple[int, int]:
    """Return where a part ends and where the next one begins."""
    window = text[: longest + 1]
    for place in _PLACES:
        found = _last(text, place, window)
        if found and found[0] * _LEAST >= longest:
            return found
    at = _whole(text, longest) or longest
    return _last(text, _SPACE, window) or (at, at)


def _last(text: str, place: re.Pattern[str], window: str) -> tuple[int, int] | None:
    """Return the last such place in a window, None for none where a part can end."""
    longest = len(window) - 1
    for found in reversed(list(place.finditer(window))):
        end = found.start(1) if place.groups and found[1] else found.start()
        start = found.end()
        apart = not joins(text, end) and not joins(text, start)
        if 0 < end <= longest and apart:
            return end, start
    return None
