"""One option typed as words: a label or a telling part of it, or a place in the list.

A message is parted at signs and at words like *because*. Each part names an option, or
says that one is not meant ("not the price"), or is a remark. Two options that nothing
settles are none.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from bot.model.answer import Accepted, Confirm, Option, Rejected, Understood
from bot.model.words import LONGEST, SPOKEN, Word
from bot.understanding.lexicon import heard, load
from bot.understanding.options import Match, Options, options_of
from bot.understanding.phrases import Phrases
from bot.understanding.remark import cut
from bot.understanding.signs import QUESTION, skip_parting

REJECTED: Final = Rejected()
MENTIONED: Final = 12
"""Words of the longest message in which a label may stand among unknown words."""

_POLITE: Final = 2
"""Words behind an answer that may be no more than politeness."""

_LABEL: Final = 8
"""Words of a label that a remark may follow without a sign."""


def read_choice(options: tuple[Option, ...], text: str, language: str) -> Understood:
    """Return the one option that a message names, with its remark.

    >>> asked = (Option("speed", "Delivery speed"), Option("price", "Price"))
    >>> read_choice(asked, "the price", "en"), read_choice(asked, "1", "en")
    (Accepted(value='price', comment=None), Accepted(value='speed', comment=None))
    >>> read_choice(asked, "not the price", "en")
    Rejected()
    """
    if len(text) > LONGEST:
        return REJECTED
    message = heard(text, language)
    named = options_of(options, language)
    words = message.words
    if key := named.labelled(words):
        return Accepted(key)
    parts = _Parts(named, turning(language), message.text, words)
    found = named.find(words)
    if found is None:
        return parts.outcome()
    outcome = parts.outcome() if parts.several() else REJECTED
    if isinstance(outcome, Accepted):
        return outcome
    return Confirm(found.key) if found.ask else Accepted(found.key)


class Turning:
    """The words of a language that deny an option."""

    def __init__(self, language: str) -> None:
        lexicon = load(language)
        self.negations = Phrases((*lexicon.scale.negations, *lexicon.choice.negations))
        self.against = Phrases(lexicon.scale.negations)
        self.denied = Phrases(lexicon.scale.denied)
        self.but = Phrases(lexicon.choice.but)
        self.joiners = Phrases(lexicon.choice.joiners)
        self.alternatives = Phrases(lexicon.choice.alternatives)

    def turns(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether words that deny stand here."""
        return any(
            phrases.end(words, at) > at
            for phrases in (self.negations, self.denied, self.but)
        )

    def turned(self, words: Sequence[Word]) -> bool:
        """Tell whether words that deny, or an *or*, stand among these."""
        return any(
            self.turns(words, at) or self.alternatives.end(words, at) > at
            for at in range(len(words))
        )

    def undenied(
        self, part: Sequence[Word], named: Options
    ) -> tuple[Sequence[Word], bool]:
        """Return a part without the words that deny it, and whether there were any."""
        at = self.negations.end(part, 0)
        bare = part[at:]
        for start in range(1, len(bare)):
            end = max(self.denied.end(bare, start), self.negations.end(bare, start))
            if end > start and named.rounds_off(bare, end):
                return bare[:start], True
        return bare, at > 0


@lru_cache(maxsize=64)
def turning(language: str) -> Turning:
    """Return the words that deny an option in a language, compiled once."""
    return Turning(language)


