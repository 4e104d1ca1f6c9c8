"""Yes or no: whole messages only, since "no problem" and "not sure" are neither."""

from collections.abc import Sequence
from functools import cache, cached_property
from typing import Final

from msgspec.structs import replace

from bot.model.answer import Accepted, Confirm, Rejected, Understood
from bot.model.words import LONGEST, SPOKEN, Typed, Word
from bot.understanding.around import around
from bot.understanding.lexicon import LEFT_OUT, Said, as_heard, heard, load, words_of
from bot.understanding.phrases import Phrases, spoken
from bot.understanding.remark import cut
from bot.understanding.signs import (
    MOCKING,
    QUESTION,
    decorates,
    glued,
    inside,
    parts,
    skip_parting,
    together,
)
from bot.understanding.typos import Slips

YES: Final = frozenset("👍✅✔☑👌🆗🙋💚")
NO: Final = frozenset("👎❌✖🚫🙅⛔❎")
_SHORTEST: Final = 3
"""Letters of the shortest word in which a slip is looked for."""

_MISTYPED: Final = 3
"""Words of the longest message in which a slip of the finger is looked for."""

REJECTED: Final = Rejected()


class Side:
    """One of the two answers: its words, those beside it, those that shake it."""

    def __init__(self, said: Said, pure: Said, fillers: Said, unsure: Said) -> None:
        self.said = Phrases(said)
        self.pure = Phrases(pure)
        self.fillers = Phrases((*said, *fillers))
        self.unsure = Phrases(unsure)
        self.shaking = self.unsure.firsts
        self.whole = frozenset(spoken(one) or one for one in said)

    @cached_property
    def slips(self) -> Slips:
        """The words of this side, as they may be mistyped."""
        words = (one.replace(" ", "").replace(LEFT_OUT, "") for one in self.whole)
        return Slips(words, _SHORTEST)


