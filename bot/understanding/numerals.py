"""Numbers as people type them: digits of any script, and words put together."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, cached_property, lru_cache
from typing import Final

from bot.model.words import Word, spell
from bot.understanding.lexicon import LEFT_OUT, load
from bot.understanding.phrases import DASHES, Phrases, spelt, tied
from bot.understanding.typos import Slips

Number = int | float

LONGEST: Final = 12
"""Words in the longest number that is read."""

_HUNDRED, _THOUSAND = 100, 1000
_HALF: Final = 0.5
_HUNG: Final = re.compile(r"(\d{1,15})([^\W\d_]+)")
_WRITTEN: Final = 48
"""Letters of the longest number that is read in one word."""

_LEAST: Final = 3
"""Letters that a number word keeps when an ending is taken from it."""


class Numerals:
    """The number words of one language."""

    def __init__(self, language: str) -> None:
        numbers = load(language).numbers
        self.phrases = Phrases(numbers.values)
        self.values: dict[str, Number] = {
            _key(said): int(value) if value == int(value) else value
            for said, value in numbers.values.items()
        }
        self.multipliers = {_key(s): value for s, value in numbers.multipliers.items()}
        self.multiplying = Phrases(numbers.multipliers)
        self.joiners = Phrases(numbers.joiners)
        self.joined = tuple(map(spell, numbers.joined))
        self.endings = tuple(sorted(map(spell, numbers.endings), key=len, reverse=True))
        self.hung = frozenset(self.endings)
        self.compounds = numbers.compounds
        self.bare = numbers.bare_multiplier
        self.next_place = numbers.next_place
        self.minus = frozenset(map(spell, numbers.minus))
        self.halves = Phrases(numbers.halves)
        self.half_before = Phrases(numbers.half_before)
        self.points = Phrases(numbers.points)
        self.counters = Phrases((*numbers.counters, *numbers.before))
        self.apart = frozenset(map(spell, numbers.apart))
        self.no_numbers = Phrases(numbers.no_numbers)
        self.not_typos = frozenset(map(spell, numbers.not_typos))
        self.firsts = self.phrases.firsts | self.half_before.firsts
        if self.bare:
            self.firsts |= self.multiplying.firsts
        self.varied = self.compounds or bool(self.endings)
        self.after = self.halves.firsts | self.points.firsts
        self.single = {
            said.replace(LEFT_OUT, ""): value
            for said, value in (*self.values.items(), *self.multipliers.items())
            if " " not in said
        }
        self.known = lru_cache(maxsize=2048)(self._known)

    @cached_property
    def said(self) -> dict[Number, list[str]]:
        """The number words that say each number."""
        found: dict[Number, list[str]] = {}
        for word, value in self.values.items():
            found.setdefault(value, []).append(word)
        return found

    @cached_property
    def slips(self) -> Slips:
        """The number words as they may be mistyped, each in one."""
        return Slips(map(in_one, self.values))

    def begins(self, word: str) -> bool:
        """Tell whether a number may begin with this word."""
        return word in self.firsts or (self.varied and bool(self.known(word)))

    def read(self, words: Sequence[Word], start: int) -> tuple[Number, int] | None:
        """Return the longest number in words at `start` and where it ends."""
        if start >= len(words):
            return None
        norm = words[start].norm
        if norm not in self.firsts and not (self.varied and self.known(norm)):
            return None
        if norm in self.apart and _touches(words, start):
            return None
        before = self.half_before.end(words, start)
        found = self._summed(words, before, half=before > start)
        if found is None:
            return None
        value, end = found
        if before > start:
            return value, end
        return self._with_decimals(words, value, end)

    def times(
        self, words: Sequence[Word], value: Number, at: int
    ) -> tuple[Number, int]:
        """Return a number in digits with what words make of it: "3 thousand", "2½"."""
        if at >= len(words):
            return value, at
        if words[at].norm in self.multiplying.firsts:
            found = self._summed(words, at, value)
            return found or (value, at)
        return self._with_decimals(words, value, at)

    def _with_decimals(
        self, words: Sequence[Word], value: Number, end: int
    ) -> tuple[Number, int]:
        """Add "and a half" or "point five"."""
        if end >= len(words) or words[end].norm not in self.after:
            return value, end
        halved = self.halves.end(words, end)
        if halved > end:
            return value + _HALF, halved
        after = self.points.end(words, end)
        digits = ""
        while after > end and after < len(words):
            word = words[after]
            if word.kind == "number" and word.norm.isdecimal():
                found: tuple[Number, int] | None = (int(word.norm), after + 1)
            else:
                found = self._summed(words, after)
            if found is None or not 0 <= found[0] < _HUNDRED:
                break
            digits += str(int(found[0]))
            after, end = found[1], found[1]
        return (float(f"{int(value)}.{digits}"), end) if digits else (value, end)

    def _summed(
        self,
        words: Sequence[Word],
        start: int,
        begun: Number | None = None,
        *,
        half: bool = False,
    ) -> tuple[Number, int] | None:
        """Add up parts as long as they make one number: two, hundred, and, five."""
        stack: list[Number] = [] if begun is None else [begun]
        end = start
        for at, parts in self._parts(words, start):
            grown = _grown(stack, parts, bare=self.bare)
            if grown is None:
                break
            if half and end == start:
                grown[-1] += _HALF
            if self.next_place and at == end + 1 and _digit(grown):
                grown[-1] *= _room(grown[-2]) // 10
            stack, end = grown, at
        total = sum(stack)
        total = int(total) if total == int(total) else total
        return (total, end) if end > start else None

    def _parts(
        self, words: Sequence[Word], start: int
    ) -> Iterator[tuple[int, list[tuple[str, Number]]]]:
        """Yield what stands there, piece by piece, and where each ends."""
        at, last = start, min(len(words), start + LONGEST)
        while at < last:
            if at > start:
                at = _over_dash(words, at)
                at = self.joiners.end(words, at)
            found = self._part(words, at, first=at == start)
            halved = self.halves.end(words, at) if at > start else at
            if halved > at and self.multiplying.end(words, halved) > halved:
                found = [("half", _HALF)], halved
            if found is None:
                return
            parts, at = found
            yield at, parts

    def _part(
        self, words: Sequence[Word], at: int, *, first: bool
    ) -> tuple[list[tuple[str, Number]], int] | None:
        end = self.phrases.end(words, at)
        if end > at:
            return [("value", self.values[_said(words, at, end)])], end
        end = self.multiplying.end(words, at)
        if end > at:
            return [("times", self.multipliers[_said(words, at, end)])], end
        if at >= len(words):
            return None
        if not first and words[at].kind == "number" and words[at].norm.isdecimal():
            return [("value", int(words[at].norm[:LONGEST]))], at + 1
        known = self.known(words[at].norm)
        if known:
            return list(known), at + 1
        return None if first else self._prefixed(words, at)

    def _prefixed(
        self, words: Sequence[Word], at: int
    ) -> tuple[list[tuple[str, Number]], int] | None:
        """Read a part that begins with a written-on *and*: "وخمسة"."""
        word = words[at]
        for letters in self.joined:
            rest = word.norm.removeprefix(letters)
            if rest != word.norm and rest:
                bare = [
                    Word(word.kind, rest, word.start, word.end),
                    *words[at + 1 : at + 4],
                ]
                found = self._part(bare, 0, first=True)
                if found:
                    return found[0], at + found[1]
        return None

    def _known(self, word: str) -> tuple[tuple[str, Number], ...]:
        """Return the parts of a word that is written in one, or has an ending."""
        for ending in self.endings:
            stem = word.removesuffix(ending)
            if stem != word and len(stem) >= _LEAST and stem in self.values:
                return (("value", self.values[stem]),)
        return tuple(self._cut(word)) if self.compounds else ()

    def _cut(self, word: str) -> list[tuple[str, Number]]:
        """Return the parts of "zweihundertfünfzig", the longest first; else nothing."""
        if len(word) > _WRITTEN:
            return []
        for size in range(len(word), 1, -1):
            head, rest = word[:size], word[size:]
            if head not in self.single:
                continue
            kind = "times" if head in self.multipliers else "value"
            part = (kind, self.single[head])
            if not rest:
                return [part]
            tails = [rest, *(rest[len(j) :] for j in self.joined if rest.startswith(j))]
            for tail in tails:
                if found := self._cut(tail):
                    return [part, *found]
        return []


def _grown(
    stack: list[Number], parts: list[tuple[str, Number]], *, bare: bool
) -> list[Number] | None:
    """Return a number's parts with those that come next; None where they do not fit."""
    grown: list[Number] | None = list(stack)
    for kind, value in parts:
        if grown is None:
            return None
        if kind == "half":
            grown = [*grown[:-1], grown[-1] + value] if grown else None
        elif kind == "value":
            grown = _added(grown, value, bare=bare)
        else:
            grown = _multiplied(grown, value, bare=bare)
    return grown


