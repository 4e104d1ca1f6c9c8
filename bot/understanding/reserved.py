"""Messages that mean the same in every flow: stop, start, help, a language by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, product
from typing import Final

from bot.model.words import Word, joined, plain, typed
from bot.understanding.lexicon import FALLBACK, known_languages, load
from bot.understanding.phrases import Phrases
from bot.understanding.signs import parts

LONGEST: Final = 80
"""Characters that a whole message of reserved words may have."""

CLAUSES: Final = 400
"""Characters in which a wish to be left alone is looked for."""

_STOPS: Final = ("stop", "stop_unless_label")
_ORDERS: Final = frozenset({*_STOPS, "start", "back", "skip"})  # no orders when asked
_STRANGE: Final = frozenset("=+%@#<>")


@cache
def reserved_words(language: str) -> Mapping[str, str]:
    """Return every reserved message of a language and what it means.

    >>> reserved_words("es")["baja"]
    'stop'
    """
    lexicon = load(language)
    kinds = {**lexicon.reserved}
    found = {plain(said): name for name, several in kinds.items() for said in several}
    for said in lexicon.skip:
        found.setdefault(plain(said), "skip")
    return found


class _Reserved(Mapping[str, Mapping[str, str]]):
    """What is heeded in each language, read when it is first asked for.

    Languages by their names are among it; a skip is not, for it is only heeded where a
    question may be skipped.
    """

    def __getitem__(self, language: str) -> Mapping[str, str]:
        """Return the messages of a language, and what each of them means."""
        if load(language).language not in known_languages():
            raise KeyError(language)
        orders = reserved_words(language).items()
        heeded = {said: name for said, name in orders if name != "skip"}
        return dict.fromkeys(names_of_languages(language), "language") | heeded

    def __iter__(self) -> Iterator[str]:
        """Go through the languages that have a lexicon."""
        return iter(known_languages())

    def __len__(self) -> int:
        """Count them."""
        return len(known_languages())


RESERVED: Final[Mapping[str, Mapping[str, str]]] = _Reserved()
"""Language to the messages that go before the keywords of every flow.

>>> RESERVED["es"]["baja"], RESERVED["en-GB"]["go back"], "tlh" in RESERVED
('stop', 'back', False)
"""


def reserved(text: str, languages: Sequence[str]) -> str | None:
    """Return what a whole message means in every flow, None for anything else.

    A stop in any of the languages wins, then the first language that knows the words;
    `stop_unless_label` yields to a label of the waiting question.

    >>> reserved("/STOP", ["es"]), reserved("Cancelar", ["es", "en"])
    ('stop', 'stop_unless_label')
    >>> reserved("9", ["en"])
    """
    if len(text) > LONGEST:
        return None
    if text.startswith("/"):
        text = text.partition("@")[0]  # a command in a group names the bot: /stop@bot
    spoken = _spoken(tuple(languages))
    message = typed(text)
    if spoken.orders.isdisjoint(message.norms) or not _STRANGE.isdisjoint(text):
        return None
    said = joined(message.words)
    asking = "?" in text
    found = [reserved_words(one).get(said) for one in spoken.languages]
    named = [name for name in found if name and not (asking and name in _ORDERS)]
    return next((stop for stop in _STOPS if stop in named), named[0] if named else None)


@cache
def names_of_languages(language: str) -> Mapping[str, str]:
    """Return what speakers of a language call it and the others, with their codes."""
    names = load(language).languages
    found = {plain(said): code for code, all_ in names.names.items() for said in all_}
    found.update({plain(said): language for said in names.own})
    return found


def chosen_language(text: str, languages: Sequence[str]) -> str | None:
    """Return the language that a whole message names, as its code.

    >>> chosen_language("in English, please", ["es"])
    'en'
    >>> chosen_language("español", ["en", "es"])
    'es'
    """
    if len(text) > LONGEST:
        return None
    spoken = _spoken(tuple(languages))
    message = typed(text)
    if spoken.names.isdisjoint(message.norms):
        return None
    words = [word for word in message.words if word.kind != "sign"]
    for language in spoken.languages:
        around = _around_names(language)
        named = around.strip(words)
        said = " ".join(word.norm for word in named)
        if code := names_of_languages(language).get(said):
            return str(code)
    return None


@cache
def _around_names(language: str) -> Phrases:
    names = load(language).languages
    return Phrases((*names.before, *names.after))


def wishes_stop(text: str, languages: Sequence[str]) -> bool:
    """Tell whether a clause of the message asks, in full, to be left alone.

    >>> wishes_stop("Please stop writing to me", ["en"])
    True
    >>> wishes_stop("They did not stop writing to me", ["en"])
    False
    """
    spoken = _spoken(tuple(languages))
    message = typed(text[:CLAUSES])
    if spoken.wishes.isdisjoint(message.norms):
        return False
    clauses = list(_clauses(message.words))
    return any(
        _wishes(_stop_wishes(language), clause)
        for language in spoken.languages
        for clause in clauses
    )


@cache
def _stop_wishes(language: str) -> tuple[Phrases, Phrases, Phrases]:
    wishes = load(language).stop_wishes
    slots = {"{write}": wishes.write, "{bare}": wishes.bare, "{me}": wishes.me}
    phrases = [said for phrase in wishes.phrases for said in _filled(phrase, slots)]
    return Phrases(wishes.wish), Phrases(phrases), Phrases(wishes.end)


def _wishes(grammar: tuple[Phrases, Phrases, Phrases], clause: Sequence[Word]) -> bool:
    """Tell whether a clause is polite words, a wish, and words that may end it."""
    wish, phrases, end = grammar
    at = 0
    while True:
        after = phrases.end(clause, at)
        if after > at and end.skip(clause, after) >= len(clause):
            return True
        further = wish.end(clause, at)
        if further == at:
            return False
        at = further


def _clauses(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Yield the words between commas and full stops, signs left out."""
    clause: list[Word] = []
    for at, word in enumerate(words):
        if parts(words, at) and clause:
            yield clause
            clause = []
        elif word.kind == "word":
            clause.append(word)
    yield clause


def _filled(phrase: str, slots: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a phrase once for every way to fill its slots."""
    named = [slot for slot in slots if slot in phrase]
    filled = []
    for said in product(*(slots[slot] for slot in named)):
        words = phrase
        for slot, word in zip(named, said, strict=True):
            words = words.replace(slot, word)
        filled.append(words)
    return filled


class _Spoken:
    """The languages that are looked through, English among them, each once.

    `orders`, `names` and `wishes` hold a word of each message that is heeded, so that
    one glance tells of nearly every answer that it is none.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        bases = [load(language).language for language in languages]
        self.languages = tuple(dict.fromkeys((*bases, FALLBACK)))
        self.orders = _telling(map(reserved_words, self.languages))
        self.names = _telling(map(names_of_languages, self.languages))
        wishes = (_stop_wishes(language)[1] for language in self.languages)
        self.wishes = frozenset[str]().union(*(wish.telling for wish in wishes))


def _telling(said: Iterable[Iterable[str]]) -> frozenset[str]:
    return Phrases(chain.from_iterable(said)).telling


@lru_cache(maxsize=512)
def _spoken(languages: tuple[str, ...]) -> _Spoken:
    """Return what is heeded in these languages, gathered once."""
    return _Spoken(languages)
