"""The options of a question, and the one that some words name."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from bot.model.answer import Option
from bot.model.words import (
    SPOKEN,
    Word,
    clean,
    fold,
    joined,
    plain,
    single,
    spell,
    split,
)
from bot.understanding.around import around
from bot.understanding.lexicon import LEFT_OUT, heard, load
from bot.understanding.numerals import numerals, whole
from bot.understanding.phrases import Phrases
from bot.understanding.signs import PARTING, decorates, inside
from bot.understanding.skeleton import same_sound
from bot.understanding.typos import one_slip

TELLING: Final = 3
"""Letters that a part of a label needs to stand for the whole."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_STEM: Final = 3
"""Letters that a word keeps at least when an ending is taken from it."""

_SHORTENED: Final = 4
"""Letters that the beginning of a word needs to stand for it."""

_SIGNS: Final = 3
"""Signs of a name in which one may be wrong."""

_MARK: Final = "#"
_IDLE: Final = PARTING | {"¡", "¿", "/", "&", "'", "+"}


class Match(NamedTuple):
    """The option that words name: by its whole label, and whether to ask about it."""

    key: str
    whole: bool = True
    ask: bool = False


class Beside:
    """The words of one language beside labels."""

    def __init__(self, language: str) -> None:
        words = load(language).choice
        self.alike = Alike(words.beginnings, words.endings)
        self.labels = Phrases((*words.fillers, *words.positions, _MARK))
        self.guards = Phrases((*words.degrees, *words.negations))
        self.empty = _empty(words.fillers)
        self.ordinals = tuple(tuple(map(plain, forms)) for forms in words.ordinals)
        self.last = tuple(map(plain, words.last))
        self.last_but_one = tuple(map(plain, words.last_but_one))
        self.middle = tuple(map(plain, words.middle))
        self.letters = (_LETTERS, *([words.letters] if words.letters else []))


@cache
def beside(language: str) -> Beside:
    """Return the words beside labels of a language, compiled once."""
    return Beside(language)


