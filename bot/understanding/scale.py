"""A score typed in words: a whole number between two ends (NPS, CSAT, CES, ratings)."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Final

from bot.model.answer import (
    SCALES,
    Accepted,
    Asked,
    Kind,
    Understood,
)
from bot.model.words import LONGEST, Word
from bot.understanding.around import around
from bot.understanding.clause import FIVE, Clause, Read, in_digits
from bot.understanding.lexicon import load
from bot.understanding.message import Message
from bot.understanding.numerals import Number, in_one, numerals, whole
from bot.understanding.reading import REJECTED
from bot.understanding.signs import HOLLOW, HUNDRED, SCORING, STARS, TEN
from bot.understanding.worded import worded

WORDED: Final = frozenset({"csat", "ces"})
"""The scales that are also answered in words."""

RATING: Final = (1, 5)
"""The ends of a rating that names none."""


class Scale:
    """The grammar of one scale in one language."""

    def __init__(self, kind: Kind, language: str, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.numerals = numerals(language)
        self.ends = around(language).ends
        usual = SCALES.get(kind) == (low, high)
        self.worded = worded(kind, language) if usual and kind in WORDED else None
        self.clause = Clause(
            language, self._number, self._fits, high, worded=self.worded
        )
        self.message = Message(self.clause)
        self.known = {str(n): Accepted(n) for n in range(low, min(high, low + 100) + 1)}
        self.words = {
            word: value
            for word, value in self.numerals.values.items()
            if low <= value <= high and isinstance(value, int)
        }
        for word, value in self.words.items():
            if " " not in word and not self.clause.around.article.knows(word):
                self.known[word] = self.known[word.capitalize()] = Accepted(value)

        typed = load(language).numbers.alone.items()
        self.known |= {one: Accepted(n) for one, n in typed if low <= n <= high}

    def read(self, text: str) -> Understood:
        """Return the score that the whole message says."""
        if text in self.known:
            return self.known[text]
        if len(text) > LONGEST:
            return REJECTED
        understood = self.message.read(text)
        return self._mistyped(text) if understood is REJECTED else understood

    def _fits(self, value: Number) -> bool:
        return isinstance(value, int) and self.low <= value <= self.high

    def _number(self, words: Sequence[Word], at: int) -> Read | None:
        """Return the number or the words of the scale at this place."""
        if at >= len(words):
            return None
        word = words[at]
        if word.kind == "number":
            value = whole(word.norm)
            known = -1 if value is None else value
            return Read(*self.numerals.times(words, known, at + 1))
        if word.norm in SCORING:
            return self._picture(words, at)
        if word.norm in self.ends and (end := self._end(words, at)):
            return end
        worded = self.worded.read(words, at) if self.worded else None
        found = self.numerals.read(words, at)
        if found and (worded is None or found[1] > worded.end):
            return Read(*found)
        hanging = None if worded else in_digits(word, self.numerals)
        return worded if hanging is None else Read(hanging, at + 1)

    def _end(self, words: Sequence[Word], at: int) -> Read | None:
        """Return what "full marks" and "the lowest score" say, also beside a number."""
        beside = self.clause.around
        most, least = beside.most.end(words, at), beside.least.end(words, at)
        if max(most, least) == at or self.worded:
            return None
        end, value = (most, self.high) if most > least else (least, self.low)
        follows = self._number(words, end)
        if follows is None:
            return Read(value, end)
        return Read(value, follows.end) if follows.value == value else None

    def _picture(self, words: Sequence[Word], at: int) -> Read | None:
        """Return what stars, 🔟 and 💯 say."""
        norm = words[at].norm
        if norm in STARS:
            return self._stars(words, at)
        if norm in {TEN, HUNDRED}:
            return Read(10 if norm == TEN else self.high, at + 1)
        return None

    def _stars(self, words: Sequence[Word], start: int) -> Read | None:
        """Count stars where five is the most; elsewhere they are asked about."""
        whole_message = start == 0 and all(word.norm in STARS for word in words)
        if self.high != FIVE and not whole_message:
            return None
        at = start
        while at < len(words) and words[at].norm in STARS:
            at += 1
        count = at - start
        while at < len(words) and words[at].norm == HOLLOW:
            at += 1
        hollow = at - start - count
        stars = -1 if hollow and hollow + count != self.high else count
        return Read(stars, at, ask=self.high != FIVE)

    def _mistyped(self, text: str) -> Understood:
        """Ask about the one word that is a slip away from one of this scale."""
        return self.message.mistyped(text, self._near)

    def _near(self, typed: str) -> list[str]:
        """Return the words of this scale that are one slip away."""
        near = [one for one in self.numerals.slips.near(typed) if one in self.written]
        return near + (self.worded.slips.near(typed) if self.worded else [])

    @cached_property
    def written(self) -> frozenset[str]:
        """The number words of this scale, each in one."""
        return frozenset(map(in_one, self.words))


@lru_cache(maxsize=512)
def scale(
    kind: Kind, language: str, minimum: float | None, maximum: float | None
) -> Scale:
    """Return the grammar of a scale, compiled once."""
    low, high = ends(Asked(kind=kind, minimum=minimum, maximum=maximum))
    return Scale(kind, load(language).language, low, high)


def read_scale(asked: Asked, text: str, language: str) -> Understood:
    """Return the score that a message says, if it says exactly one."""
    return scale(asked.kind, language, asked.minimum, asked.maximum).read(text)


def ends(asked: Asked) -> tuple[int, int]:
    """Return the lowest and the highest answer of a scale."""
    if asked.kind in SCALES:
        return SCALES[asked.kind]
    low, high = RATING
    if asked.minimum is not None:
        low = int(asked.minimum)
    if asked.maximum is not None:
        high = int(asked.maximum)
    return low, high
