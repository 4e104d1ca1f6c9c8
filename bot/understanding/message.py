"""A whole message around one number: clauses and remarks, and how they agree.

    clause                                      "a solid 8, please"
    clause , remark                             "8, it took 3 days"
    clause because remark                       "3 because slow"
    remark , clause                             "slow delivery, so I'd give it a 3"
    denied clause , clause                      "not 10, more like 6"
    clause correction clause                    "10, no wait, 8"

Signs, line breaks, pictures and words like *because* part a message. Each part is a
clause with an answer, or a remark. Two answers that nothing settles are none.
"""

from collections.abc import Callable, Sequence
from typing import Final

from bot.model.answer import Confirm, Rejected, Understood, Value
from bot.model.words import Word, single, split
from bot.understanding.clause import Clause
from bot.understanding.lexicon import as_heard, heard, words_of
from bot.understanding.reading import REJECTED, Reading
from bot.understanding.signs import spaced, together, unwrapped
from bot.understanding.typos import letters

SHORTEST: Final = 4
"""Letters of the shortest word in which a slip is looked for beside other words."""

_MISTYPED: Final = 10
"""Words of the longest message in which a slip of the finger is looked for."""

Near = Callable[[str], list[str]]
"""The words of a question that are one slip away from a word."""


class Message:
    """The grammar of a message, for one clause grammar."""

    def __init__(self, clause: Clause) -> None:
        self.clause = clause
        self.around = clause.around

    def read(self, text: str) -> Understood:
        """Return the number of a message with its remark, or why there is none."""
        message = heard(text, self.clause.language)
        return self.of(message.text, message.words)

    def mistyped(self, text: str, near: Near) -> Understood:
        """Ask about the one word that is a slip away from one that says a number."""
        message = heard(text, self.clause.language)
        words = together(message.words)
        if sum(word.kind == "word" for word in words) > _MISTYPED:
            return REJECTED
        meant: set[Value] = set()
        alone = sum(word.kind == "word" for word in words) == 1
        for at, word in enumerate(words):
            short = len(letters(word.norm)) < SHORTEST and not alone
            others = [] if word.kind != "word" or short else near(word.norm)
            if others and self._known(word.norm):
                continue
            for other in others:
                for norm in as_heard(other, self.clause.language):
                    again = [*words[:at], _written(norm, word), *words[at + 1 :]]
                    cut = [one for each in again for one in _apart(each)]
                    found = self.of(message.text, cut)
                    if not isinstance(found, Rejected):
                        meant.add(found.value)
        return Confirm(meant.pop()) if len(meant) == 1 else REJECTED

    def _known(self, said: str) -> bool:
        """Tell whether a word is one of the language, and so no slip."""
        known = words_of(self.clause.language)
        return said in known or said in self.around.numerals.not_typos

    def of(self, text: str, words: Sequence[Word]) -> Understood:
        """Return the number of a message that is cut into words already."""
        words = masked(unwrapped(words), self.clause)
        return Reading(self.clause, text, words).outcome()


def _written(norm: str, word: Word) -> Word:
    """Return another word in the place of one."""
    return Word("word", norm, word.start, word.end)


def _apart(word: Word) -> list[Word]:
    """Return a word as it is cut, sign by sign where its script is."""
    if word.kind != "word" or not single(word.norm[0]):
        return [word]
    return [Word("word", one.norm, word.start, word.end) for one in split(word.norm)]


def masked(words: Sequence[Word], clause: Clause) -> Sequence[Word]:
    """Return the words with phrases that hold a number word but no number as one.

    They are of the kind "phrase", which no list knows: "no one", "一点".
    """
    around = clause.around
    masks = around.numerals.no_numbers
    firsts = masks.firsts
    if firsts.isdisjoint([word.norm for word in words]):
        return words
    ends = [
        masks.end(words, at) if word.norm in firsts else at
        for at, word in enumerate(words)
    ]
    found: list[Word] = []
    at = 0
    last = max((at for at, end in enumerate(ends) if end > at), default=-1)
    while at <= last:
        end = ends[at]
        known = max(phrases.end(words, at) for phrases in around.unmasked)
        for begun in range(at + 1, known):  # "아 이용": "아이" is no word there
            if ends[begun] > known and single(words[begun].norm):
                known = begun if spaced(words, begun) else known
        if end > max(at, known, clause.worded_end(words, at) if end > at else at):
            whole = " ".join([one.norm for one in words[at:end]])
            start = words[at].start
            found.append(Word("phrase", f"{whole} ", start, words[end - 1].end))
            at = end
        else:
            found += words[at : max(known, at + 1)]
            at = max(known, at + 1)
    return [*found, *words[at:]] if found else words
