r"""Whether a message reads as a test says: `*` is anything, `\*` a star."""

import re
from typing import Final

_PATTERN: Final = {"*": ".*", r"\*": r"\*"}


def matches(expected: str, said: str) -> bool:
    r"""Say whether a message reads as expected, whole and after trimming.

    >>> matches("*0*10*", "From 0 to 10, please."), matches("5 \\*", "5 *")
    (True, True)
    """
    said = said.strip()
    if "*" not in expected:
        return expected.strip() == said
    parts = re.split(r"(\\\*|\*)", expected.strip())
    pattern = "".join(_PATTERN.get(part) or re.escape(part) for part in parts)
    return re.fullmatch(pattern, said, re.DOTALL) is not None


def pattern_of(said: str) -> str:
    r"""Return what matches a message and nothing else; `*` where it says nothing.

    >>> print(pattern_of(" 5 * "))
    5 \*
    """
    return said.strip().replace("*", r"\*") or "*"