class Options:
    """The options of one question in one language."""

    def __init__(self, options: tuple[Option, ...], language: str) -> None:
        self.beside = beside(language)
        self.keys = tuple(option.key for option in options)
        self.around = around(language)
        self.numerals = numerals(language)
        self.alike = self.beside.alike
        self.around_labels = self.beside.labels
        self.guards = self.beside.guards
        self.empty = self.beside.empty
        self.labels = _labels(options, language)
        self.begins = _begins(options)
        self.named = {plain(one.key.replace("_", " ")): one.key for one in options}
        self.turned = [
            (f" {label} ", self._guarded(label.split()), key)
            for label, key in self.labels.items()
        ]
        self.cut = [
            (name.split(), key)
            for name, key in (*self.labels.items(), *self.named.items())
        ]
        self.pictures = _pictures(options)
        self.names = [
            (name, name.split(), key) for name, key in self.labels.items() if key
        ]
        self.squashed = _squashed(self.labels)
        self.pairs = _pairs(self.names)
        self.places = self._places(self.beside)

    def find(self, words: Sequence[Word]) -> Match | None:
        """Return the one option that these words name, fillers aside."""
        bare = _bare(words)
        if not bare:
            key = self.pictures.get(_joined(words))
            return Match(key) if key else None
        if key := self.labels.get(_joined(bare)):
            return Match(key)
        if len(bare) > 1 and (key := self.places.get(_joined(bare))):
            return Match(key)
        core = self._core(bare)
        key = self.labels.get(_joined(core)) or self.squashed.get(
            "".join([word.norm for word in core])
        )
        if key:
            return Match(key)
        if found := self._otherwise(core):
            agreed = len({match.key for match in found}) == 1
            return found[0] if agreed else None
        slip = self._mistyped(core) if single(core[0].norm) else None
        likely = self._in_digits(core) or slip
        return likely or self._inflected(core) or self._mistyped(core)

    def _in_digits(self, core: Sequence[Word]) -> Match | None:
        """Return the only label that these words name with its numbers in words."""
        said = f" {self._digits(core)} "
        if not any(char.isdigit() for char in said):
            return None
        found = {
            key
            for name, _, key in self.names
            if f" {self._digits(split(name))} " == said
        }
        return Match(found.pop()) if len(found) == 1 else None

    def _digits(self, words: Sequence[Word]) -> str:
        """Return words with every number in digits."""
        norms, at = [], 0
        while at < len(words):
            found = self.numerals.read(words, at)
            norms.append(str(found[0]) if found else words[at].norm)
            at = found[1] if found else at + 1
        return " ".join(norms)

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
        said = _joined(core)
        key = self.named.get(said)
        place = self._placed(core[0]) if len(core) == 1 else self.places.get(said)
        part = self._partly(core)
        return [Match(one) for one in (key, place) if one] + ([part] if part else [])

    def _core(self, words: Sequence[Word]) -> Sequence[Word]:
        """Return the words without the fillers around them; at least the last filler.

        A letter that may be a place of its own is no filler: "a, b", "b a".
        """
        fillers = self.around_labels
        core = fillers.strip(words)
        if not core:
            *_, last = fillers.begun(words, 0, len(words))
            return words[last:]
        start = words.index(core[0])
        end = start + len(core)
        apart = any(b.start - a.end > 1 for a, b in pairwise(words))
        alone = [
            words[at]
            for begin, stop in ((0, start if apart else 0), (end, len(words)))
            for at in fillers.begun(words, begin, stop)
            if fillers.end(words, at) == at + 1
        ]
        placed = any(len(w.norm) == 1 and w.norm in self.places for w in alone)
        return words if placed else core

    def _placed(self, word: Word) -> str | None:
        number = whole(word.norm) if word.kind == "number" else None
        return self.places.get(word.norm if number is None else str(number))

    def _partly(self, core: Sequence[Word]) -> Match | None:
        """Return the only label that holds these words, if the rest turns nothing."""
        said = [word.norm for word in core]
        telling = _telling(said)
        guarded = self._guarded(said)
        if self.empty.issuperset(telling) or (guarded and len(said) == 1):
            return None
        together = f" {' '.join(said)} "
        found = set()
        for label, turned, key in self.turned:
            if together in label:
                rest = label.replace(together, " ", 1).split()
                if key is None or (turned and self._guarded(rest)):
                    return None
                found.add(key)
            elif guarded:
                continue
            elif any(f" {word} " in label for word in telling):
                return None
        return Match(found.pop(), whole=False) if len(found) == 1 else None

    def guarded(self, words: Sequence[Word]) -> bool:
        """Tell whether a word of degree or negation stands among these."""
        return any(self.guards.end(words, at) > at for at in range(len(words)))

    def told(self, words: Sequence[Word], key: str) -> bool:
        """Tell whether all telling words of a label of this option stand here.

        "slow delivery" may be the opposite of "Fast delivery".
        """
        norms = [word.norm for word in words]
        return any(
            all(
                any(self.alike.akin(one, norm) for norm in norms)
                for one in tokens
                if tells(one) and one not in self.empty
            )
            for _, tokens, other in self.names
            if other == key
        )

    def doubted(self, words: Sequence[Word]) -> bool:
        """Tell whether a condition or a word such as "maybe" stands among these."""
        lists = (self.around.conditions, self.around.unsure)
        return any(
            phrases.end(words, at) > at for phrases in lists for at in range(len(words))
        )

    def labels_in(self, words: Sequence[Word]) -> set[str]:
        """Return the options whose whole label stands among these words."""
        said = f" {' '.join([word.norm for word in words])} "
        return {key for name, _, key in self.names if f" {name} " in said}

    def _guarded(self, norms: Sequence[str]) -> bool:
        return self.guarded(
            [Word("word", norm, 2 * at, at) for at, norm in enumerate(norms)]
        )

    def _inflected(self, core: Sequence[Word]) -> Match | None:
        """Return the only label with these words in another form: "цену"."""
        said = [word.norm for word in core]
        if self._guarded(said) or not _telling(said):
            return None
        if self.empty.issuperset(said):
            return None
        found = {
            (key, len(tokens) == len(said))
            for name, tokens, key in self.names
            if self._holds_either(tokens, said) and not self._guarded(tokens)
        }
        keys = {key for key, _ in found}
        if len(keys) != 1 or self.labels_in(core) - keys:
            return None
        return Match(found.pop()[0], whole=any(whole for _, whole in found))

    def _holds_either(self, tokens: Sequence[str], said: Sequence[str]) -> bool:
        """Tell whether a label holds these words, with or without their fillers."""
        if self._holds(tokens, said):
            return True
        label = [one for one in tokens if one not in self.empty]
        bare = [one for one in said if one not in self.empty]
        return len(bare) > 1 and self._holds(label, bare)

    def _holds(self, tokens: Sequence[str], said: Sequence[str]) -> bool:
        """Tell whether a label holds these words, one after the other, in any form."""
        for start in range(len(tokens) - len(said) + 1):
            pairs = zip(tokens[start : start + len(said)], said, strict=True)
            if all(a == b or self.alike.same(a, b) or _part(b, a) for a, b in pairs):
                return True
        return False

    def rounds_off(self, words: Sequence[Word], at: int) -> bool:
        """Tell whether only fillers follow."""
        while at < len(words):
            after = max(
                self.around.trail.end(words, at), self.around_labels.end(words, at)
            )
            if after == at and not decorates(words[at]):
                return False
            at = max(after, at + 1)
        return True

    def knows(self, word: str) -> bool:
        """Tell whether a word stands in a label, in any form."""
        return any(
            self.alike.same(one, word) for _, tokens, _ in self.names for one in tokens
        )

    def mentions(self, words: Sequence[Word]) -> set[str]:
        """Return the options of whose labels any telling word stands here."""
        spoken = [word for word in words if word.kind in SPOKEN]
        norms = [word.norm for word in spoken]
        found = {
            key
            for name, tokens, key in self.names
            if _stands(tokens, spoken) and not self.around_labels.knows(name)
        }
        found |= {key for pair, key in self.pairs.items() if _stands(pair, spoken)}
        for _, tokens, key in self.names:
            if single(tokens[0]):
                continue
            telling = [one for one in tokens if tells(one) and one not in self.empty]
            if any(self.alike.same(one, norm) for one in telling for norm in norms):
                found.add(key)
        return found

    def _mistyped(self, core: Sequence[Word]) -> Match | None:
        """Return the only label that is one slip away; it is asked about."""
        said = [word.norm for word in core]
        found = {key for tokens, key in self.cut if _near(said, tokens)}
        if not found and len(said) == 1 and not self.around_labels.knows(said[0]):
            found = {
                key
                for _, tokens, key in self.names
                if any(tells(one) and _near(said, [one]) for one in tokens)
            }
        key = found.pop() if len(found) == 1 else None
        return Match(key, ask=True) if key else None

    def _places(self, words: Beside) -> dict[str, str]:
        """Return every number, letter and ordinal that names an option."""
        places: dict[str, str] = {}
        numbered = self.numbered
        lettered = any(len(label) == 1 for label in self.labels)
        for at, key in enumerate(self.keys):
            names = [] if numbered else [str(at + 1), *self._spelt(at + 1)]
            if not lettered:
                names += [plain(row[at]) for row in words.letters if at < len(row)]
            if at < len(words.ordinals):
                names += words.ordinals[at]
            places.update(dict.fromkeys(names, key))
            places.update((name + LEFT_OUT, key) for name in names if len(name) == 1)
        if self.keys:
            places.update(dict.fromkeys(words.last, self.keys[-1]))
        if len(self.keys) > 1:
            places.update(dict.fromkeys(words.last_but_one, self.keys[-2]))
        for letter, key in _initials(self.names).items():
            places.setdefault(letter, key)
        if len(self.keys) % 2:
            middle = self.keys[len(self.keys) // 2]
            places.update(dict.fromkeys(words.middle, middle))
        return {place: key for place, key in places.items() if place not in self.labels}

    @property
    def numbered(self) -> bool:
        """Whether a label begins with a number, so that none names a place."""
        return any(self._begins_numbered(label) for label in self.labels)

    def _begins_numbered(self, label: str) -> bool:
        return label[:1].isdigit() or label.split(maxsplit=1)[0] in self.numerals.values

    def _spelt(self, number: int) -> list[str]:
        article = self.around.article
        return [w for w in self.numerals.said.get(number, ()) if not article.knows(w)]


class Alike:
    """Tells whether two words are one in different forms of a language."""

    def __init__(self, beginnings: Sequence[str], endings: Sequence[str]) -> None:
        self.beginnings = tuple(spell(one) for one in beginnings)
        self.endings = tuple(spell(one) for one in endings)
        self.stems = lru_cache(maxsize=4096)(self._stems)

    def __bool__(self) -> bool:
        return bool(self.beginnings or self.endings)

    def same(self, one: str, other: str) -> bool:
        """Tell whether two words sound alike, or have a stem in common."""
        if not (single(one) or single(other)) and same_sound(one, other):
            return True
        return self.akin(one, other)

    def akin(self, one: str, other: str) -> bool:
        """Tell whether two words are one, or have a stem in common."""
        return one == other or not self.stems(one).isdisjoint(self.stems(other))

    def _stems(self, word: str) -> frozenset[str]:
        found = {word}
        for beginning in self.beginnings:
            if word.startswith(beginning) and len(word) - len(beginning) >= _STEM:
                found.add(word[len(beginning) :])
        for stem in tuple(found):
            for ending in self.endings:
                if stem.endswith(ending) and len(stem) - len(ending) >= _STEM:
                    found.add(stem[: len(stem) - len(ending)])
        return frozenset(found)


@lru_cache(maxsize=2048)
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


def _labels(options: Iterable[Option], language: str) -> dict[str, str | None]:
    """Return every name of every option; None where two options share it."""
    labels: dict[str, str | None] = {}
    for option in options:
        said = (option.label, *option.aliases)
        for name in {one for each in said for one in _spellings(each, language)}:
            labels[name] = (
                option.key if labels.get(name, option.key) == option.key else None
            )
    return labels


def _squashed(labels: Mapping[str, str | None]) -> dict[str, str]:
    """Return every name written in one word: "mpesa" for "M-Pesa"."""
    found: dict[str, str] = {}
    for name, key in labels.items():
        if key and len(name) > TELLING:
            found[name.replace(" ", "")] = key
    return found


def _stands(tokens: Sequence[str], words: Sequence[Word]) -> bool:
    """Tell whether these words stand here, not from the inside of a Korean word on."""
    size = len(tokens)
    return any(
        word.norm == tokens[0]
        and all(a == b.norm for a, b in zip(tokens, words[at : at + size], strict=True))
        and not inside(words, at)
        for at, word in enumerate(words[: max(0, len(words) - size + 1)])
    )


def _pairs(
    names: Iterable[tuple[str, Sequence[str], str]],
) -> dict[tuple[str, str], str]:
    """Return two signs in a row that stand in one label only: "付款" for "微信付款"."""
    found: dict[tuple[str, str], set[str]] = {}
    for _, tokens, key in names:
        for one, other in pairwise(tokens):
            if single(one) and single(other) and not (_soft(one) and _soft(other)):
                found.setdefault((one, other), set()).add(key)
    return {pair: keys.pop() for pair, keys in found.items() if len(keys) == 1}


def _soft(sign: str) -> bool:
    """Tell whether a sign is hiragana, as endings and particles are."""
    return "\u3041" <= sign <= "\u309f"


def _initials(names: Iterable[tuple[str, Sequence[str], str]]) -> dict[str, str]:
    """Return the first letters of labels that begin no other: "M" for "Medium"."""
    found: dict[str, set[str]] = {}
    for name, _, key in names:
        if name[0].isalpha() and not single(name[0]):
            found.setdefault(name[0], set()).add(key)
    return {letter: keys.pop() for letter, keys in found.items() if len(keys) == 1}


def _spellings(label: str, language: str) -> set[str]:
    """Return a label as it is heard with its accents, and without."""
    forms = (joined(heard(one, language).words) for one in (label, fold(label)))
    return {form for form in forms if form}


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
            tied = at > 1 and words[at - 2].end == before.start  # "3-5 days"
            if before.norm == "-" and before.end == word.start and not tied:
                return []
        if word.kind in SPOKEN or word.norm == _MARK:
            bare.append(word)
        elif not (word.norm in _IDLE or word.kind == "line" or decorates(word)):
            return []
    return bare


def _joined(words: Sequence[Word]) -> str:
    return " ".join([word.norm for word in words])


def _empty(phrases: Iterable[str]) -> frozenset[str]:
    """Return the words that say nothing in a label; of signs, those of any filler."""
    said = [plain(phrase).split() for phrase in phrases]
    return frozenset(
        word for words in said for word in words if len(words) == 1 or single(word)
    )


def _telling(said: Sequence[str]) -> list[str]:
    """Return the words that may stand for a label; of signs it takes two."""
    telling = [word for word in said if tells(word)]
    signs = [word for word in telling if single(word)]
    if signs and len(signs) == len(telling):
        return [" ".join(said)] if len(signs) > 1 else []
    return telling


def _part(said: str, meant: str) -> bool:
    """Tell whether a word is a telling beginning or end of another."""
    if len(said) < _SHORTENED or len(said) >= len(meant):
        return False
    return meant.startswith(said) or (len(said) > _SHORTENED and meant.endswith(said))


def tells(word: str) -> bool:
    """Tell whether a word is long enough to stand for a label."""
    return len(word) >= TELLING or (not word.isascii() and not word.isdecimal())


def _near(said: Sequence[str], meant: Sequence[str]) -> bool:
    """Tell whether exactly one word is one slip away and all others are alike."""
    if len(said) != len(meant):
        return False
    wrong = [(a, b) for a, b in zip(said, meant, strict=True) if a != b]
    if len(wrong) != 1:
        return False
    if single(wrong[0][0]) and single(wrong[0][1]):
        return len(said) > _SIGNS - 1
    return min(map(len, wrong[0])) >= _SHORTENED and one_slip(*wrong[0])
