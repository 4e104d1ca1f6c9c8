"""Numbers as people type them: digits of any script, and words put together."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from bot.model.words import Word, spell
from bot.understanding.lexicon import load

_TEN, _TWENTY, _HUNDRED, _THOUSAND = 10, 20, 100, 1000
LONGEST: Final = 12
"""Words in the longest number that is read."""


class Numerals:
    """The number words of one language."""

    def __init__(self, language: str) -> None:
        numbers = load(language).numbers
        self.values = {spell(word): value for word, value in numbers.values.items()}
        self.multipliers = {
            spell(word): value for word, value in numbers.multipliers.items()
        }
        self.joiners = frozenset(map(spell, numbers.joiners))
        self.minus = frozenset(map(spell, numbers.minus))
        self.not_typos = frozenset(map(spell, numbers.not_typos))
        self.pairs = numbers.pairs
        self.bare = numbers.bare_multiplier
        self.firsts = frozenset(self.values)
        if self.bare:
            self.firsts |= frozenset(self.multipliers)

    def read(self, words: Sequence[Word], start: int) -> tuple[int, int] | None:
        """Return the longest number in words at `start` and where it ends."""
        if start >= len(words):
            return None
        if words[start].norm not in self.firsts:
            return None
        return _Sum(self).add_up(words, start)


class _Sum:
    """A number growing word by word."""

    def __init__(self, numerals: Numerals) -> None:
        self.numerals = numerals
        self.thousands = 0
        self.group = 0
        self.last = 0  # the part added last; 0 while a group is empty
        self.closed = False  # a thousand has been said

    def add_up(self, words: Sequence[Word], start: int) -> tuple[int, int]:
        """Take words as long as they make a bigger number."""
        end = start
        while end < min(len(words), start + LONGEST):
            joined = end > start and words[end].norm in self.numerals.joiners
            at = end + joined
            if at >= len(words) or not self._take(words[at].norm, joined=joined):
                break
            end = at + 1
        return self.thousands + self.group, end

    def _take(self, word: str, *, joined: bool) -> bool:
        if word in self.numerals.multipliers:
            return not joined and self._multiply(self.numerals.multipliers[word])
        value = self.numerals.values.get(word)
        if value is None or not self._fits(value, joined=joined):
            return False
        self.group += value
        self.last = value or 1
        return True

    def _fits(self, value: int, *, joined: bool) -> bool:
        """Tell whether a part may follow the one before it."""
        if self.last == 0:
            return not joined or (self.closed and self.numerals.pairs)
        if value == 0:
            return False
        if self.last >= _HUNDRED:
            return value < _HUNDRED and (not joined or self.numerals.pairs)
        if self.last >= _TWENTY and self.last % _TEN == 0:
            return value < _TEN and joined is not self.numerals.pairs
        return False

    def _multiply(self, by: int) -> bool:
        if by == _HUNDRED and 0 < self.group < _TEN:
            self.group *= by
            self.last = by
            return True
        nothing = self.group == 0 and self.last == 0
        if by == _THOUSAND and not self.closed and (not nothing or self.numerals.bare):
            self.thousands = (1 if nothing else self.group) * by
            self.group = self.last = 0
            self.closed = True
            return True
        return False


@cache
def numerals(language: str) -> Numerals:
    """Return the number words of a language, compiled once.

    >>> from bot.model.words import split
    >>> numerals("en").read(split("two hundred and five thousand forty two"), 0)
    (205042, 7)
    >>> numerals("es").read(split("treinta y dos mil"), 0)
    (32000, 4)
    """
    return Numerals(language)


def whole(digits: str) -> int | None:
    """Return a whole number written in digits, also as 8.0, else None.

    >>> whole("09"), whole("8,0"), whole("3.5"), whole("007")
    (9, 8, None, None)
    """
    if len(digits) <= 2 and digits.isdecimal():  # noqa: PLR2004 - most of them
        return int(digits)
    before, _, after = digits.replace(",", ".").partition(".")
    if after not in {"", "0", "00"} or len(before) > 6:  # noqa: PLR2004
        return None
    if len(before) > 2 and before[0] == "0":  # noqa: PLR2004
        return None
    return int(before)
