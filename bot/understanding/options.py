"""The options of a question, and the one that some words name."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from bot.model.answer import Option
from bot.model.words import SPOKEN, Word, clean, plain, split
from bot.understanding.clause import around
from bot.understanding.lexicon import Phrases, load
from bot.understanding.numerals import numerals, whole
from bot.understanding.signs import PARTING, decorates
from bot.understanding.typos import slipped

TELLING: Final = 3
"""Letters that a part of a label needs to stand for the whole."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_MARK: Final = "#"
_IDLE: Final = PARTING | {"¡", "¿", "/", "&", "'", "+"}


class Match(NamedTuple):
    """The option that words name: by its whole label, and whether to ask about it."""

    key: str
    whole: bool = True
    ask: bool = False


class Options:
    """The options of one question in one language."""

    def __init__(self, options: tuple[Option, ...], language: str) -> None:
        words = load(language).choice
        self.keys = tuple(option.key for option in options)
        self.around = around(language)
        self.numerals = numerals(language)
        self.around_labels = Phrases((*words.fillers, *words.positions, _MARK))
        self.guarded = _tokens((*words.degrees, *words.negations))
        self.empty = _tokens(words.fillers)
        self.labels = _labels(options)
        self.begins = _begins(options)
        self.named = {plain(one.key.replace("_", " ")): one.key for one in options}
        self.turned = [
            (f" {label} ", not self.guarded.isdisjoint(label.split()), key)
            for label, key in self.labels.items()
        ]
        self.cut = [
            (name.split(), key)
            for name, key in (*self.labels.items(), *self.named.items())
        ]
        self.pictures = _pictures(options)
        self.places = self._places(words.ordinals, words.last)

    def find(self, words: Sequence[Word]) -> Match | None:
        """Return the one option that these words name, fillers aside."""
        bare = _bare(words)
        if not bare:
            key = self.pictures.get(_joined(words))
            return Match(key) if key else None
        if key := self.labels.get(_joined(bare)):
            return Match(key)
        core = self._core(bare)
        if key := self.labels.get(_joined(core)):
            return Match(key)
        if found := self._otherwise(core):
            agreed = len({match.key for match in found}) == 1
            return found[0] if agreed else None
        return self._mistyped(core)

    def labelled(self, words: Sequence[Word]) -> str | None:
        """Return the option whose whole label these words are."""
        bare = _bare(words)
        return self.labels.get(_joined(bare)) if bare else None

    def may_begin(self, word: Word) -> bool:
        """Tell whether a label may begin with this word, or with a sign before one."""
        return word.kind not in SPOKEN or word.norm in self.begins

    def idle(self, words: Sequence[Word]) -> bool:
        """Tell whether these words are fillers and nothing else."""
        bare = _bare(words)
        return bool(bare) and self.around_labels.skip(bare, 0) >= len(bare)

    def _otherwise(self, core: Sequence[Word]) -> list[Match]:
        """Return the options meant by key, by place and by a part of the label."""
        key = self.named.get(_joined(core))
        place = self._placed(core[0]) if len(core) == 1 else None
        part = self._partly(core)
        return [Match(one) for one in (key, place) if one] + ([part] if part else [])

    def _core(self, words: Sequence[Word]) -> Sequence[Word]:
        """Return the words without the fillers around them; never nothing.

        A letter that may be a place of its own is no filler: "a, b", "b a".
        """
        core = self.around_labels.strip(words)
        if not core:
            return words[-1:]
        start = words.index(core[0])
        end = start + len(core)
        apart = any(b.start - a.end > 1 for a, b in pairwise(words))
        letters = [*(words[:start] if apart else ()), *words[end:]]
        placed = any(len(w.norm) == 1 and w.norm in self.places for w in letters)
        return words if placed else core

    def _placed(self, word: Word) -> str | None:
        number = whole(word.norm) if word.kind == "number" else None
        return self.places.get(word.norm if number is None else str(number))

    def _partly(self, core: Sequence[Word]) -> Match | None:
        """Return the only label that holds these words, if the rest turns nothing."""
        said = [word.norm for word in core]
        telling = [word for word in said if tells(word)]
        if self.empty.issuperset(telling) or not self.guarded.isdisjoint(said):
            return None
        together = f" {' '.join(said)} "
        found = set()
        for label, turned, key in self.turned:
            if together in label:
                if key is None or turned:
                    return None
                found.add(key)
            elif any(word in label for word in telling):
                return None
        return Match(found.pop(), whole=False) if len(found) == 1 else None

    def _mistyped(self, core: Sequence[Word]) -> Match | None:
        """Return the only label that is one slip away; it is asked about."""
        said = [word.norm for word in core]
        found = {key for tokens, key in self.cut if _near(said, tokens)}
        key = found.pop() if len(found) == 1 else None
        return Match(key, ask=True) if key else None

    def _places(
        self, ordinals: Sequence[Sequence[str]], last: Sequence[str]
    ) -> dict[str, str]:
        """Return every number, letter and ordinal that names an option."""
        places: dict[str, str] = {}
        numbered = self.numbered
        lettered = any(len(label) == 1 for label in self.labels)
        for at, key in enumerate(self.keys):
            names = [] if numbered else [str(at + 1), *self._spelt(at + 1)]
            if not lettered:
                names += _LETTERS[at : at + 1]
            if at < len(ordinals):
                names += map(plain, ordinals[at])
            places.update(dict.fromkeys(names, key))
        if self.keys:
            places.update(dict.fromkeys(map(plain, last), self.keys[-1]))
        return {place: key for place, key in places.items() if place not in self.labels}

    @property
    def numbered(self) -> bool:
        """Whether a label begins with a number, so that none names a place."""
        return any(self._begins_numbered(label) for label in self.labels)

    def _begins_numbered(self, label: str) -> bool:
        return label[:1].isdigit() or label.split(maxsplit=1)[0] in self.numerals.values

    def _spelt(self, number: int) -> list[str]:
        values = self.numerals.values.items()
        article = self.around.article
        return [w for w, value in values if value == number and not article.knows(w)]


