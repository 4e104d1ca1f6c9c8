"""Yes or no: whole messages only, since "no problem" and "not sure" are neither."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from bot.model.answer import Accepted, Confirm, Rejected, Understood
from bot.model.words import LONGEST, SPOKEN, Word, clean, plain, typed
from bot.understanding.clause import around
from bot.understanding.lexicon import Phrases, Said, load
from bot.understanding.remark import cut
from bot.understanding.signs import QUESTION, decorates, parts, skip_parting

YES: Final = frozenset("👍✅✔☑👌🆗🙋💚")
NO: Final = frozenset("👎❌✖🚫🙅⛔❎")
SHORT: Final = 12
"""Up to this length "yesss" is drawn together, as no remark can stand beside it."""

_DRAWN_OUT: Final = re.compile(r"([^\W\d_])\1{2,}")
REJECTED: Final = Rejected()


class Side:
    """One of the two answers: its words, those beside it, those that shake it."""

    def __init__(self, said: Said, fillers: Said, unsure: Said) -> None:
        self.said = Phrases(said)
        self.fillers = Phrases((*said, *fillers))
        self.unsure = Phrases(unsure)
        self.shaking = self.unsure.firsts
        self.whole = frozenset(map(plain, said))


class YesNo:
    """The grammar of yes and no in one language."""

    def __init__(self, language: str) -> None:
        words = load(language).yes_no
        self.around = around(language)
        self.yes = Side(words.yes, words.yes_fillers, words.unsure_after_yes)
        self.no = Side(words.no, words.no_fillers, words.unsure_after_no)
        self.known = {
            form: Accepted(side is self.yes)
            for side in (self.no, self.yes)
            for word in side.whole
            for form in (word, word.capitalize())
        }

    def read(self, text: str) -> Understood:
        """Return what the whole message says, with its remark."""
        if text in self.known:
            return self.known[text]
        if len(text) > LONGEST:
            return REJECTED
        text = clean(text)
        message = typed(_DRAWN_OUT.sub(r"\1", text) if len(text) < SHORT else text)
        pictured = _pictured(message.norms)
        words = [w for w in message.words if w.kind in SPOKEN or not decorates(w)]
        if not words:
            return REJECTED if pictured is None else Accepted(pictured)
        understood = self._said(text, words)
        value = None if isinstance(understood, Rejected) else understood.value
        return REJECTED if pictured is not None and pictured != value else understood

    def _said(self, text: str, words: Sequence[Word]) -> Understood:
        if words[-1].norm in QUESTION:
            return REJECTED
        said = " ".join([word.norm for word in words if word.kind != "sign"])
        if said in self.known:
            return self.known[said]
        yes, no = self._head(words, self.yes), self._head(words, self.no)
        if (yes == 0) == (no == 0):
            return REJECTED
        if no == 0:
            return self._remarked(text, words[yes:], value=True)
        return self._remarked(text, words[no:], value=False)

    def _head(self, words: Sequence[Word], side: Side) -> int:
        """Return where the clauses end that say this side and nothing else, or 0."""
        end = at = 0
        said = False
        while at < len(words):
            after = side.fillers.end(words, at)
            if after == at:
                break
            said = said or side.said.end(words, at) > at
            at = after
            if self._closes(words, at):
                at = end = skip_parting(words, at)
        return end if said else 0

    def _closes(self, words: Sequence[Word], at: int) -> bool:
        if at >= len(words) or parts(words, at):
            return True
        return self.around.because.end(words, at) > at

    def _remarked(self, text: str, words: Sequence[Word], *, value: bool) -> Understood:
        """Weigh the remark after a yes or a no."""
        if not words:
            return Accepted(value)
        side, other = (self.yes, self.no) if value else (self.no, self.yes)
        start = self.around.because.end(words, 0)
        if self._head(words[start:], other):
            return REJECTED
        shaken = any(
            word.norm in side.shaking and side.unsure.end(words, at) > at
            for at, word in enumerate(words)
        )
        comment = cut(text, words)
        return Confirm(value, comment) if shaken else Accepted(value, comment)


def _pictured(norms: frozenset[str]) -> bool | None:
    """Return what the pictures say, None where they say nothing or both."""
    yes, no = not YES.isdisjoint(norms), not NO.isdisjoint(norms)
    return yes if yes != no else None


@cache
def yes_no(language: str) -> YesNo:
    """Return the grammar of a language, compiled once.

    >>> yes_no("en").read("Yes, but only by email")
    Accepted(value=True, comment='but only by email')
    >>> yes_no("es").read("sí, claro"), yes_no("en").read("no problem")
    (Accepted(value=True, comment=None), Rejected())
    """
    return YesNo(language)
