"""A number of things: digits with the separators of the place, or words."""
# ruff: noqa: RUF001 - these are the signs that people type

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from bot.model.answer import Asked, Understood
from bot.model.words import LONGEST, Word
from bot.understanding.clause import Clause, Read, in_digits
from bot.understanding.lexicon import load
from bot.understanding.message import Message
from bot.understanding.numerals import Number, numerals
from bot.understanding.reading import REJECTED

DIGITS: Final = 15
"""The longest whole number that is exact everywhere a JSON number goes."""

_SPACED: Final = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[ \u00a0\u202f\u2009'’]\d{3})++)"
    r"(?!\d|[ \u00a0\u202f\u2009]\d)"
)


class Numbers:
    """The grammar of a number question in one language and region."""

    def __init__(
        self, language: str, region: str | None, low: float | None, high: float | None
    ) -> None:
        lexicon = load(language)
        regional = lexicon.decimal_by_region.get((region or "").upper())
        self.decimals = (regional,) if regional else lexicon.decimal
        self.low, self.high = low, high
        self.numerals = numerals(language)
        counters = self.numerals.counters
        clause = Clause(language, self._number, self._fits, counters=counters)
        self.message = Message(clause)

    def read(self, text: str) -> Understood:
        """Return the number that the whole message says."""
        if len(text) > LONGEST:
            return REJECTED
        text = _SPACED.sub(_together, text)
        found = self.message.read(text)
        if found is not REJECTED:
            return found
        return self.message.mistyped(text, self.numerals.slips.near)

    def _fits(self, value: Number) -> bool:
        low, high = self.low, self.high
        return (low is None or value >= low) and (high is None or value <= high)

    def _number(self, words: Sequence[Word], at: int) -> Read | None:
        if at >= len(words):
            return None
        word = words[at]
        touching = at + 1 < len(words) and words[at + 1].start == word.end
        signed = (
            word.norm in {"-", "−"} and touching
        ) or word.norm in self.numerals.minus
        read = self._unsigned(words, at + signed)
        if read is None or read.value is None or not signed:
            return read
        return Read(-read.value, read.end, ask=read.ask)

    def _unsigned(self, words: Sequence[Word], at: int) -> Read | None:
        if at >= len(words):
            return None
        if words[at].kind == "number":
            value = written(words[at].norm, self.decimals)
            return (
                None
                if value is None
                else Read(*self.numerals.times(words, value, at + 1))
            )
        found = self.numerals.read(words, at)
        if found is None:
            value = in_digits(words[at], self.numerals)
            return None if value is None else Read(value, at + 1)
        return Read(*found)


@lru_cache(maxsize=256)
def numbers(
    language: str, region: str | None, low: float | None, high: float | None
) -> Numbers:
    """Return the grammar of a number question, compiled once."""
    return Numbers(language, region, low, high)


def read_number(
    asked: Asked, text: str, language: str, region: str | None
) -> Understood:
    """Return the number that a message says, if it says exactly one in bounds."""
    return numbers(language, region, asked.minimum, asked.maximum).read(text)


def written(digits: str, decimals: Sequence[str]) -> Number | None:
    """Return the number that digits with separators say, None where they say none.

    `decimals` are the signs that may part the decimals; the first is the usual one.

    >>> written("1.234,5", [","]), written("1.234", [","]), written("1.234", ["."])
    (1234.5, 1234, 1.234)
    >>> written("1,23,4", ["."]), written("8.0", ["."])
    (None, 8)
    """
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return _exact(digits, "")
    sign, before, after = digits[last], digits[:last], digits[last + 1 :]
    other = "," if sign == "." else "."
    if other in before:  # both kinds: the last one parts the decimals
        return _exact(before.replace(other, ""), after) if _grouped(before) else None
    if _grouped(digits) and (sign != decimals[0] or sign in before):
        return _exact(digits.replace(sign, ""), "")
    return _exact(before, after) if sign in decimals and sign not in before else None


def _grouped(digits: str) -> bool:
    """Tell whether digits stand in threes, one and the same sign between them."""
    return bool(
        re.fullmatch(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*|\d{1,2}(?:,\d\d)+,\d{3}", digits)
    )


def _exact(before: str, after: str) -> Number | None:
    if len(before) + len(after) > DIGITS or (len(before) > 1 and before[0] == "0"):
        return None
    return int(before) if not after.strip("0") else float(f"{before}.{after}")


def _together(found: re.Match[str]) -> str:
    """Return "1 234" as "1234"."""
    return "".join(char for char in found[1] if char.isdigit())
