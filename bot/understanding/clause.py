"""One clause that holds nothing but a number and words that leave it an answer.

    lead* [not] number [out of MAX] [stars] trail* [is too much]

Everything else (units, nouns, a minus) is not in the grammar, so a number beside it is
never taken. Scales with words of their own read "very satisfied" in a number's place.
"""
# ruff: noqa: RUF001 - these are the signs that people type

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from bot.model.words import Word
from bot.understanding.around import around
from bot.understanding.numerals import Number, Numerals, hung
from bot.understanding.phrases import Phrases, tied
from bot.understanding.signs import (
    STARS,
    decorates,
    glued,
    parts,
    skip_wrapping,
)

FIVE: Final = 5
"""Stars are counted where five is the most."""

_HANGING: Final = frozenset("'’ʼ`´:-‐‑")
_LEADS: Final = 24
"""Words and phrases that may stand before one number."""


class Read(Struct, frozen=True):
    """A number at some place, where it ends, and whether to ask about it.

    `worded` where words of a scale say it; it may be None there: they say no number.
    """

    value: Number | None
    end: int
    ask: bool = False
    worded: bool = False


class Worded(Protocol):
    """The words of a scale, as far as a clause has to know of them."""

    def degree(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a word of degree stands here."""

    def delights(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a word of praise stands here that may be sarcasm."""

    def turned_at_end(self, words: Sequence[Word], start: int, end: int) -> bool:
        """Tell whether a remark ends with a word that takes something back."""


Reader = Callable[[Sequence[Word], int], Read | None]
Fits = Callable[[Number], bool]


class Found(Struct, frozen=True):
    """A clause's number, where that begins and where the clause ends.

    `rated` where "out of ten" stands with it; `sure` where a verb shows that it is the
    writer's score, `closed` where that stands behind, `would` where they would give it,
    `article` where only an article does; `ask` where it needs a yes; `denied` where it
    is said not to be meant; `corrected` where it replaces another, `concluded` where
    words such as "in total" say so.
    """

    value: Number | None
    at: int
    end: int
    sure: bool = False
    closed: bool = False
    would: bool = False
    article: bool = False
    rated: bool = False
    ask: bool = False
    worded: bool = False
    denied: bool = False
    corrected: bool = False
    concluded: bool = False


class _Before:
    """What stands before a number, as far as it was read."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.sure = self.would = self.article = self.ask = False
        self.denied = self.corrected = self.concluded = self.starred = False


class _After(Struct, frozen=True):
    """A number with what rates it, and where that ends."""

    value: Number | None
    end: int
    rated: bool = False


class Clause:
    """The grammar of one clause, for one way of reading numbers."""

    def __init__(
        self,
        language: str,
        read: Reader,
        fits: Fits,
        highest: Number | None = None,
        counters: Phrases | None = None,
        worded: "Worded | None" = None,
    ) -> None:
        self.language = language
        self.around = around(language)
        self.read = read
        self.fits = fits
        self.highest = highest
        self.counters = counters
        self.worded = worded

    def numbered(self, words: Sequence[Word], start: int, end: int) -> int | None:
        """Return the first place of some where a number stands, on the scale or not.

        A sign for a number inside a run of such signs is none: "一" in "统一".
        """
        begins, ends = self.around.numerals.begins, self.around.ends
        for at in range(start, end):
            word = words[at]
            if word.kind == "number" or word.norm in STARS:
                return at
            if word.norm in ends and self.read(words, at):
                return at
            if begins(word.norm) and not glued(words, at):
                if self.around.article.knows(word.norm) and not self._closes(
                    words, at + 1
                ):
                    continue
                return at
        return None

    def at(self, words: Sequence[Word], start: int) -> Found | None:
        """Return the number of the clause that begins at `start`, if it is one."""
        before = _Before(start)
        for _ in range(_LEADS):
            if before.at >= len(words) or not self._may_be(words, before.at):
                return None
            if not self._step(words, before):
                break
        found = self._numbered(words, before.at)
        if found is None or (before.starred and self.highest != FIVE):
            return None
        if found.worded and self._runs_on(words, found.end):
            return None
        return replace(
            found,
            sure=before.sure or found.sure,
            would=before.would or found.would,
            article=before.article,
            ask=before.ask or found.ask,
            denied=before.denied or found.denied,
            corrected=before.corrected or before.concluded or found.concluded,
            concluded=before.concluded or found.concluded,
        )

    def _may_be(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether no minus and nobody else stands here."""
        norm, around = words[at].norm, self.around
        if norm in around.numerals.minus and norm not in around.before:
            return self.read(words, at) is not None
        other = around.others.end(words, at) if norm in around.others.firsts else at
        if other == at:
            return True
        number = self._number(words, at)
        ends = (self._lead(words, at), self.worded_end(words, at))
        turn = around.turn(words, at)[1]
        return other <= max(*ends, turn, number.end if number else at)

    def _lead(self, words: Sequence[Word], at: int) -> int:
        """Return where a filler ends that begins here, or `at`."""
        lead = self.around.lead.end(words, at)
        return max(lead, self.counters.end(words, at)) if self.counters else lead

    def _step(self, words: Sequence[Word], before: "_Before") -> bool:
        """Read over one filler or turn before a number; False where none is left."""
        norm = words[before.at].norm
        counter = self.counters is not None and norm in self.counters.firsts
        if norm not in self.around.before and not counter:
            return False
        at = before.at = skip_wrapping(words, before.at)
        worded, lead = self.worded_end(words, at), self._lead(words, at)
        end = self._turn(words, before, lead, worded)
        if end is None:
            end = self._filler(words, before, lead, worded)
        if end is None:
            return False
        at = skip_wrapping(words, end)
        before.at = at + (at < len(words) and words[at].norm in {":", "="})
        return True

    def _turn(
        self, words: Sequence[Word], before: "_Before", lead: int, worded: int
    ) -> int | None:
        """Note what denies, corrects or nears a number; return where it ends."""
        at, around = before.at, self.around
        if at >= len(words) or words[at].norm not in around.turns:
            return None
        turns, end = around.turn(words, at)
        longest = max(lead, worded)
        if end < longest or end in {at, worded}:
            return None
        before.corrected = before.corrected or "corrected" in turns
        before.denied = before.denied or "denied" in turns
        before.ask = before.ask or "nearly" in turns
        before.sure = before.sure or around.strong.end(words, at) == end
        before.article = before.article or around.article.end(words, at) == end
        return end

    def _filler(
        self, words: Sequence[Word], before: "_Before", lead: int, worded: int
    ) -> int | None:
        """Note what a filler says of the number; return where it ends, if there is."""
        at, around = before.at, self.around
        leads = lead == worded and self._bare_number(words, lead)
        if worded > at and worded >= lead and not leads:
            return None
        stars = around.stars.end(words, at)
        if stars > max(at, lead) and words[at].norm not in STARS:
            before.starred = True
            return stars
        if lead == at:
            return before.at if before.at > at else None
        number = self._number(words, at)
        if number and number.end >= lead:
            whole = words[at].norm in around.ends and number.end > at + 1
            if whole or self._closes(words, number.end):
                return None  # "uno", "una": a number where nothing else is one
        if words[at].norm in around.notes:
            before.sure = before.sure or around.strong.end(words, at) > at
            before.would = before.would or around.would.end(words, at) > at
            before.article = before.article or around.article.end(words, at) > at
            concludes = around.conclusions.end(words, at) >= lead
            before.concluded = before.concluded or concludes
        return lead

    def _bare_number(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a number stands here that no words of the scale say."""
        read = self._number(words, at)
        return read is not None and not read.worded

    def _runs_on(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether signs go on behind words of a scale: "満足でしたか"."""
        around = self.around
        if around.bounds(words, at) or not glued(words, at):
            return False
        return around.openers.end(words, at) == at

    def worded_end(self, words: Sequence[Word], at: int) -> int:
        """Return where words of the scale end that begin here, or `at`."""
        if self.worded is None:
            return at
        read = self.read(words, at)
        return read.end if read and read.worded else at

    def _number(self, words: Sequence[Word], at: int) -> Read | None:
        """Return the number in digits or words that begins here."""
        if at >= len(words):
            return None
        read = self.read(words, at)
        if read is None or read.worded:
            return read
        if words[at].kind == "number":
            end = _hanging(words, read.end, self.around.numerals.hung)
            most = self.around.out_of.end(words, end)
            rated = most > end and self._number(words, most) is not None
            if self.around.units.end(words, read.end) > end and not rated:
                return read  # three broken ones
            return Read(read.value, end, ask=read.ask) if end > read.end else read
        return read

    def _closes(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether nothing but an end, a filler or "out of ten" stands here."""
        around = self.around
        if around.bounds(words, at) or around.stars.end(words, at) > at:
            return True
        if around.out_of.end(words, at) > at:
            return True
        return around.trail.end(words, at) > at and self._number(words, at) is None

    def _numbered(self, words: Sequence[Word], start: int) -> Found | None:
        """Return the number that stands here, with all that belongs to it."""
        start, in_one = self._most_in_one(words, start)
        number = self._number(words, start)
        if number is None or self._named(words, start):
            return None
        first = self._out_of_first(words, number)
        if first is not None:
            start, number = first
        after = self._after(words, number)
        if after is None:
            return None
        begun = end = (
            self.counters.skip(words, after.end) if self.counters else after.end
        )
        shaded = self._shaded(words, end)
        ask = number.ask or _minus(words, number.end)
        if shaded > end:
            ask = ask or after.value != self.highest  # "10 plus" is ten
            begun = end = shaded
        sure, end = self._trail(words, end)
        rated = in_one or first is not None or after.rated
        if not rated and self.around.out_of.end(words, end) > end:
            again = self._out_of(words, Read(after.value, end))
            if again and again > end:
                rated, end = True, self._trail(words, again)[1]
        denied = self._denied(words, end)
        return Found(
            after.value,
            start,
            denied,
            sure=sure or rated,
            closed=sure or denied > end,
            would=self._would(words, begun, end),
            rated=rated,
            ask=ask,
            worded=number.worded,
            denied=denied > end,
            concluded=self._concluded(words, begun, end),
        )

    def _shaded(self, words: Sequence[Word], at: int) -> int:
        """Return where "and a bit" ends that closes a clause, or `at`."""
        if at >= len(words) or self.counters:
            return at
        end = self.around.shades.end(words, at)
        closed = self._trail(words, end)[1]
        return end if end > at and self.around.bounds(words, closed) else at

    def _named(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a word before a number makes it a name: "order no. 8"."""
        if at and words[at - 1].norm == ".":
            at -= 1
        norm = words[at - 1].norm if at else ""
        around = self.around
        return around.positions.knows(norm) and not around.lead.knows(norm)

    def _after(self, words: Sequence[Word], number: Read) -> "_After | None":
        """Read "out of ten" and stars behind a number; None where it counts."""
        value, end = number.value, number.end
        if end >= len(words) or words[end].norm not in self.around.after:
            return _After(value, end)
        if self._counts(words, end):
            return None
        while value == self.highest and end < len(words) and words[end].norm == "+":
            end += 1  # "10+"
        after = self._out_of(words, Read(value, end, worded=number.worded))
        if after is None:
            return None
        found = _After(value, after, rated=after > end)
        starred = self.around.stars.end(words, after)
        if starred > after and not (self.counters or number.worded):
            if self.highest != FIVE and not found.rated:
                return None
            found = self._starred(words, found, starred)
        over = found.end < len(words) and words[found.end].norm == "/"
        return None if found.rated and over else found

    def _starred(self, words: Sequence[Word], found: "_After", end: int) -> "_After":
        """Read a half and "out of five" behind the word for stars."""
        value = found.value
        halved = self.around.numerals.halves.end(words, end)
        if halved > end and value is not None:
            value, end = value + 0.5, halved
        again = self._out_of(words, Read(value, end))
        rated = bool(again and again > end)
        return _After(value, again if again and rated else end, found.rated or rated)

    def _denied(self, words: Sequence[Word], end: int) -> int:
        """Return where "is too much" ends that closes a clause, or `end`."""
        denied = self.around.denied.end(words, end)
        if denied == end or self.around.bounds(words, denied):
            return denied
        if self.around.conditions.end(words, denied) > denied:
            return denied
        bare = self.around.negations.end(words, end) >= denied
        if bare and words[end].norm not in self.around.no:
            return end  # "9 nicht 6": what follows is denied
        return denied if self._goes_on(words, denied) else end

    def _most_in_one(self, words: Sequence[Word], at: int) -> tuple[int, bool]:
        """Skip the most and "out of" in one word: "দশে", "onda"."""
        if at >= len(words) or words[at].norm not in self.around.out_of_first.firsts:
            return at, False
        end = self.around.out_of_first.end(words, at)
        if end > at and self.highest is not None:
            values = self.around.numerals.single
            norm = words[at].norm
            known = (one for one, n in values.items() if n == self.highest)
            if any(norm.startswith(one) for one in known):
                return end, True
        return at, False

    def _counts(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a number that ends here counts, or is a day: "8. May"."""
        if words[at].norm == ".":  # "8. May", "meine 3. Bestellung"
            if self.around.months.end(words, at + 1) > at + 1:
                return True
            before = words[at - 1]
            tied_on = before.kind == "number" and before.end == words[at].start
            counts = self.around.units.end(words, at + 1) > at + 1
            return self.around.dotted_ordinals and tied_on and counts
        ordinal = words[at - 1].end == words[at].start and (
            self.around.ordinals.end(words, at) > at
        )
        return ordinal or (
            self.around.counts(words, at) and not self._counters(words, at)
        )

    def _counters(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether a word stands here that counts what is asked for: "5 pieces"."""
        return self.counters is not None and self.counters.end(words, at) > at

    def _concluded(self, words: Sequence[Word], start: int, end: int) -> bool:
        """Tell whether "in total" stands among the words behind a number."""
        conclusions = self.around.conclusions
        firsts = conclusions.firsts
        return any(
            words[at].norm in firsts and conclusions.end(words, at) > at
            for at in range(start, end)
        )

    def _would(self, words: Sequence[Word], start: int, end: int) -> bool:
        """Tell whether "would give" stands among the words behind a number."""
        would = self.around.would
        return bool(would.firsts) and any(
            would.end(words, at) > at for at in range(start, end)
        )

    def _goes_on(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether another clause follows at once: "10 değil 6"."""
        at = self.around.lead.skip(words, self.around.corrections.skip(words, at))
        return self._number(words, at) is not None

    def _out_of_first(
        self, words: Sequence[Word], most: Read
    ) -> tuple[int, Read] | None:
        """Return the number behind "10 üzerinden", where that is the scale's most."""
        if most.value != self.highest or most.worded:
            return None
        at = self.around.out_of_first.end(words, most.end)
        if at == most.end:
            return None
        for _ in range(_LEADS):
            number = self._number(words, at)
            if number is not None:
                return at, number
            after = self.around.lead.end(words, at)
            if after == at and at < len(words) and parts(words, at):
                after = at + 1
            if after == at:
                return None
            at = after
        return None

    def _out_of(self, words: Sequence[Word], number: Read) -> int | None:
        """Skip "out of ten"; None where it is not the most this question takes."""
        at = number.end
        after = self.around.out_of.end(words, at)
        if after == at or number.worded:
            return at
        most = self._number(words, after)
        if most is None:
            most = self._number(words, self.around.article.end(words, after))
        if most is None:
            return None if words[at].norm == "/" else at
        return most.end if most.value == self.highest else None

    def _trail(self, words: Sequence[Word], at: int) -> tuple[bool, int]:
        """Skip fillers and decoration; tell whether a verb makes it the writer's."""
        sure = False
        around = self.around
        while at < len(words):
            after = around.trail.end(words, at)
            if after == at:
                if not decorates(words[at]):
                    break
                after = at + 1
            elif around.denied.end(words, at) > after:
                break
            elif around.strong.end(words, at) == after:
                sure = True
            at = after
        return sure, at

    def trail(self, words: Sequence[Word], at: int) -> int:
        """Return the first place that is neither a filler nor decoration."""
        return self._trail(words, at)[1]


def _hanging(words: Sequence[Word], at: int, endings: frozenset[str]) -> int:
    """Skip an ending that hangs on a number: "8'i", "7:a", "9-ку"."""
    if not endings or at >= len(words):
        return at
    joined = words[at - 1].end == words[at].start
    if joined and words[at].norm in endings:
        return at + 1
    if words[at].norm in _HANGING and tied(words, at) and words[at + 1].norm in endings:
        return at + 2
    return at


def _minus(words: Sequence[Word], at: int) -> bool:
    """Tell whether a number ends in a minus, as marks at school do: "8-"."""
    if at >= len(words) or words[at].norm not in {"-", "−"}:
        return False
    apart = at + 1 >= len(words) or words[at + 1].start > words[at].end
    return apart and words[at - 1].end == words[at].start


def in_digits(word: Word, numerals: Numerals) -> Number | None:
    """Return the number of "8e", digits with an ending of the language, else None."""
    return hung(word.norm, numerals.hung) if numerals.hung else None
