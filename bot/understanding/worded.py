"""A scale answered in words: "very satisfied", "muy fácil"; only ever whole phrases."""

from collections.abc import Mapping, Sequence

from bot.model.answer import Accepted, Understood
from bot.model.words import Word, split, typed
from bot.understanding.clause import Clause
from bot.understanding.lexicon import Phrases, Said
from bot.understanding.remark import Remark
from bot.understanding.signs import parts, skip_parting, unwrapped


class Worded:
    """The phrases of one scale in one language."""

    def __init__(self, phrases: Mapping[int, Said], clause: Clause) -> None:
        self.clause = clause
        self.remark = Remark(clause)
        self.phrases = Phrases(said for several in phrases.values() for said in several)
        self.values = {
            tuple(word.norm for word in split(said)): value
            for value, several in phrases.items()
            for said in several
        }

    def read(self, text: str) -> Understood | None:
        """Return the score that the message words, with its remark."""
        if not self.values:
            return None
        message = typed(text)
        words = unwrapped(message.words)
        found = self._at(words, 0)
        if found is None:
            return None
        value, at = found
        if at >= len(words):
            return Accepted(value)
        if not parts(words, at) and self.clause.around.because.end(words, at) == at:
            return None
        at = skip_parting(words, at)
        if self._at(words, at) or self._unsettled(words, at):
            return None
        return Accepted(value, self.remark.comment(message.text, words, at))

    def _at(self, words: Sequence[Word], at: int) -> tuple[int, int] | None:
        """Return the score and where its clause ends, fillers before it skipped."""
        while True:
            end = self.phrases.end(words, at)
            if end > at:
                said = tuple(word.norm for word in words[at:end])
                return self.values[said], self.clause.trail(words, end)
            after = self.clause.around.lead.end(words, at)
            if after == at:
                return None
            at = after

    def _unsettled(self, words: Sequence[Word], at: int) -> bool:
        negated = self.clause.around.negations.end(words, at) > at
        return negated or self.remark.verdict(words, at) != "yes"
