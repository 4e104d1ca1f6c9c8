"""Options typed as words: a label or a telling part of it, or a place in the list."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from bot.model.answer import Accepted, Confirm, Option, Rejected, Understood
from bot.understanding.clause import around
from bot.understanding.lexicon import Phrases, load
from bot.understanding.numerals import numerals, whole
from bot.understanding.remark import cut
from bot.understanding.signs import PARTING, decorates, parts, skip_parting
from bot.understanding.typos import slipped
from bot.understanding.words import LONGEST, Word, clean, plain, split

REJECTED: Final = Rejected()
TELLING: Final = 3
"""Letters that a part of a label needs to stand for the whole."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_MARK: Final = "#"


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
        part = self._partly(core)
        place = self._placed(core[0]) if len(core) == 1 else None
        if place:
            return Match(place) if part is None or part.key == place else None
        return part or self._mistyped(core)

    def _core(self, words: Sequence[Word]) -> Sequence[Word]:
        """Return the words without the fillers around them; never nothing."""
        core = self.around_labels.strip(words)
        return core or words[-1:]

    def _placed(self, word: Word) -> str | None:
        number = whole(word.norm) if word.kind == "number" else None
        return self.places.get(word.norm if number is None else str(number))

    def _partly(self, core: Sequence[Word]) -> Match | None:
        """Return the only label that holds these words, if the rest turns nothing."""
        said = tuple(word.norm for word in core)
        if not any(_tells(word) and word not in self.empty for word in said):
            return None
        if any(word in self.guarded for word in said):
            return None
        found = set()
        for label, key in self.labels.items():
            tokens = label.split()
            if _holds(tokens, said):
                if key is None or not self.guarded.isdisjoint(set(tokens) - set(said)):
                    return None
                found.add(key)
            elif any(
                word in token for word in said for token in tokens if _tells(word)
            ):
                return None
        return Match(found.pop(), whole=False) if len(found) == 1 else None

    def _mistyped(self, core: Sequence[Word]) -> Match | None:
        """Return the only label that is one slip away; it is asked about."""
        said = [word.norm for word in core]
        found = {
            key for label, key in self.labels.items() if _near(said, label.split())
        }
        key = found.pop() if len(found) == 1 else None
        return Match(key, ask=True) if key else None

    def _places(
        self, ordinals: Sequence[Sequence[str]], last: Sequence[str]
    ) -> dict[str, str]:
        """Return every number, letter and ordinal that names an option."""
        places: dict[str, str] = {}
        numbered = any(self._begins_numbered(label) for label in self.labels)
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
    text = clean(text)
    words = split(text)
    named = options_of(options, language)
    found = named.find(words)
    if found:
        return Confirm(found.key) if found.ask else Accepted(found.key)
    return _remarked(named, text, words)


def _remarked(named: Options, text: str, words: Sequence[Word]) -> Understood:
    """Return the label before a remark that names no other option and no number."""
    end = next((i for i in range(len(words)) if _ends(named, words, i)), 0)
    found = named.find(words[:end]) if end else None
    if found is None or found.ask or not found.whole:
        return REJECTED
    start = skip_parting(words, end)
    others = {
        token
        for label, key in named.labels.items()
        if key != found.key
        for token in label.split()
        if _tells(token)
    }
    rest = words[start:]
    shaken = any(
        word.norm in others or (word.kind == "number" and word.norm in named.places)
        for word in rest
    )
    if shaken or named.find(rest) or named.around.negations.end(words, start) > start:
        return REJECTED
    return Accepted(found.key, cut(text, rest))


def _ends(named: Options, words: Sequence[Word], at: int) -> bool:
    return parts(words, at) or named.around.because.end(words, at) > at


def _labels(options: Iterable[Option]) -> dict[str, str | None]:
    """Return every name of every option; None where two options share it."""
    labels: dict[str, str | None] = {}
    for option in options:
        for name in {plain(said) for said in (option.label, *option.aliases)} - {""}:
            labels[name] = (
                option.key if labels.get(name, option.key) == option.key else None
            )
    for option in options:
        labels.setdefault(plain(option.key.replace("_", " ")) or option.key, option.key)
    return labels


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
        if word.kind in {"word", "number"} or word.norm == _MARK:
            negative = (
                at and words[at - 1].norm == "-" and words[at - 1].end == word.start
            )
            if word.kind == "number" and negative:
                return []
            bare.append(word)
        elif not (
            decorates(word)
            or word.kind == "line"
            or word.norm in PARTING | {"¡", "¿", "/", "&", "'", "+"}
        ):
            return []
    return bare


def _joined(words: Sequence[Word]) -> str:
    return " ".join(word.norm for word in words)


def _tokens(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(token for phrase in phrases for token in plain(phrase).split())


def _tells(word: str) -> bool:
    return len(word) >= TELLING or not word.isascii()


def _holds(tokens: Sequence[str], said: tuple[str, ...]) -> bool:
    size = len(said)
    return any(
        tuple(tokens[at : at + size]) == said for at in range(len(tokens) - size + 1)
    )


def _near(said: Sequence[str], meant: Sequence[str]) -> bool:
    """Tell whether exactly one word is one slip away and all others are alike."""
    if len(said) != len(meant):
        return False
    wrong = [(a, b) for a, b in zip(said, meant, strict=True) if a != b]
    return len(wrong) == 1 and slipped(*wrong[0])
