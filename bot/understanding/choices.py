"""Several options in one message: "1 and 3", "speed and price", "all of them"."""
# ruff: noqa: RUF001 - these are the signs that people type

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from bot.model.answer import Accepted, Confirm, Option, Rejected, Understood
from bot.model.words import LONGEST, SPOKEN, Word, single, spell, split
from bot.understanding.choice import Turning, turning
from bot.understanding.lexicon import heard, load
from bot.understanding.numerals import numerals, whole
from bot.understanding.options import Match, Options, beside, options_of
from bot.understanding.phrases import Phrases
from bot.understanding.remark import cut
from bot.understanding.signs import QUESTION, parts, skip_parting, spaced

REJECTED: Final = Rejected()
BETWEEN: Final = frozenset(",;&+/.•·|、，\n")
ENDING: Final = frozenset(".!…–—-(。")
"""Signs behind which a remark may begin."""

LABEL: Final = 6
"""Words of the longest label that may stand beside another without a sign."""

MOST: Final = 60
"""Pieces of a message that are tried as options."""

_TOGETHER: Final = re.compile(r"(?<=\d)[,.;](?=\d)")


class Several:
    """Words for all, both and none, and those between options."""

    def __init__(self, language: str) -> None:
        self.language = language
        words = load(language).choice
        self.joiners = Phrases(words.joiners)
        self.joined = tuple(map(spell, words.joined))
        self.fillers = Phrases((*words.fillers, *words.positions))
        self.all = Phrases((*words.all, *words.both))
        self.both = Phrases(words.both)
        self.none = Phrases(words.none)
        self.but = Phrases(words.but)
        self.first = Phrases(words.ordinals[0] if words.ordinals else ())
        self.last = Phrases(words.last)
        self.numerals = numerals(language)
        self.turning: Turning = turning(language)

    def count(self, words: Sequence[Word]) -> int | None:
        """Return how many "all three" and "both" name; None where any number does."""
        if self.both.end(words, 0) == len(words):
            return 2
        for at in range(len(words)):
            if (number := self.number(words, at)) is not None and number[0] > 1:
                return number[0]
        return None

    def number(self, words: Sequence[Word], at: int) -> tuple[int, int] | None:
        """Return the whole number at a place and where it ends."""
        if words[at].kind == "number":
            value = whole(words[at].norm)
            return None if value is None else (value, at + 1)
        found = self.numerals.read(words, at)
        if found is None:  # "ikisi": two of them
            stems = beside(self.language).alike.stems(words[at].norm)
            values = {
                self.numerals.values[one] for one in stems & self.numerals.values.keys()
            }
            return (int(values.pop()), at + 1) if len(values) == 1 else None
        return int(found[0]), found[1]

    def ends(self, words: Sequence[Word], keys: Sequence[str]) -> tuple[str, ...]:
        """Return the options of "the first two" and "the last 3", or none."""
        for at in range(len(words)):
            for phrases, front in ((self.first, True), (self.last, False)):
                after = phrases.end(words, at)
                if after == at:
                    continue
                rest = [*words[:at], *words[after:]]
                number = self.number(rest, 0) if rest else None
                if number and number[1] == len(rest) and 1 < number[0] <= len(keys):
                    count = number[0]
                    return tuple(keys[:count] if front else keys[-count:])
        return ()


@lru_cache(maxsize=64)
def several(language: str) -> Several:
    """Return the words for several options of a language, compiled once."""
    return Several(language)


def read_choices(options: tuple[Option, ...], text: str, language: str) -> Understood:
    """Return the options that a message names, in the order they were shown.

    >>> asked = (Option("speed", "Delivery speed"), Option("price", "Price"))
    >>> read_choices(asked, "Price and speed", "en")
    Accepted(value=('speed', 'price'), comment=None)
    """
    if len(text) > LONGEST:
        return REJECTED
    message = heard(text, language)
    apart = _TOGETHER.sub(", ", message.text)
    words = message.words if apart == message.text else split(apart)
    named = options_of(options, language)
    ways = several(language)
    if ways.joined:
        words = _unjoined(words, named, ways)
    if key := named.labelled(words):
        return Accepted((key,))
    spoken = [word for word in words if word.kind in SPOKEN]
    asks = bool(words) and words[-1].norm in QUESTION
    if not asks and (found := _at_once(named, spoken, ways)) is not None:
        return found
    gathered = _gathered(named, words, _pieces(named, words, ways), ways)
    if gathered is not REJECTED:
        return gathered
    together = _run_together(named, words)
    return _remarked(named, apart, words, ways) if together is REJECTED else together


