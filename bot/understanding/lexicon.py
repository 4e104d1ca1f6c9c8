"""One language as data: read once from its YAML file, typed, ready for look-up."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Final

import msgspec
from msgspec import Struct

from bot.errors import InvalidDocument
from bot.model.words import Word, split
from flows.language.loader import read

FALLBACK: Final = "en"
"""The language of sentences and reserved words where another has none."""

Said = tuple[str, ...]


_Tree = dict[str, "_Tree"]
"""What may follow each word of some phrases, word by word."""

_END: Final = ""
"""Stands in a tree where a phrase may end; no word is spelt like that."""


class Phrases:
    """A set of words and phrases, found in a list of words at one place."""

    def __init__(self, phrases: Iterable[str]) -> None:
        cut = {tuple(word.norm for word in split(phrase)) for phrase in phrases}
        self.whole = frozenset(cut)
        self._tree: _Tree = {}
        for phrase in cut - {()}:
            branch = self._tree
            for word in phrase:
                branch = branch.setdefault(word, {})
            branch[_END] = {}

    def end(self, words: Sequence[Word], start: int) -> int:
        """Return where the longest phrase that begins at `start` ends, or `start`."""
        if start >= len(words):
            return start
        branch = self._tree.get(words[start].norm)
        if branch is None:
            return start
        end = at = start
        while branch is not None:
            at += 1
            if _END in branch:
                end = at
            branch = branch.get(words[at].norm) if at < len(words) else None
        return end

    @property
    def firsts(self) -> frozenset[str]:
        """Return the words that phrases begin with."""
        return frozenset(self._tree)

    @property
    def telling(self) -> frozenset[str]:
        """Return the longest word of each phrase: where none stands, no phrase does."""
        return frozenset(max(phrase, key=len) for phrase in self.whole - {()})

    def skip(self, words: Sequence[Word], start: int) -> int:
        """Return the first place at or after `start` where no phrase begins."""
        while (after := self.end(words, start)) > start:
            start = after
        return start

    def strip(self, words: Sequence[Word], start: int = 0) -> Sequence[Word]:
        """Return the words from `start` without the phrases at both ends."""
        start, end = self.skip(words, start), len(words)
        at = start
        while at < end:
            at, begun = self.skip(words, at), at
            if at >= end:
                return words[start:begun]
            at += 1
        return words[start:end]

    def knows(self, word: str) -> bool:
        """Tell whether one word is a phrase of its own."""
        return (word,) in self.whole

    def __contains__(self, words: Sequence[Word]) -> bool:
        return tuple(word.norm for word in words) in self.whole


class Numbers(Struct, frozen=True):
    """Number words and how they are put together."""

    values: dict[str, int] = {}
    multipliers: dict[str, int] = {}
    joiners: Said = ()
    pairs: bool = False
    bare_multiplier: bool = False
    minus: Said = ()
    not_typos: Said = ()


class Scale(Struct, frozen=True):
    """Words around a number that leave it an answer."""

    lead: Said = ()
    article: Said = ()
    strong: Said = ()
    trail: Said = ()
    stars: Said = ()
    out_of: Said = ("/",)
    because: Said = ()
    openers: Said = ()
    negations: Said = ()
    denials: Said = ()
    corrections: Said = ()
    contrary: Said = ()
    conditions: Said = ()
    doubts: Said = ()
    units: Said = ()
    nearly: Said = ()


class YesNo(Struct, frozen=True):
    """Ways to say yes and no, and what makes either unsure."""

    yes: Said = ()
    no: Said = ()
    yes_fillers: Said = ()
    no_fillers: Said = ()
    unsure_after_yes: Said = ()
    unsure_after_no: Said = ()


class Choice(Struct, frozen=True):
    """Words around options, and ways to name them without their label."""

    ordinals: tuple[Said, ...] = ()
    last: Said = ()
    fillers: Said = ()
    positions: Said = ("#",)
    all: Said = ()
    both: Said = ()
    none: Said = ()
    joiners: Said = ()
    degrees: Said = ()
    negations: Said = ()
    prefixes: Said = ()


class Dates(Struct, frozen=True):
    """Days by name, and the order in which a date is written."""

    order: str = "DMY"
    order_by_region: dict[str, str] = {}
    fillers: Said = ()
    days: dict[str, int] = {}
    weekdays: tuple[Said, ...] = ()
    next: Said = ()
    last: Said = ()
    months: tuple[Said, ...] = ()


class Fillers(Struct, frozen=True):
    """Words that may stand around a value without changing it."""

    fillers: Said = ()


class StopWishes(Struct, frozen=True):
    """Ways to ask to be left alone."""

    write: Said = ()
    bare: Said = ()
    me: Said = ()
    wish: Said = ()
    phrases: Said = ()
    end: Said = ()


class Names(Struct, frozen=True):
    """The language's own name, those of others, and words around them."""

    own: Said = ()
    before: Said = ()
    after: Said = ()
    names: dict[str, Said] = {}


class Lexicon(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the grammar knows of one language."""

    language: str
    decimal: Said = (".",)
    decimal_by_region: dict[str, str] = {}
    numbers: Numbers = Numbers()
    scale: Scale = Scale()
    worded: dict[str, dict[int, Said]] = {}
    yes_no: YesNo = YesNo()
    skip: Said = ()
    nothing: Said = ()
    choice: Choice = Choice()
    date: Dates = Dates()
    email: Fillers = Fillers()
    phone: Fillers = Fillers()
    reserved: dict[str, Said] = {}
    stop_wishes: StopWishes = StopWishes()
    languages: Names = Names()
    sentences: dict[str, str] = {}


@cache
def known_languages() -> tuple[str, ...]:
    """Return the languages that have a lexicon, sorted.

    >>> set(known_languages()) >= {"en", "es"}
    True
    """
    folder = resources.files("bot.understanding") / "lexicons"
    names = (file.name for file in folder.iterdir())
    return tuple(sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml")))


@lru_cache(maxsize=256)
def load(language: str) -> Lexicon:
    """Return the lexicon of a language, read once; an empty one where there is none.

    >>> load("es-MX").language, load("es").numbers.values["nueve"]
    ('es', 9)
    >>> load("tlh").numbers.values
    {}
    """
    base = language.replace("_", "-").partition("-")[0].lower()
    if base != language:
        return load(base)
    if not (base.isascii() and base.isalpha()):
        return Lexicon(language=base)
    file = resources.files("bot.understanding") / "lexicons" / f"{base}.yaml"
    if not file.is_file():
        return Lexicon(language=base)
    document = read(str(file), file.read_bytes())
    if document.problems:
        raise InvalidDocument(document.problems)
    return msgspec.convert(document.data, Lexicon, strict=False)
