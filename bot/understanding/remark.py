"""The words left over beside an answer: may they stay, and how they are cut out."""

from collections.abc import Sequence
from typing import Literal

from bot.model.words import SPOKEN, Word
from bot.understanding.clause import Clause
from bot.understanding.signs import PARTING, QUESTION, decorates, parts, skip_parting

Verdict = Literal["yes", "ask", "no"]
_TRIM = " \t\n" + "".join(PARTING) + "".join(QUESTION)


class Remark:
    """Judges whether a remark leaves the number before it standing."""

    def __init__(self, clause: Clause) -> None:
        self.clause = clause
        self.around = clause.around

    def verdict(self, words: Sequence[Word], start: int) -> Verdict:
        """Return no where the remark answers anew, ask where it may, else yes."""
        if not self.clause.numbered(words, start):
            return self._worded(words, start)
        begun = self.around.because.end(words, start)
        if self._takes_back(words, begun) or self._answers(words, begun):
            return "no"
        competes = self._competes(words, start)
        if competes != "yes":
            return competes
        if self.around.conditions.end(words, begun) > begun:
            return "ask"
        for at in range(begun, len(words)):
            if self._stands_alone(words, at):
                return "ask"
        return "yes"

    def _worded(self, words: Sequence[Word], start: int) -> Verdict:
        """Judge a remark without any number: only its first words can shake."""
        if start >= len(words) or words[start].norm not in self.around.turns:
            return "yes"
        begun = self.around.because.end(words, start)
        if self._takes_back(words, begun):
            return "no"
        return "ask" if self.around.conditions.end(words, begun) > begun else "yes"

    def comment(self, text: str, words: Sequence[Word], start: int) -> str | None:
        """Return the remark from `start` as typed; None where it only rounds off."""
        over = self.clause.trail(words, start) >= len(words)
        return None if over else cut(text, words, start)

    def _takes_back(self, words: Sequence[Word], start: int) -> bool:
        """Tell whether the remark is but a no: "8, no"."""
        after = self.around.negations.end(words, start)
        return after > start and self.clause.trail(words, after) >= len(words)

    def _competes(self, words: Sequence[Word], start: int) -> Verdict:
        """Return no where the remark begins as another answer: ", maybe 8".

        After a word like *maybe* any number is asked about, whatever comes behind it.
        """
        at = begun = skip_parting(words, start)
        while (after := self.around.doubts.end(words, at)) > at:
            at = skip_parting(words, after)
        if self._answers(words, at):
            return "no"
        if at == begun or self._article(words, at):
            return "yes"
        found = self.clause.at(words, at)
        return "ask" if found and not self._counts(words, found.end) else "yes"

    def _counts(self, words: Sequence[Word], end: int) -> bool:
        """Tell whether a number that ends here counts something: "3 days"."""
        return self.around.units.end(words, end) > end

    def _stands_alone(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a number in the remark counts nothing: "8, family of 5"."""
        number = self.clause.read(words, at)
        if number is None or not self.clause.fits(number.value):
            return False
        return not self._article(words, at) and self._answers(words, at)

    def _article(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a word for one stands here: "no one", "una semana"."""
        number = self.clause.read(words, at)
        return number is not None and number.value == 1 and words[at].kind == "word"

    def _answers(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether an answer's clause stands here and ends as one."""
        found = self.clause.at(words, at)
        if found is None:
            return False
        end = found.end
        return (
            end >= len(words)
            or parts(words, end)
            or words[end].norm in QUESTION
            or self.around.because.end(words, end) > end
            or self.around.doubts.end(words, end) > end
        )


def cut(text: str, words: Sequence[Word], start: int = 0) -> str | None:
    """Return the text from `start`, trimmed; None where there is only decoration."""
    for word in words[start:]:
        if word.kind in SPOKEN:
            break
    else:
        return None
    while decorates(words[start]):
        start += 1
    comment = text[words[start].start : words[-1].end].strip().lstrip(_TRIM)
    if comment.endswith(")") and "(" not in comment:
        comment = comment[:-1].rstrip()
    return comment or None
