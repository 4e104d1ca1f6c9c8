"""Several options in one message: "1 and 3", "speed and price", "all of them"."""
# ruff: noqa: RUF001 - these are the signs that people type

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from bot.model.answer import Accepted, Confirm, Option, Rejected, Understood
from bot.model.words import (
    LONGEST,
    Word,
    joined,
    plain,
    split,
    typed,
)
from bot.understanding.lexicon import Phrases, load
from bot.understanding.numerals import numerals
from bot.understanding.options import Match, Options, options_of

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
    message = typed(text)
    apart = _TOGETHER.sub(", ", message.text)
    words = message.words if apart == message.text else split(apart)
    named = options_of(options, language)
    if key := named.labelled(words):
        return Accepted((key,))
    said = joined(message.words)
    ways = several(language)
    if said in ways.none:
        return Accepted(None) if optional else REJECTED
    if said in ways.all:
        fits = ways.count(said) in {None, len(named.keys)}
        return Accepted(named.keys) if fits else REJECTED
    return _gathered(named, words, _pieces(words, ways.joiners))


def _pieces(words: Sequence[Word], joiners: Phrases) -> list[tuple[int, int]]:
    """Return where pieces begin and end that commas, "and" or numbers part."""
    numbers = all(word.kind == "number" for word in words)
    pieces: list[tuple[int, int]] = []
    begun = at = 0
    while at < len(words):
        after = joiners.end(words, at)
        if after == at and words[at].norm in BETWEEN:
            after = at + 1
        if after > at or (numbers and at > begun):
            pieces.append((begun, at))
            begun = max(after, at)
        at = max(after, at + 1)
    pieces.append((begun, len(words)))
    return [(start, end) for start, end in pieces if start < end]


def _gathered(
    named: Options, words: Sequence[Word], pieces: Sequence[tuple[int, int]]
) -> Understood:
    """Name every piece; those that are but fillers, "please", are read over."""
    found: list[Match] = []
    at = 0
    while at < min(len(pieces), MOST):
        match, size = _longest(named, words, pieces[at : at + 3])
        start, end = pieces[at]
        if match is not None:
            found.append(match)
        elif not named.idle(words[start:end]):
            return REJECTED
        at += size
    if not found or at < len(pieces):
        return REJECTED
    keys = {match.key for match in found}
    value = tuple(key for key in named.keys if key in keys)
    return Confirm(value) if any(m.ask for m in found) else Accepted(value)


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
