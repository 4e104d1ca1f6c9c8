r"""Whether a message reads as a test says: `*` is anything, `\*` a star."""

import re
from collections.abc import Sequence
from typing import Final

_STAR: Final = re.compile(r"(?<!\\)\*")


def matches(expected: str, said: str) -> bool:
    r"""Say whether a message reads as expected, whole and after trimming.

    >>> matches("*0*10*", "From 0 to 10, please."), matches("5 \\*", "5 *")
    (True, True)
    """
    said = said.strip()
    parts = [part.replace(r"\*", "*") for part in _STAR.split(expected.strip())]
    if len(parts) == 1:
        return parts[0] == said
    first, *middle, last = parts
    if not said.startswith(first):
        return False
    end = _past(middle, said, len(first))
    return end is not None and said.endswith(last, end)


def _past(parts: Sequence[str], said: str, place: int) -> int | None:
    """Return where the last of these parts ends, each taken as early as may be.

    What comes early leaves most to the parts behind it, so nothing is tried twice.
    """
    for part in parts:
        found = said.find(part, place)
        if found < 0:
            return None
        place = found + len(part)
    return place


def pattern_of(said: str) -> str:
    r"""Return what matches a message and nothing else; `*` where it says nothing.

    >>> print(pattern_of(" 5 * "))
    5 \*
    """
    return said.strip().replace("*", r"\*") or "*"