class _Parts:
    """One message being read, part by part."""

    def __init__(
        self, named: Options, denying: Turning, text: str, words: Sequence[Word]
    ) -> None:
        self.named, self.turning, self.around = named, denying, named.around
        self.text, self.words = text, words
        self.answer: Match | None = None
        self.span = (0, 0)
        self.denied: set[str] = set()
        self.remarks: list[tuple[int, int]] = []
        self.corrected = False
        self.joiners = denying.joiners

    def outcome(self) -> Understood:
        """Return what the message says."""
        words = self.words
        for start, end in self._cut():
            if not self._taken(start, end):
                return REJECTED
        if self.answer is None:
            return self._mentioned()
        if self.corrected:
            return REJECTED
        rest = [
            w
            for start, end in self.remarks
            if not self._reasoned(start)
            for w in words[start:end]
        ]
        if self.named.mentions(rest) - {self.answer.key} - self.denied:
            return REJECTED
        if self._placed(rest):
            return REJECTED
        comment = self._comment()
        ask = self.answer.ask or words[-1].norm in QUESTION or self._unsure()
        key = self.answer.key
        return Confirm(key, comment) if ask else Accepted(key, comment)

    def several(self) -> bool:
        """Tell whether a sign parts the message."""
        return any(
            self.around.bounds(self.words, at) for at in range(1, len(self.words) - 1)
        )

    def _cut(self) -> Iterator[tuple[int, int]]:
        """Yield where parts begin and end."""
        words, around = self.words, self.around
        start = at = 0
        while at < len(words):
            denied = max(
                self.turning.negations.end(words, at), self.turning.but.end(words, at)
            )
            if denied > at and denied >= around.because.end(words, at):
                at = denied
                continue
            corrected = around.corrections.end(words, at) > at > start
            if around.bounds(words, at) or corrected:
                if at > start:
                    yield start, at
                start = max(around.because.end(words, at), at)
                if start > at:
                    at = start
                    continue
                start = at + (words[at].kind == "sign")  # a space leaves its word
                at += 1
            else:
                at += 1
        if start < len(words):
            yield start, len(words)

    def _taken(self, start: int, end: int) -> bool:
        """Read one part; False where it contradicts those before it."""
        part = self._corrections(self.words[start:end])
        bare, denied = self.turning.undenied(part, self.named)
        if not bare:
            self.corrected = bool(denied and self.answer) or self.corrected
            return True
        found = self.named.find(bare)
        if found is None and not denied:
            instead = self._instead(bare)
            if instead is not None:
                chosen, other = instead
                return self._agrees(other, (start, end), denied=True) and (
                    self._agrees(chosen, (start, end), denied=False)
                )
            found, size = self._opening(bare)
            if found is not None:
                begun = end - len(bare) + size
                self.remarks.append((begun, end))
                end = begun
        if found is None:
            told = self.answer is not None and end - start > _POLITE
            if told or not self.named.idle(bare):
                self.remarks.append((start, end))
            return not (denied and self.named.mentions(bare) and not self.answer)
        return self._agrees(found, (start, end), denied=denied)

    def _corrections(self, part: Sequence[Word]) -> Sequence[Word]:
        """Return a part without a correction that it begins with."""
        after = self.around.corrections.end(part, 0)
        if self.turning.negations.end(part, 0) >= after:
            return part
        self.corrected = True
        return part[after:]

    def _agrees(self, found: Match, span: tuple[int, int], *, denied: bool) -> bool:
        """Hold an option against those before it; False where they contradict."""
        same = self.answer is not None and self.answer.key == found.key
        if denied:
            self.denied.add(found.key)
            return not same
        if found.key in self.denied or (
            self.answer and not same and not self.corrected
        ):
            return False
        self.answer, self.span, self.corrected = found, span, False
        return True

    def _instead(self, part: Sequence[Word]) -> tuple[Match, Match] | None:
        """Return the option that is meant and the other one: "the price, not speed"."""
        for at in range(1, len(part) - 1):
            denied = self.turning.denied.end(part, at)
            end = max(denied, self.turning.against.end(part, at))
            if end == at or self.joiners.end(part, at) > at:
                continue
            against = self.turning.against.end(part, at)
            one, other = self.named.find(part[:at]), self.named.find(part[end:])
            if denied == against or not (one and other):
                return None  # "not": before the one or behind the other
            if not (one.whole and other.whole) or one.ask or other.ask:
                return None
            return (other, one) if denied == end else (one, other)
        return None

    def _opening(self, part: Sequence[Word]) -> tuple[Match | None, int]:
        """Return the label that a part begins with, a remark right behind it."""
        openers = self.around.openers
        for size in range(1, min(len(part), _LABEL)):
            if size == 1 and part[0].norm in self.named.places:
                continue
            if openers.end(part, size) > size and not self.turning.turns(part, size):
                found = self.named.find(part[:size])
                if found and found.whole and not found.ask:
                    return found, size
        return None, 0

    def _reasoned(self, at: int) -> bool:
        """Tell whether a *because* stands right before a place: it may name others."""
        because, but = self.around.because, self.around.but
        before = self.words[max(0, at - _LABEL) : at]
        size = len(before)
        return any(
            because.end(before, i) == size > but.end(before, i) for i in range(size)
        )

    def _unsure(self) -> bool:
        """Tell whether a remark takes the answer back in part: "…, I don't know"."""
        around = self.around
        return any(
            around.conditions.end(self.words, start) > start
            or around.unsure.end(self.words, start) >= end
            for start, end in self.remarks
        )

    def _placed(self, rest: Sequence[Word]) -> bool:
        """Tell whether a remark holds a place of another option: "1, maybe 2"."""
        for at, word in enumerate(rest):
            key = self.named.places.get(word.norm) if word.kind == "number" else None
            counted = self.around.units.end(rest, at + 1) > at + 1
            if key and self.answer and key != self.answer.key and not counted:
                return True
        return False

    def _mentioned(self) -> Understood:
        """Return the only label among other words, where nothing denies it."""
        words = [word for word in self.words if word.kind in SPOKEN]
        asking = any(word.norm in QUESTION for word in self.words)
        others = self.around.others
        theirs = any(others.end(words, at) > at for at in range(len(words)))
        if theirs or asking or len(words) > MENTIONED or self.turning.turned(words):
            return REJECTED
        found = self.named.mentions(words)
        if len(found) != 1:
            return REJECTED
        key = found.pop()
        if self.named.labels_in(words) == {key}:
            return Accepted(key)
        if self.named.guarded(words):
            return REJECTED
        sure = self.named.told(words, key) and not self.named.doubted(words)
        return Accepted(key) if sure else Confirm(key)

    def _comment(self) -> str | None:
        before = [part for part in self.remarks if part[1] <= self.span[0]]
        after = [part for part in self.remarks if part[0] >= self.span[1]]
        said = []
        if before:
            said.append(cut(self.text, self.words[: before[-1][1]], before[0][0]))
        if after:
            start = skip_parting(self.words, after[0][0])
            said.append(cut(self.text, self.words, start))
        return " ".join([one for one in said if one]) or None