def _at_once(named: Options, words: Sequence[Word], ways: Several) -> Understood | None:
    """Return what "all", "none", "the first two" and "all but the price" name."""
    for said in (words, ways.fillers.strip(words) or words):
        if not said:
            continue
        end = ways.none.end(said, 0)
        if end and (end == len(said) or _rounds_off(named, said, end)):
            return Accepted(())
        if ways.all.end(said, 0) == len(said):
            fits = ways.count(said) in {None, len(named.keys)}
            return Accepted(named.keys) if fits else REJECTED
        if (found := _but(named, said, ways)) is not None:
            return found
        if first := ways.ends(said, named.keys):
            return Accepted(first)
    return None


def _rounds_off(named: Options, words: Sequence[Word], at: int) -> bool:
    """Tell whether a remark that names no option follows "none of them"."""
    around = named.around
    lists = (around.openers, around.trail, around.because)
    begins = any(phrases.end(words, at) > at for phrases in lists)
    return begins and not named.mentions(words[at:])


def _but(named: Options, words: Sequence[Word], ways: Several) -> Understood | None:
    """Return what "all but the price" names, also where *all* stands behind."""
    end = ways.all.end(words, 0)
    after = ways.but.end(words, end)
    if end and after > end:
        return _all_but(named, words[after:], ways)
    before = ways.but.end(words, 0)
    for at in range(before, len(words) if before else 0):
        if ways.all.end(words, at) == len(words):
            return _all_but(named, words[before:at], ways)
    for at in range(1, len(words)):
        after = ways.but.end(words, at)
        if after > at and ways.joiners.end(words, at) < after:
            if ways.turning.negations.end(words, after) > after:
                return None  # "the price but not the speed"
            behind = ways.all.end(words, after) == len(words)
            return _all_but(named, words[:at], ways) if behind else REJECTED
    return None


def _all_but(named: Options, words: Sequence[Word], ways: Several) -> Understood:
    """Ask about all options but those that these words name."""
    found = (
        _gathered(named, words, _pieces(named, words, ways), ways)
        if words
        else REJECTED
    )
    if not isinstance(found, Accepted) or not isinstance(found.value, tuple):
        return REJECTED
    left = tuple(key for key in named.keys if key not in found.value)
    return Confirm(left) if left else REJECTED


def _run_together(named: Options, words: Sequence[Word]) -> Understood:
    """Return the options of letters in a row: "AC"; never of a word, "BAD"."""
    letters = words[0].norm if len(words) == 1 else ""
    if not 1 < len(letters) <= len(named.keys) or not letters.isalpha():
        return REJECTED
    keys = [named.places.get(letter, "") for letter in letters]
    places = [named.keys.index(key) if key else -1 for key in keys]
    if -1 in places or places != sorted(set(places)) or single(letters[0]):
        return REJECTED
    return Accepted(tuple(keys))


def _pieces(
    named: Options, words: Sequence[Word], ways: Several
) -> list[tuple[int, int]]:
    """Return where pieces begin and end that commas, "and" or numbers part."""
    numbers = all(
        word.kind == "number" or (len(word.norm) == 1 and word.norm in named.places)
        for word in words
    )
    pieces: list[tuple[int, int]] = []
    begun = at = 0
    while at < len(words):
        after = ways.joiners.end(words, at)
        if at == begun and words[at].norm in named.places:
            after = at  # "a i d": a letter, not an *and*
        if after == at and words[at].norm in BETWEEN:
            after = at + 1
        contrary = named.around.but.end(words, at)
        if contrary > at and ways.turning.negations.end(words, contrary) > contrary:
            after = max(after, contrary)  # "the price but not the speed"
        apart = at > begun and named.around.spaces_part and spaced(words, at)
        if after > at or apart or (numbers and at > begun):
            pieces.append((begun, at))
            begun = max(after, at)
        at = max(after, at + 1)
    pieces.append((begun, len(words)))
    return [(start, end) for start, end in pieces if start < end]


