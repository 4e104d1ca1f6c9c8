"""A score typed in words: a whole number between two ends (NPS, CSAT, CES, ratings)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from bot.model.answer import SCALES, Accepted, Asked, Confirm, Kind, Understood
from bot.model.words import LONGEST, Word, typed
from bot.understanding.clause import Clause, Number, Read
from bot.understanding.lexicon import load
from bot.understanding.message import REJECTED, Message
from bot.understanding.numerals import numerals, whole
from bot.understanding.signs import HOLLOW, HUNDRED, STARS, TEN
from bot.understanding.typos import slipped
from bot.understanding.worded import Worded

FIVE: Final = 5
RATING: Final = (1, 5)
"""The ends of a rating that names none."""


class Scale:
    """The grammar of one scale in one language."""

    def __init__(self, kind: Kind, language: str, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.numerals = numerals(language)
        self.clause = Clause(language, self._number, self._fits, high)
        self.message = Message(self.clause)
        usual = SCALES.get(kind) == (low, high)
        phrases = load(language).worded.get(kind, {}) if usual else {}
        self.worded = Worded(phrases, self.clause)
        self.known = {str(n): Accepted(n) for n in range(low, min(high, low + 100) + 1)}
        self.words = {
            word: value
            for word, value in self.numerals.values.items()
            if low <= value <= high and not self.clause.around.article.knows(word)
        }
        for word, value in self.words.items():
            self.known[word] = self.known[word.capitalize()] = Accepted(value)

    def read(self, text: str) -> Understood:
        """Return the score that the whole message says."""
        if text in self.known:
            return self.known[text]
        if len(text) > LONGEST:
            return REJECTED
        understood = self.message.read(text)
        if understood is not REJECTED:
            return understood
        return self.worded.read(text) or self._mistyped(text)

    def _fits(self, value: Number) -> bool:
        return isinstance(value, int) and self.low <= value <= self.high

    def _number(self, words: Sequence[Word], at: int) -> Read | None:
        """Return the number at this place, on the scale or not."""
        if at >= len(words):
            return None
        word = words[at]
        if word.kind == "number":
            value = whole(word.norm)
            return Read(-1.0 if value is None else value, at + 1)
        if word.norm in STARS:
            return self._stars(words, at)
        if word.norm in {TEN, HUNDRED}:
            return Read(10 if word.norm == TEN else self.high, at + 1)
        found = self.numerals.read(words, at)
        return Read(*found) if found else None

    def _stars(self, words: Sequence[Word], start: int) -> Read:
        """Count stars; on a scale that is not of five they are asked about."""
        at = start
        while at < len(words) and words[at].norm in STARS:
            at += 1
        count = at - start
        while at < len(words) and words[at].norm == HOLLOW:
            at += 1
        hollow = at - start - count
        if hollow and hollow + count != self.high:
            return Read(-1.0, at)
        return Read(count, at, ask=self.high != FIVE and count <= FIVE and not hollow)

    def _mistyped(self, text: str) -> Understood:
        """Ask about one word that is a slip away from exactly one number."""
        words = typed(text).words
        around = self.clause.around
        at = around.lead.skip(words, 0)
        if at >= len(words) or self.clause.trail(words, at + 1) < len(words):
            return REJECTED
        said = words[at].norm
        if said in self.numerals.not_typos or said in self.numerals.values:
            return REJECTED
        meant = {n for word, n in self.words.items() if slipped(said, word)}
        return Confirm(meant.pop()) if len(meant) == 1 else REJECTED


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
