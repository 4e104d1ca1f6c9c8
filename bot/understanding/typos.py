"""How far a word is from another: only ever a reason to ask, never an answer."""

from typing import Final

SHORT: Final = 4
"""Up to this length only swapped or doubled letters count as a slip."""


def slipped(typed: str, meant: str) -> bool:
    """Tell whether one slip of a finger makes `typed` of `meant`.

    >>> slipped("eigth", "eight"), slipped("ninee", "nine"), slipped("none", "nine")
    (True, True, False)
    """
    if len(meant) < SHORT or typed == meant or not typed or typed[0] != meant[0]:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None
    )
    at = min(len(typed), len(meant)) if at is None else at
    if len(typed) == len(meant):
        swapped = typed[at : at + 2][::-1] == meant[at : at + 2]
        if swapped and typed[at + 2 :] == meant[at + 2 :]:
            return True
        return len(meant) > SHORT and typed[at + 1 :] == meant[at + 1 :]
    if len(typed) == len(meant) + 1:
        doubled = typed[at] == typed[at - 1]
        return (doubled or len(meant) > SHORT) and typed[at + 1 :] == meant[at:]
    return len(typed) + 1 == len(meant) > SHORT and typed[at:] == meant[at + 1 :]