@lru_cache(maxsize=1024)
def options_of(options: tuple[Option, ...], language: str) -> Options:
    """Return the options of a question, compiled once."""
    return Options(options, language)


def takes_places(options: tuple[Option, ...], language: str) -> bool:
    """Tell whether a typed number names an option by its place, and nothing else.

    >>> takes_places((Option("a", "Two apples"), Option("b", "One pear")), "en")
    False
    """
    digits = any(sign.isdigit() for option in options for sign in option.label)
    return bool(options) and not digits and not options_of(options, language).numbered


def _labels(options: Iterable[Option]) -> dict[str, str | None]:
    """Return every name of every option; None where two options share it."""
    labels: dict[str, str | None] = {}
    for option in options:
        for name in {plain(said) for said in (option.label, *option.aliases)} - {""}:
            labels[name] = (
                option.key if labels.get(name, option.key) == option.key else None
            )
    return labels


def _begins(options: Iterable[Option]) -> frozenset[str]:
    """Return the words that names of options begin with."""
    names = (name for option in options for name in (option.label, *option.aliases))
    spoken = ([w.norm for w in split(clean(n)) if w.kind in SPOKEN] for n in names)
    return frozenset(words[0] for words in spoken if words)


def _pictures(options: Iterable[Option]) -> dict[str, str | None]:
    """Return the pictures that stand in labels; None where two options share them."""
    pictures: dict[str, str | None] = {}
    for option in options:
        drawn = _joined([word for word in split(option.label) if decorates(word)])
        if drawn:
            same = pictures.get(drawn, option.key) == option.key
            pictures[drawn] = option.key if same else None
    return pictures


def _bare(words: Sequence[Word]) -> list[Word]:
    """Return the words without decoration; nothing where a sign may mean something."""
    bare = []
    for at, word in enumerate(words):
        if word.kind == "number" and at:
            before = words[at - 1]
            if before.norm == "-" and before.end == word.start:
                return []
        if word.kind in SPOKEN or word.norm == _MARK:
            bare.append(word)
        elif not (word.norm in _IDLE or word.kind == "line" or decorates(word)):
            return []
    return bare


def _joined(words: Sequence[Word]) -> str:
    return " ".join([word.norm for word in words])


def _tokens(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(token for phrase in phrases for token in plain(phrase).split())


def tells(word: str) -> bool:
    """Tell whether a word is long enough to stand for a label."""
    return len(word) >= TELLING or not word.isascii()


def _near(said: Sequence[str], meant: Sequence[str]) -> bool:
    """Tell whether exactly one word is one slip away and all others are alike."""
    if len(said) != len(meant):
        return False
    wrong = [(a, b) for a, b in zip(said, meant, strict=True) if a != b]
    return len(wrong) == 1 and slipped(*wrong[0])