def _unjoined(words: Sequence[Word], named: Options, ways: Several) -> list[Word]:
    """Return the words with a written-on *and* as a comma: "السعر والجودة"."""
    found: list[Word] = []
    for word in words:
        rest = next(
            (word.norm[len(j) :] for j in ways.joined if word.norm.startswith(j)), ""
        )
        split_off = (
            found
            and rest
            and (
                (named.knows(rest) or rest in named.places)
                and not named.knows(word.norm)
            )
        )
        if split_off:
            found.append(Word("sign", ",", word.start, word.start))
            found.append(Word("word", rest, word.start, word.end))
        else:
            found.append(word)
    return found


def _gathered(
    named: Options,
    words: Sequence[Word],
    pieces: Sequence[tuple[int, int]],
    ways: Several,
) -> Understood:
    """Name every piece; those that are but fillers, "please", are read over."""
    found: list[Match] = []
    denied: set[str] = set()
    at = 0
    while at < min(len(pieces), MOST):
        match, size = _longest(named, words, pieces[at : at + 3])
        piece = words[slice(*pieces[at])]
        at += size
        if match is not None:
            found.append(match)
        elif not named.idle(piece):
            told = _told(named, piece, ways)
            if told is None:
                return REJECTED
            found += [Match(key) for key in told[0]]
            denied |= told[1]
    keys = {match.key for match in found}
    if not found or at < len(pieces) or keys & denied:
        return REJECTED
    value = tuple(key for key in named.keys if key in keys)
    ask = bool(denied) or any(match.ask for match in found)
    return Confirm(value) if ask else Accepted(value)


def _told(
    named: Options, piece: Sequence[Word], ways: Several
) -> tuple[list[str], set[str]] | None:
    """Return the options that a piece names side by side, or those that it denies."""
    bare, denied = ways.turning.undenied(piece, named)
    if denied:
        other = named.find(bare) if bare else None
        return ([], {other.key}) if other and not other.ask else None
    beside = _side_by_side(named, piece)
    return (beside, set()) if beside else None


def _side_by_side(named: Options, words: Sequence[Word]) -> list[str]:
    """Return the options of whole labels in a row: "price delivery", or none."""
    found: list[str] = []
    at = 0
    while at < len(words):
        sizes = range(min(len(words) - at, LABEL), 0, -1)
        size = next((n for n in sizes if named.labelled(words[at : at + n])), 0)
        key = named.labelled(words[at : at + size]) if size else None
        if key is None:
            return []
        found.append(key)
        at += size
    return found


def _remarked(
    named: Options, text: str, words: Sequence[Word], ways: Several
) -> Understood:
    """Return the options named before a remark that names none and denies nothing."""
    around = named.around
    for at in range(1, min(len(words), MOST)):
        begun = around.because.end(words, at) > at
        ends = words[at].norm in ENDING and parts(words, at)
        if parts(words, at) and not ends:
            ends = around.openers.end(words, at + 1) > at + 1
        if not (begun or ends or words[at].kind == "line"):
            continue
        rest = words[at:]
        start = skip_parting(words, at)
        if start >= len(words) or words[-1].norm in QUESTION:
            return REJECTED
        if named.mentions(rest) or around.negations.end(words, start) > start:
            return REJECTED
        found = _gathered(named, words[:at], _pieces(named, words[:at], ways), ways)
        if isinstance(found, Accepted):
            return Accepted(found.value, cut(text, words, start))
    return REJECTED


def _longest(
    named: Options, words: Sequence[Word], pieces: Sequence[tuple[int, int]]
) -> tuple[Match | None, int]:
    """Return what the first pieces name: three or two where a label holds a comma."""
    start = pieces[0][0]
    sizes = (3, 2) if named.may_begin(words[start]) else ()
    for size in sizes:
        if len(pieces) >= size:
            key = named.labelled(words[start : pieces[size - 1][1]])
            if key:
                return Match(key), size
    return named.find(words[start : pieces[0][1]]), 1
