"""What can be said of the words beside an answer, and how they are cut out as typed."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.model.words import SPOKEN, Word, single
from bot.understanding.clause import Clause, Found, Read
from bot.understanding.phrases import Phrases
from bot.understanding.signs import (
    PARTING,
    QUESTION,
    SCORING,
    STARS,
    decorates,
    glued,
    parts,
)

SCATTERED: Final = 12
"""Words and phrases before a number that are tried as the beginning of its clause."""

ENDING: Final = frozenset(".!…。।\n")
"""Signs that end a sentence."""

_AT_LAST: Final = 4
"""Words of a remark whose no at the end may take words of a scale back."""

_PLACES: Final = 6
"""Numbers of a remark that are tried as the score at its end."""

_NEAR: Final = 3
"""Words before a clause in which a negation denies it: "I don't think I'd give 9"."""

_SAID: Final = frozenset({"word", "number", "phrase"})
_TRIM: Final = " \t\n" + "".join(PARTING) + "".join(QUESTION)

Span = tuple[int, int]


class Beside:
    """The words of one message, asked what stands where."""

    def __init__(self, clause: Clause, words: Sequence[Word]) -> None:
        self.clause, self.around = clause, clause.around
        self.words = words
        self.norms = [word.norm for word in words]

    def any(self, phrases: Phrases, start: int, end: int) -> bool:
        """Tell whether one of these phrases begins between two places."""
        norms, firsts = self.norms, phrases.firsts
        if firsts.isdisjoint(norms[start:end]):
            return False
        return any(
            norms[at] in firsts and phrases.end(self.words, at) > at
            for at in range(start, end)
        )

    def boundary(self, at: int, *, begun: bool = False) -> int:
        """Return the next place at or after `at` where a part ends.

        Where one has just `begun` there, it is a later place. None is inside a number
        word, such as a hundred *and* five.
        """
        words, bounds = self.words, self.around.bounds
        while at < len(words) and (begun or not bounds(words, at)):
            at, begun = self._beyond(at), False
        return at

    def _beyond(self, at: int) -> int:
        """Return the place behind the word, or the number word, that begins here."""
        numerals = self.around.numerals
        if not numerals.begins(self.words[at].norm):
            return at + 1
        found = numerals.read(self.words, at)
        return found[1] if found else at + 1

    def only(self, phrases: Phrases, start: int, end: int) -> bool:
        """Tell whether the words between two places are such phrases and fillers."""
        words, around = self.words, self.around
        if phrases.firsts.isdisjoint(self.norms[start:end]):
            return False
        at, seen = start, False
        while at < end:
            after = phrases.end(words, at)
            seen = seen or after > at
            if after == at:
                after = max(around.lead.end(words, at), around.trail.end(words, at))
            if after == at:
                return False
            at = after
        return seen

    def fills(self, start: int, end: int) -> bool:
        """Tell whether the words between two places change nothing."""
        lead = self.around.lead.skip(self.words, start)
        return lead >= end or self.clause.trail(self.words, start) >= end

    def tells(self, start: int, end: int) -> bool:
        """Tell whether fillers behind an answer say more than "thanks, I think"."""
        around, words = self.around, self.words
        if self.any(around.praise, start, end):
            return True
        if max(around.lead.end(words, start), around.trail.end(words, start)) >= end:
            return False
        return around.polite.skip(words, start) < end

    def says_no(self, start: int, end: int) -> bool:
        """Tell whether the words between two places say no and nothing else."""
        if self.only(self.around.negations, start, end):
            return True
        norm = self.words[start].norm
        plain = norm in self.around.pure_no or norm in self.around.torn
        return end == start + 1 and plain

    # ── numbers beside the answer ────────────────────────────────────────────────

    def numbers(self, start: int, end: int) -> Iterator[tuple[int, Read]]:
        """Yield the numbers of the scale between two places that count nothing."""
        at = start
        while at < end:
            place = self.clause.numbered(self.words, at, end)
            if place is None:
                return
            read = self.clause.read(self.words, place)
            if read is None or read.value is None:
                at = place + 1
                continue
            at = read.end
            one = self.words[place].kind == "word" and read.value == 1  # "no one"
            if one or not self.clause.fits(read.value):
                continue
            if not (self.around.counts(self.words, at) or self.counted(place)):
                yield place, read

    def bare_number(self, start: int, end: int) -> bool:
        """Tell whether a number stands between two places that counts nothing."""
        return any(not read.worded for _, read in self.numbers(start, end))

    def void(self, start: int, place: int) -> bool:
        """Tell whether words before a number say that it is not meant."""
        for at in range(max(start, place - SCATTERED), place):
            if self.around.negations.end(self.words, at) > at:
                found = self.clause.at(self.words, at)
                if found is not None and found.at == place and found.denied:
                    return True
        return False

    def places(self, start: int, end: int) -> Iterator[int]:
        """Yield where numbers and wordings of a scale stand, a few at most."""
        at = start
        for _ in range(_PLACES):
            number = self.clause.numbered(self.words, at, end)
            until = end if number is None else number
            worded = (
                one
                for one in range(at, until)
                if self.clause.worded_end(self.words, one) > one
            )
            place = next(worded, number)
            if place is None:
                return
            yield place
            read = self.clause.read(self.words, place)
            at = max(place + 1, read.end if read else place + 1)

    def wordings(self, start: int, end: int) -> Iterator[Read]:
        """Yield what words of the scale between two places say."""
        at = start
        while at < end and self.clause.worded is not None:
            read = self.clause.read(self.words, at)
            if read and read.worded and read.value is not None:
                yield read
            at = read.end if read else at + 1

    def counted(self, at: int) -> bool:
        """Tell whether a unit stands right before a number: "dakika 10"."""
        if at == 0 or not self.around.units.knows(self.words[at - 1].norm):
            return False
        return at == 1 or self.words[at - 2].kind != "number"  # "3 days 4"

    # ── what shakes an answer ────────────────────────────────────────────────────

    def turned(self, start: int, end: int) -> bool:
        """Tell whether a word that denies, corrects or nears stands between places."""
        turns, words = self.around.turns, self.words
        if turns.isdisjoint(self.norms[start:end]):
            return False
        return any(
            words[at].norm in turns and self.around.turn(words, at)[1] > at
            for at in range(start, end)
        )

    def conditional(self, start: int) -> bool:
        """Tell whether a condition stands in the words up to the next sign."""
        return self.any(self.around.conditions, start, self.boundary(start))

    def denied(self, start: int, end: int) -> bool:
        """Tell whether a condition stands between two places, or a no at their end."""
        near = max(start, end - _NEAR)
        return self.any(self.around.conditions, start, end) or self.any(
            self.around.negations, near, end
        )

    def degrees(self, start: int, end: int) -> bool:
        """Tell whether a word of degree stands apart from what it belongs to."""
        worded = self.clause.worded
        return worded is not None and any(
            worded.degree(self.words, at) for at in range(start, end)
        )

    def shaken(self, start: int) -> bool:
        """Tell whether the words up to the next sign deny or answer anew."""
        end = self.boundary(start)
        return (
            self.degrees(start, end)
            or self.any(self.around.negations, start, end)
            or self.any(self.around.denied, start, end)
            or any(True for _ in self.wordings(start, end))
            or self.bare_number(start, end)
        )

    def opens(self, at: int, found: Found) -> bool:
        """Tell whether a remark begins here without any sign before it."""
        words = self.words
        if words[at].kind == "phrase":
            return True
        if found.worded:
            return not self.shaken(at)
        fits = found.value is not None and self.clause.fits(found.value)
        starred = self.around.stars.end(words, found.at + 1) > found.at + 1
        article = self.around.article.knows(words[found.at].norm)
        if not fits or (article and not starred):
            return False  # "eine doch nette Beratung"
        bare = words[at - 1].kind == "number" and glued(words, at)
        if self.around.openers.end(words, at) == at or bare:
            return False
        after = at
        for _ in range(2):  # "2 bad experiences"
            after = self.around.openers.end(words, after)
            if self.around.units.end(words, after) > after:
                return False
        return not self.bare_number(at, self.boundary(at))

    def praised(self, start: int, at: int) -> bool:
        """Tell whether words of satisfaction stand before: "great people 10"."""
        least = 1 + (self.clause.worded is not None)
        near = max(start, at - 4)
        return at - start >= least and self.any(self.around.praise, near, at)

    def no_before(self, found: Found) -> str:
        """Return the bare no that stands right before a number, or nothing."""
        at = found.at - 1
        while at >= 0 and self.around.article.knows(self.words[at].norm):
            at -= 1
        norm = self.words[at].norm if at >= 0 else ""
        around = self.around
        if norm not in around.no:
            return ""
        for start in range(max(0, at - 3), at):  # "à không": part of something longer
            ends = (
                around.negations.end(self.words, start),
                around.corrections.end(self.words, start),
            )
            if max(ends) > at:
                return ""
        return norm

    def polite(self, found: Found) -> int:
        """Return where the thanks begin that a clause ends with, or its end."""
        for start in range(max(found.at + 1, found.end - SCATTERED), found.end):
            if self.around.polite.end(self.words, start) >= found.end:
                return start
        return found.end

    # ── questions, sarcasm, afterthoughts ────────────────────────────────────────

    def asked(self, at: int) -> bool:
        """Tell whether a question mark follows before anything else is said."""
        words = self.words
        while at < len(words) and decorates(words[at]):
            at += 1
        return at < len(words) and words[at].norm in QUESTION

    def in_question(self, answer: Found) -> str:
        """Return "inside" for "is 8 good?", "before" for "8, is that good?", or ""."""
        words, at = self.words, answer.end
        if self.asked(at):
            return ""
        place = "inside"
        while at < len(words) and words[at].norm not in ENDING:
            if words[at].norm in QUESTION:
                return place
            place = "before" if self.around.bounds(words, at) else place
            at += 1
        return ""

    def too_good(self, answer: Found, remarks: Sequence[Span]) -> bool:
        """Tell whether praise stands beside a count: "great, 3 hours of waiting"."""
        worded = self.clause.worded
        if worded is None or not worded.delights(self.words, answer.at):
            return False
        units = self.around.units
        return any(
            self.words[at].kind == "number" and units.end(self.words, at + 1) > at + 1
            for start, end in remarks
            for at in range(start, end)
        )

    def denied_at_last(self, remarks: Sequence[Span]) -> bool:
        """Tell whether a short remark beside words of a scale ends with a no."""
        worded, around = self.clause.worded, self.around
        for start, end in remarks:
            longest = _AT_LAST * (1 + single(self.words[start].norm))
            contrary = around.but.end(self.words, start) > start
            if not 0 < end - start <= (longest if contrary else longest // 2):
                continue
            norm = self.words[end - 1].norm
            if norm in around.pure_no or around.negations.knows(norm):
                return True
            if worded and worded.turned_at_end(self.words, start, end):
                return True
        return False

    def one_star(self, answer: Found) -> bool:
        """Tell whether one star beside words is the answer: "good work ⭐" praises."""
        words, at = self.words, answer.at
        run = SCORING.intersection(self.norms[at + 1 : at + 2])
        if words[at].norm not in STARS or run:
            return False
        return any(word.kind in SPOKEN for word in words)

    def maybe(self, answer: Found) -> bool:
        """Tell whether "maybe" stands before words of a scale."""
        return self.clause.worded is not None and self.any(
            self.around.maybe, 0, answer.at
        )

    def idle(self, at: int) -> bool:
        """Tell whether a sign stands here that says nothing."""
        word = self.words[at]
        return parts(self.words, at) or decorates(word) or word.norm in QUESTION


def cut(text: str, words: Sequence[Word], start: int = 0) -> str | None:
    """Return the text from `start`, trimmed; None where there is only decoration."""
    for word in words[start:]:
        if word.kind in _SAID:
            break
    else:
        return None
    while decorates(words[start]):
        start += 1
    comment = text[words[start].start : words[-1].end].strip().lstrip(_TRIM)
    if comment.endswith(")") and "(" not in comment:
        comment = comment[:-1].rstrip()
    return comment or None


def around_answer(
    text: str, words: Sequence[Word], answer: Span, remarks: Sequence[Span]
) -> str | None:
    """Return the remarks before and behind an answer, as they were typed."""
    before = [part for part in remarks if part[1] <= answer[0]]
    after = [part for part in remarks if part[0] >= answer[1]]
    said = []
    if before:
        said.append(cut(text, words[: before[-1][1]], before[0][0]))
    if after:
        said.append(cut(text, words, after[0][0]))
    return " ".join([one for one in said if one]) or None