def _added(stack: list[Number], value: Number, *, bare: bool) -> list[Number] | None:
    """Return a number's parts with one more: "duemila" multiplies what is before."""
    if not stack or 0 < value < _room(stack[-1]):
        return [*stack, value]
    if value < _THOUSAND or value % _THOUSAND:
        return None
    ones = _added(stack, value // _THOUSAND, bare=bare)
    return None if ones is None else _multiplied(ones, _THOUSAND, bare=bare)


def _multiplied(stack: list[Number], by: Number, *, bare: bool) -> list[Number] | None:
    """Return a number's parts, the last of them multiplied: "three hundred"."""
    left = list(stack)
    times: Number = 0
    while left and left[-1] < by:
        times += left.pop()
    if times == 0 and (not bare or (stack and not left)):
        return None
    product = (times or 1) * by
    return None if left and product >= _room(left[-1]) else [*left, product]


def _digit(parts: Sequence[Number]) -> bool:
    """Tell whether a single digit follows hundreds or more: "一百二" is 120."""
    return len(parts) > 1 and 0 < parts[-1] < 10 and _room(parts[-2]) > 10  # noqa: PLR2004


def _room(part: Number) -> int:
    """Return below what a part must be that follows: 200 leaves room below 100."""
    if part != int(part) or part < _HUNDRED:
        return 0
    zeros = len(str(int(part))) - len(str(int(part)).rstrip("0"))
    return int(10**zeros) if zeros > 1 else 0


def _over_dash(words: Sequence[Word], at: int) -> int:
    """Return the place behind a hyphen that ties two words together."""
    dash = at < len(words) and words[at].norm in DASHES and tied(words, at)
    return at + dash


def _touches(words: Sequence[Word], at: int) -> bool:
    """Tell whether a word stands right before this one, without a space."""
    before = words[at - 1] if at else None
    if before is None or before.end < words[at].start:
        return False
    return before.kind in {"word", "phrase"}


def _said(words: Sequence[Word], start: int, end: int) -> str:
    return " ".join([w.norm for w in words[start:end] if w.norm not in DASHES])


def in_one(said: str) -> str:
    """Return a number word as one word without accents."""
    return said.replace(" ", "").replace(LEFT_OUT, "")


def _key(phrase: str) -> str:
    return " ".join(spelt(phrase))


@cache
def numerals(language: str) -> Numerals:
    """Return the number words of a language, compiled once.

    >>> from bot.model.words import split
    >>> numerals("en").read(split("two hundred and five thousand forty-two"), 0)
    (205042, 8)
    >>> numerals("es").read(split("treinta y dos mil"), 0)
    (32000, 4)
    """
    return Numerals(language)


def hung(word: str, endings: frozenset[str]) -> Number | None:
    """Return the number of "8e", digits with an ending of the language, else None."""
    if not word[:1].isdigit():
        return None
    found = _HUNG.fullmatch(word)
    return int(found[1]) if found and found[2] in endings else None


def whole(digits: str) -> int | None:
    """Return a whole number written in digits, also as 8.0, else None.

    >>> whole("09"), whole("8,0"), whole("3.5"), whole("007")
    (9, 8, None, None)
    """
    if len(digits) <= 2 and digits.isdecimal():  # noqa: PLR2004 - most of them
        return int(digits)
    before, _, after = digits.replace(",", ".").partition(".")
    if after not in {"", "0", "00"} or len(before) > 6:  # noqa: PLR2004
        return None
    if len(before) > 2 and before[0] == "0":  # noqa: PLR2004
        return None
    return int(before)