class YesNo:
    """The grammar of yes and no in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        lexicon = load(language)
        words = lexicon.yes_no
        self.around = around(language)
        self.neither = Phrases(words.neither)
        self.yes = Side(
            words.yes, words.pure_yes, words.yes_fillers, words.unsure_after_yes
        )
        self.no = Side(words.no, words.pure_no, words.no_fillers, words.unsure_after_no)
        unsettled = frozenset(spoken(one) or one for one in words.neither)
        self.known = {
            form: Accepted(side is self.yes)
            for side in (self.no, self.yes)
            for word in side.whole - unsettled
            for form in (word, word.capitalize())
        }

    def read(self, text: str) -> Understood:
        """Return what the whole message says, with its remark."""
        if text in self.known:
            return self.known[text]
        if len(text) > LONGEST:
            return REJECTED
        message = heard(text, self.language)
        pictured = _pictured(message.norms)
        words = [w for w in message.words if w.kind in SPOKEN or not decorates(w)]
        if not words:
            return REJECTED if pictured is None else Accepted(pictured)
        understood = self._said(message.text, words)
        if pictured is None and understood is REJECTED:
            return self._mistyped(message.text, words)
        if pictured is not None:
            understood = self._beside_picture(message, words, understood, pictured)
        mocked = not MOCKING.isdisjoint(message.norms)
        if mocked and isinstance(understood, Accepted) and understood.value is True:
            return Confirm(understood.value, understood.comment)
        return understood

    def _beside_picture(
        self,
        message: Typed,
        words: Sequence[Word],
        understood: Understood,
        pictured: bool,  # noqa: FBT001 - what a thumb says
    ) -> Understood:
        """Return what words say beside a thumb, which they may not contradict."""
        if isinstance(understood, Rejected):
            if not self._leaves(words, value=pictured):
                return REJECTED
            return Accepted(pictured, cut(message.text, message.words))
        return understood if pictured == understood.value else REJECTED

    def _said(self, text: str, words: Sequence[Word]) -> Understood:
        if words[-1].norm in QUESTION:
            return REJECTED
        bare = [word for word in words if word.kind != "sign"]
        said = " ".join([word.norm for word in bare])
        if said in self.known:
            return self.known[said]
        if bare and self.neither.end(bare, 0) == len(bare):
            return REJECTED
        yes, no = self._head(words, self.yes), self._head(words, self.no)
        if (yes == 0) == (no == 0):
            return REJECTED if yes or no else self._last(text, words)
        if no == 0:
            return self._remarked(text, words[yes:], value=True)
        return self._remarked(text, words[no:], value=False)

    def _head(self, words: Sequence[Word], side: Side) -> int:
        """Return where the clauses end that say this side and nothing else, or 0."""
        other = self.no if side is self.yes else self.yes
        end = at = opened = 0
        said = pure = False
        while at < len(words):
            after = side.fillers.end(words, at)
            if other.said.end(words, at) > after:
                return max(end, opened)
            if self.neither.end(words, at) > max(at, after):
                return end if said else 0
            if (
                pure
                and self.around.openers.end(words, at) > at
                and not glued(words, at)
            ):
                opened = at
            if after == at or (said and self._conditional(words, at, after)):
                return max(end, opened)
            said = said or side.said.end(words, at) >= after  # not "terima kasih pak"
            pure = pure or side.pure.end(words, at) > at
            at = after
            if said and self._closes(words, at):
                at = end = skip_parting(words, at)
            elif parts(words, at) if at < len(words) else False:
                at = skip_parting(words, at)
        return end if said else 0

    def _conditional(self, words: Sequence[Word], at: int, after: int) -> bool:
        """Tell whether a condition begins here: "sí, si es gratis"."""
        end = self.around.conditions.end(words, at)
        return end >= after and end > at and not self._closes(words, end)

    def _closes(self, words: Sequence[Word], at: int) -> bool:
        if at >= len(words) or parts(words, at):
            return True
        return self.around.because.end(words, at) > at

    def _last(self, text: str, words: Sequence[Word]) -> Understood:
        """Return what the last clause says: "it was lovely, so yes"."""
        starts = [
            max(skip_parting(words, at), self.around.because.end(words, at))
            for at in range(len(words))
            if self._closes(words, at)
        ]
        for start in reversed(starts[-2:]):
            rest = words[start:]
            yes, no = self._head(rest, self.yes), self._head(rest, self.no)
            if not rest or max(yes, no) < len(rest) or yes == no:
                continue
            before = words[:start]
            shaken = self._head(before, self.yes) or self._head(before, self.no)
            side, other = (self.yes, self.no) if yes else (self.no, self.yes)
            shaken = shaken or any(
                other.said.end(before, at) > at for at in range(len(before))
            )
            if shaken or self._shaken(before, side):
                return REJECTED
            return Accepted(yes > no, cut(text, before))
        return REJECTED

    def _shaken(self, words: Sequence[Word], side: Side) -> bool:
        at = 0
        contrary = self.around.but.end(words, 0) > 0
        while at < len(words):
            neither = self.neither.end(words, at)
            unsure = side.unsure.end(words, at)
            polite = max(side.fillers.end(words, at), self.around.trail.end(words, at))
            denies = unsure > at and self.around.negations.end(words, at) >= unsure
            plain_no = denies and not contrary and unsure < len(words)
            if inside(words, at) or plain_no:
                at += 1
                continue
            if neither > at or unsure > max(at, polite if polite > at + 1 else at):
                return True
            at = max(polite if polite > at + 1 else at, at + 1)
        return False

    def _leaves(self, words: Sequence[Word], *, value: bool) -> bool:
        """Tell whether words beside a thumb leave it standing."""
        side, other = (self.yes, self.no) if value else (self.no, self.yes)
        asks = any(word.norm in QUESTION for word in words)
        said = self._head(words, other) or self._shaken(words, side)
        negated = any(
            self.around.negations.end(words, at) > at for at in range(len(words))
        )
        return not (asks or said or (value and negated))

    def _remarked(self, text: str, words: Sequence[Word], *, value: bool) -> Understood:
        """Weigh the remark after a yes or a no."""
        if not words:
            return Accepted(value)
        side, other = (self.yes, self.no) if value else (self.no, self.yes)
        start = self.around.because.end(words, 0)
        if self._head(words[start:], other):
            return REJECTED
        conditional = self.around.conditions.end(words, start) > start
        shaken = conditional or self._shaken(words, side)
        comment = cut(text, words)
        return Confirm(value, comment) if shaken else Accepted(value, comment)

    def _mistyped(self, text: str, words: Sequence[Word]) -> Understood:
        """Ask about one word that is a slip away from a yes or a no."""
        spoken = [word for word in together(words) if word.kind == "word"]
        if len(spoken) > _MISTYPED or any(word.kind == "number" for word in words):
            return REJECTED
        strange = [word for word in spoken if self._strange(word.norm)]
        if len(strange) != 1:
            return REJECTED
        at = spoken.index(strange[0])
        whole = "".join(word.norm.replace(LEFT_OUT, "") for word in spoken)
        found = {
            value
            for side, value in ((self.yes, True), (self.no, False))
            if side.slips.near(whole)
            or any(
                len(spoken) == 1 or self._says(text, spoken, at, norm, value=value)
                for one in side.slips.near(strange[0].norm)
                for norm in as_heard(one, self.language)
            )
        }
        return Confirm(found.pop()) if len(found) == 1 else REJECTED

    def _strange(self, said: str) -> bool:
        """Tell whether a word stands in no list of the language."""
        known = self.neither.knows(said) or self.around.lead.knows(said)
        return not (known or said in words_of(self.language))

    def _says(
        self, text: str, words: Sequence[Word], at: int, meant: str, *, value: bool
    ) -> bool:
        """Tell whether a message says one side with another word in some place."""
        slip = words[at]
        again = [*words[:at], replace(slip, norm=meant), *words[at + 1 :]]
        found = self._said(text, again)
        return isinstance(found, Accepted) and found.value is value


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
