"""One clause that holds nothing but a number and words that leave it an answer.

    lead* number [out of MAX] [stars] trail*        "I'd give it an 8 out of 10, thanks"

Everything else (units, nouns, a minus, a second number) is not in the grammar, so a
number beside it is never taken.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from msgspec import Struct

from bot.model.words import Word
from bot.understanding.lexicon import Phrases, load
from bot.understanding.numerals import numerals
from bot.understanding.signs import (
    HUNDRED,
    STARS,
    TEN,
    WRAPPING,
    decorates,
    parts,
    skip_wrapping,
)

Number = int | float

PAUSES: Final = frozenset(",.!…\n")
"""Signs that may follow a filler before the number: "well, 8"."""


class Read(Struct, frozen=True):
    """A number at some place, where it ends, and whether to ask about it."""

    value: Number
    end: int
    ask: bool = False


Reader = Callable[[Sequence[Word], int], Read | None]
Fits = Callable[[Number], bool]


class Found(Struct, frozen=True):
    """A clause's number and where the clause ends.

    `rated` where "out of ten" follows it; `sure` there too, and where an article or a
    verb shows that it is a score; `ask` where it needs a yes.
    """

    value: Number
    end: int
    sure: bool
    rated: bool
    ask: bool


class Around:
    """The words of one language around a number."""

    def __init__(self, language: str) -> None:
        scale = load(language).scale
        self.lead = Phrases((*scale.lead, *scale.article, *scale.strong))
        self.strong = Phrases((*scale.article, *scale.strong))
        self.trail = Phrases(scale.trail)
        self.stars = Phrases((*scale.stars, "*"))
        self.out_of = Phrases((*scale.out_of, "/"))
        # Words at a glance: none of them there, nothing to skip.
        self.before = self.lead.firsts | WRAPPING | {"\n"}
        self.after = self.out_of.firsts | self.stars.firsts | self.trail.firsts
        self.numbers = numerals(language).firsts | STARS | {TEN, HUNDRED}
        self.article = Phrases(scale.article)
        self.because = Phrases(scale.because)
        self.openers = Phrases(scale.openers)
        self.negations = Phrases(scale.negations)
        self.denials = Phrases(scale.denials)
        self.corrections = Phrases(scale.corrections)
        self.contrary = Phrases((*scale.corrections, *scale.contrary))
        self.conditions = Phrases(scale.conditions)
        self.doubts = Phrases((*scale.doubts, *scale.corrections))
        self.units = Phrases((*scale.units, "%", "€", "$", "£"))
        self.nearly = Phrases(scale.nearly)
        # What the first word of a message or remark has to be among, to change it.
        self.turns = frozenset[str]().union(
            self.because.firsts,
            self.negations.firsts,
            self.conditions.firsts,
            self.nearly.firsts,
        )


@cache
def around(language: str) -> Around:
    """Return the words around numbers of a language, compiled once."""
    return Around(language)


class Clause:
    """The grammar of one clause, for one way of reading numbers."""

    def __init__(
        self, language: str, read: Reader, fits: Fits, highest: Number | None = None
    ) -> None:
        self.around = around(language)
        self.read = read
        self.fits = fits
        self.highest = highest

    def numbered(self, words: Sequence[Word], start: int) -> bool:
        """Tell whether a number may stand at or after `start`; else no clause does."""
        numbers = self.around.numbers
        for word in words[start:]:
            if word.kind == "number" or word.norm in numbers:
                return True
        return False

    def at(self, words: Sequence[Word], start: int) -> Found | None:
        """Return the number of the clause that begins at `start`, if it is one."""
        sure, at = self._lead(words, start)
        number = self.read(words, at)
        if number is None:
            return None
        if number.end >= len(words) or words[number.end].norm not in self.around.after:
            end = self.trail(words, number.end)
            return Found(number.value, end, sure, rated=False, ask=number.ask)
        after = self._out_of(words, number)
        if after is None:
            return None
        rated = after > number.end
        starred = self.around.stars.end(words, after)
        if starred > after and self.highest != 5:  # noqa: PLR2004 - five stars are the most
            return None
        end = self.trail(words, starred)
        return Found(number.value, end, sure or rated, rated, number.ask)

    def _lead(self, words: Sequence[Word], start: int) -> tuple[bool, int]:
        """Skip what may stand before a number; tell whether it promises a score."""
        if start >= len(words) or words[start].norm not in self.around.before:
            return False, start
        at, sure = skip_wrapping(words, start), False
        while (after := self.around.lead.end(words, at)) > at:
            sure = sure or self.around.strong.end(words, at) > at
            at = skip_wrapping(words, after)
            while at < len(words) and words[at].norm in PAUSES and parts(words, at):
                at += 1
            if at < len(words) and words[at].norm in {":", "="}:
                at += 1
            at = skip_wrapping(words, at)
        return sure, at

    def _out_of(self, words: Sequence[Word], number: Read) -> int | None:
        """Skip "out of ten"; None where it is not the most this question takes."""
        at = number.end
        after = self.around.out_of.end(words, at)
        if after == at:
            return at
        most = self.read(words, after)
        if most is None:
            most = self.read(words, self.around.article.end(words, after))
        if most is None:
            return None if words[at].norm == "/" else at
        return most.end if most.value == self.highest else None

    def trail(self, words: Sequence[Word], at: int) -> int:
        """Return the first place that is neither a filler nor decoration."""
        while at < len(words):
            after = self.around.trail.end(words, at)
            if after == at and not decorates(words[at]):
                return at
            at = max(after, at + 1)
        return at
