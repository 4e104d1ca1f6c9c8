"""Words that leave a question open: taken only where it may be."""
# ruff: noqa: RUF001 - these are the signs that people type

from collections.abc import Sequence
from functools import cache
from typing import Final

from bot.model.words import Typed, Word
from bot.understanding.around import around
from bot.understanding.lexicon import FALLBACK, heard, load
from bot.understanding.phrases import Phrases
from bot.understanding.signs import QUESTION, parts

LONGEST: Final = 60
_DASHES: Final = frozenset({"-", "–", "—", "--", "---"})


class _Skips:
    """Ways to leave a question open in one language, and words around them."""

    def __init__(self, language: str) -> None:
        lexicons = [load(one) for one in dict.fromkeys((language, FALLBACK))]
        self.skip = Phrases(said for one in lexicons for said in one.skip)
        self.nothing = Phrases(said for one in lexicons for said in one.nothing)
        self.fillers = Phrases(lexicons[0].yes_no.no_fillers)
        self.around = around(lexicons[0].language)

    def _filler(self, words: Sequence[Word], at: int) -> int:
        """Return where a word ends that changes nothing."""
        return max(
            self.fillers.end(words, at),
            self.around.lead.end(words, at),
            self.around.trail.end(words, at),
        )

    def whole(self, phrases: Phrases, words: Sequence[Word]) -> bool:
        """Tell whether a phrase with fillers is all that is said, but for a reason."""
        at = 0
        while True:
            end = phrases.end(words, at)
            if end > at:
                after = end
                while (over := self._filler(words, after)) > after:
                    after = over
                if after >= len(words) or self.around.bounds(words, after):
                    return True
            filler = self._filler(words, at)
            if filler == at and at < len(words) and parts(words, at):
                filler = at + 1
            if filler == at:
                return False
            at = filler


@cache
def _skips(language: str) -> _Skips:
    return _Skips(language)


def skips(text: str, language: str) -> bool:
    """Tell whether the message asks to leave the question open.

    >>> skips("Skip!", "en"), skips("omitir", "es"), skips("-", "en"), skips("ok", "en")
    (True, True, True, False)
    """
    if len(text) > LONGEST:
        return False
    message = heard(text, language)
    if message.text in _DASHES:
        return True
    known = _skips(load(language).language)
    return not _asks(message) and known.whole(known.skip, message.words)


def says_nothing(text: str, language: str) -> bool:
    """Tell whether the message says that there is nothing to answer.

    >>> says_nothing("none", "en"), says_nothing("nada", "es"), says_nothing("9", "en")
    (True, True, False)
    """
    if len(text) > LONGEST:
        return False
    message = heard(text, language)
    known = _skips(load(language).language)
    return not _asks(message) and known.whole(known.nothing, message.words)


def _asks(message: Typed) -> bool:
    return bool(message.words) and message.words[-1].norm in QUESTION
