"""How far a word is from another: only ever a reason to ask, never an answer."""

import unicodedata
from collections.abc import Iterable
from typing import Final

LONGEST: Final = 24
"""Letters of the longest word in which a slip is looked for."""

SHORTEST: Final = 3
"""Letters of the shortest word in which a slip is looked for."""

_HANGUL: Final = "\uac00"


def one_slip(typed: str, meant: str) -> bool:
    """Tell whether one letter wrong, missing, too many or swapped makes the difference.

    >>> one_slip("eigth", "eight"), one_slip("ninee", "nine"), one_slip("ten", "nine")
    (True, True, False)
    """
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    at = 0
    while at < min(len(typed), len(meant)) and typed[at] == meant[at]:
        at += 1
    one, other = typed[at:], meant[at:]
    if len(one) == len(other):
        swapped = one[1::-1] == other[:2] and one[2:] == other[2:]
        return one[1:] == other[1:] or swapped
    return one[1:] == other or one == other[1:]


class Slips:
    """Words that may be mistyped, found by what a slip leaves of them.

    `shortest` are the letters that a word has at least; Korean counts by the letters of
    which its syllables are made.
    """

    def __init__(self, words: Iterable[str], shortest: int = SHORTEST) -> None:
        self._left: dict[str, str] = {}
        known = self._left
        for word in set(words):
            spelt = letters(word)
            if shortest <= len(spelt) <= LONGEST:
                for left in _leavings(spelt):
                    others = known.get(left)
                    known[left] = word if others is None else f"{others} {word}"

    def near(self, typed: str) -> list[str]:
        """Return the words that are one slip away from what was typed, sorted.

        >>> Slips(["seven", "eleven"]).near("sevwn")
        ['seven']
        """
        spelt = letters(typed)
        if len(spelt) > LONGEST:
            return []
        found: set[str] = set()
        for left in _leavings(spelt):
            if others := self._left.get(left):
                found.update(others.split(" "))
        return sorted(word for word in found if one_slip(spelt, letters(word)))


def _leavings(word: str) -> list[str]:
    """Return a word, and what is left of it without each of its letters."""
    return [word, *[word[:at] + word[at + 1 :] for at in range(len(word))]]


def letters(word: str) -> str:
    """Return a word with Korean syllables taken apart."""
    if max(word, default="") >= _HANGUL:
        return unicodedata.normalize("NFD", word)
    return word
