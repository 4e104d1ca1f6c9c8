"""A whole message around one number: the number, a remark, or a correction.

    clause                                      "a solid 8, please"
    clause , remark                             "8, it took 3 days"
    clause because remark                       "3 because slow"
    not clause, more like clause                "not 10, more like 6"
    remark , clause                             "slow delivery, so I'd give it a 3"

A number that stands in the remark as another answer ("7, maybe 8") settles nothing.
"""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from bot.model.answer import Accepted, Confirm, Rejected, Understood
from bot.model.words import Word, typed
from bot.understanding.clause import Clause, Found, Number
from bot.understanding.lexicon import Phrases
from bot.understanding.remark import Remark, Verdict, cut
from bot.understanding.signs import (
    QUESTION,
    parts,
    skip_parting,
    unwrapped,
)

_CORRECTIONS: Final = 3
_SCATTERED: Final = 12
"""Words a message may have whose score stands at its end without a comma."""

REJECTED: Final = Rejected()


class Message:
    """The grammar of a message, for one clause grammar."""

    def __init__(self, clause: Clause) -> None:
        self.clause = clause
        self.around = clause.around
        self.remark = Remark(clause)

    def read(self, text: str) -> Understood:
        """Return the number of a message with its remark, or why there is none."""
        message = typed(text)
        words = unwrapped(message.words)
        if not self.clause.numbered(words, 0):
            return REJECTED
        head = self._head(words)
        if head is None:
            return self._tail(message.text, words) or REJECTED
        if not self.clause.fits(head.value):
            return REJECTED
        return self._rest(message.text, words, head)

    # ── the number first ─────────────────────────────────────────────────────────

    def _head(self, words: Sequence[Word]) -> Found | None:
        if words[0].norm in self.around.turns:
            nearly = self.around.nearly.end(words, 0)
            if nearly:
                found = self.clause.at(words, nearly)
                return found and replace(found, ask=True)
            negated = self.around.negations.end(words, 0)
            if negated:
                found = self.clause.at(words, negated)
                return found and self._corrected(words, found, self.around.contrary)
        found = self.clause.at(words, 0)
        if found is None or not self.clause.numbered(words, found.end):
            return found
        for _ in range(_CORRECTIONS):
            better = self._corrected(words, found, self.around.corrections)
            if not better:
                break
            found = better
        return self._confirmed(words, found)

    def _corrected(
        self, words: Sequence[Word], found: Found, turns: Phrases
    ) -> Found | None:
        """Return the second number of "10, more like 6", if the words turn to it."""
        at = skip_parting(words, found.end)
        after = turns.skip(words, at)
        if after == at:
            return None
        second = self.clause.at(words, skip_parting(words, after))
        return second if second and self._ends(words, second.end) else None

    def _confirmed(self, words: Sequence[Word], found: Found) -> Found:
        """Read over the second number of "6, not 10"."""
        at = skip_parting(words, found.end)
        denied = self.around.denials.end(words, at)
        other = self.clause.at(words, denied) if denied > at else None
        if other and other.end == len(words):
            return replace(found, end=other.end)
        return found

    def _ends(self, words: Sequence[Word], at: int) -> bool:
        if at >= len(words) or parts(words, at):
            return True
        return self.around.because.end(words, at) > at

    def _rest(self, text: str, words: Sequence[Word], found: Found) -> Understood:
        """Judge what follows the number."""
        at = found.end
        if at >= len(words):
            return _answer(found.value, None, ask=found.ask)
        if words[at].norm in QUESTION:
            over = all(word.norm in QUESTION for word in words[at:])
            return Confirm(found.value) if over else REJECTED
        at = skip_parting(words, at)
        if at > found.end:
            verdict = self.remark.verdict(words, at)
        else:
            verdict = self._unparted(words, found)
        if verdict == "no":
            return REJECTED
        comment = self.remark.comment(text, words, at)
        return _answer(found.value, comment, ask=found.ask or verdict == "ask")

    def _unparted(self, words: Sequence[Word], found: Found) -> Verdict:
        """Judge a remark that no sign parts from the number."""
        at = found.end
        if self.around.because.end(words, at) > at:
            return self.remark.verdict(words, at)
        digits = any(word.kind == "number" for word in words[at:])
        if digits or words[at].kind != "word":
            return "no"
        if self.around.openers.end(words, at) > at:
            return self.remark.verdict(words, at)
        return "ask" if found.rated else "no"

    # ── the number last ──────────────────────────────────────────────────────────

    def _tail(self, text: str, words: Sequence[Word]) -> Understood | None:
        """Return the number of "slow delivery, so a 3", if all before is words."""
        starts = [i for i in range(1, len(words)) if parts(words, i - 1)]
        if starts and (found := self._last(words, starts[-1])):
            comment = cut(text, words[: starts[-1] - 1])
            return _answer(found.value, comment, ask=found.ask or not found.sure)
        if len(words) > _SCATTERED:
            return None
        for start in range(1, len(words)):
            found = self._last(words, start)
            if found and found.sure:
                return Confirm(found.value)
        return None

    def _last(self, words: Sequence[Word], start: int) -> Found | None:
        """Return the number that ends the message, where none stands before it."""
        found = self.clause.at(words, start)
        if found is None or found.end < len(words) or not self.clause.fits(found.value):
            return None
        numbered = any(
            word.kind == "number" or self.around.negations.end(words, i) > i
            for i, word in enumerate(words[:start])
        )
        return None if numbered else found


def _answer(value: Number, comment: str | None, *, ask: bool) -> Understood:
    return Confirm(value, comment) if ask else Accepted(value, comment)
