"""Several options in one message: "1 and 3", "speed and price", "all of them"."""
# ruff: noqa: RUF001 - these are the signs that people type

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from bot.model.answer import Accepted, Confirm, Option, Rejected, Understood
from bot.understanding.choice import Match, Options, options_of
from bot.understanding.lexicon import Phrases, load
from bot.understanding.numerals import numerals
from bot.understanding.words import LONGEST, Word, clean, plain, split

REJECTED: Final = Rejected()
BETWEEN: Final = frozenset(",;&+/.•·|、，\n")
MOST: Final = 60
"""Pieces of a message that are tried as options."""

_TOGETHER: Final = re.compile(r"(?<=\d)[,.;](?=\d)")


class Several:
    """Words for all, both and none, and those between options."""

    def __init__(self, language: str) -> None:
        words = load(language).choice
        self.joiners = Phrases(words.joiners)
        self.all = frozenset(map(plain, words.all))
        self.both = frozenset(map(plain, words.both))
        self.none = frozenset(map(plain, words.none))
        self.values = numerals(language).values

    def count(self, said: str) -> int | None:
        """Return how many "all three" and "both" name; None where any number does."""
        if said in self.both:
            return 2
        counts = [self.values[word] for word in said.split() if word in self.values]
        return counts[0] if counts else None


@lru_cache(maxsize=64)
def several(language: str) -> Several:
    """Return the words for several options of a language, compiled once."""
    return Several(language)


def read_choices(
    options: tuple[Option, ...], text: str, language: str, *, optional: bool
) -> Understood:
    """Return the options that a message names, in the order they were shown.

    >>> asked = (Option("speed", "Delivery speed"), Option("price", "Price"))
    >>> read_choices(asked, "Price and speed", "en", optional=False)
    Accepted(value=('speed', 'price'), comment=None)
    """
    if len(text) > LONGEST:
        return REJECTED
    words = split(_TOGETHER.sub(", ", clean(text)))
    named = options_of(options, language)
    if whole := named.find(words):
        value = (whole.key,)
        return Confirm(value) if whole.ask else Accepted(value)
    said = plain(text)
    ways = several(language)
    if said in ways.none:
        return Accepted(None) if optional else REJECTED
    if said in ways.all:
        fits = ways.count(said) in {None, len(named.keys)}
        return Accepted(named.keys) if fits else REJECTED
    return _gathered(named, _pieces(words, ways.joiners))


def _pieces(words: Sequence[Word], joiners: Phrases) -> list[list[Word]]:
    """Cut the words where commas and "and" stand, and between bare numbers."""
    numbers = all(word.kind == "number" for word in words)
    pieces: list[list[Word]] = [[]]
    at = 0
    while at < len(words):
        after = joiners.end(words, at)
        if after > at or words[at].norm in BETWEEN:
            pieces.append([])
            at = max(after, at + 1)
            continue
        if numbers and pieces[-1]:
            pieces.append([])
        pieces[-1].append(words[at])
        at += 1
    return [piece for piece in pieces if piece]


def _gathered(named: Options, pieces: Sequence[list[Word]]) -> Understood:
    """Name every piece, two or three together where a label holds a comma."""
    if not 1 < len(pieces) <= MOST:
        return REJECTED
    found: list[Match] = []
    at = 0
    while at < len(pieces):
        for size in (3, 2, 1):
            piece = [word for part in pieces[at : at + size] for word in part]
            match = named.find(piece)
            if match and (size == 1 or (match.whole and not match.ask)):
                found.append(match)
                at += size
                break
        else:
            return REJECTED
    keys = {match.key for match in found}
    value = tuple(key for key in named.keys if key in keys)
    return Confirm(value) if any(m.ask for m in found) else Accepted(value)
