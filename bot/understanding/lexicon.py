"""One language as data: read once from its YAML file, typed, ready for look-up."""

import re
from functools import cache, lru_cache
from importlib import resources
from itertools import product
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bot.errors import InvalidDocument
from bot.model.words import Typed, marked, spell, typed
from flows.language.loader import read

FALLBACK: Final = "en"
"""The language of sentences and reserved words where another has none."""

Said = tuple[str, ...]
"""Words and phrases; a file holds them as a list, or as one text parted by `;`."""

_PARTED: Final = ";"

_KEPT: Final = re.compile("[\u1ab0-\u1abe]")


class Numbers(Struct, frozen=True, forbid_unknown_fields=True):
    """Number words and how they are put together."""

    values: dict[str, float] = {}
    alone: dict[str, int] = {}
    multipliers: dict[str, int] = {}
    joiners: Said = ()
    joined: Said = ()
    compounds: bool = False
    bare_multiplier: bool = False
    next_place: bool = False
    minus: Said = ()
    halves: Said = ()
    half_before: Said = ()
    points: Said = ()
    endings: Said = ()
    counters: Said = ()
    before: Said = ()
    apart: Said = ()
    no_numbers: Said = ()
    not_typos: Said = ()


class Scale(Struct, frozen=True, forbid_unknown_fields=True):
    """Words around a number that leave it an answer, and those that do not."""

    lead: Said = ()
    article: Said = ()
    strong: Said = ()
    own: Said = ()
    would: Said = ()
    others: Said = ()
    trail: Said = ()
    stars: Said = ()
    out_of: Said = ("/",)
    out_of_first: Said = ()
    because: Said = ()
    but: Said = ()
    openers: Said = ()
    conditions: Said = ()
    negations: Said = ()
    denied: Said = ()
    corrections: Said = ()
    most: Said = ()
    least: Said = ()
    conclusions: Said = ()
    units: Said = ()
    nearly: Said = ()
    shades: Said = ()


class Satisfaction(Struct, frozen=True, forbid_unknown_fields=True):
    """How satisfied customers say they are; words of degree stand beside these."""

    delighted: Said = ()
    satisfied: Said = ()
    neutral: Said = ()
    dissatisfied: Said = ()
    awful: Said = ()


class Ease(Struct, frozen=True, forbid_unknown_fields=True):
    """How easy customers say it was; words of degree stand beside these."""

    easy: Said = ()
    neither: Said = ()
    difficult: Said = ()


class Degrees(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that strengthen, weaken or deny a word of satisfaction or ease."""

    very: Said = ()
    fairly: Said = ()
    little: Said = ()
    denied: Said = ()
    not_at_all: Said = ()


class YesNo(Struct, frozen=True, forbid_unknown_fields=True):
    """Ways to say yes and no, and what makes either unsure."""

    yes: Said = ()
    no: Said = ()
    pure_yes: Said = ()
    pure_no: Said = ()
    yes_fillers: Said = ()
    no_fillers: Said = ()
    unsure_after_yes: Said = ()
    unsure_after_no: Said = ()
    neither: Said = ()


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """Words around options, and ways to name them without their label."""

    ordinals: tuple[Said, ...] = ()
    last: Said = ()
    last_but_one: Said = ()
    middle: Said = ()
    letters: str = ""
    fillers: Said = ()
    positions: Said = ("#",)
    beginnings: Said = ()
    endings: Said = ()
    all: Said = ()
    both: Said = ()
    none: Said = ()
    but: Said = ()
    joiners: Said = ()
    joined: Said = ()
    alternatives: Said = ()
    degrees: Said = ()
    negations: Said = ()


class Counted(Struct, frozen=True, forbid_unknown_fields=True):
    """Spans of time that a day is counted in."""

    day: Said = ()
    week: Said = ()
    fortnight: Said = ()
    month: Said = ()
    year: Said = ()


class Dates(Struct, frozen=True, forbid_unknown_fields=True):
    """Days by name and by count, and the order in which a date is written."""

    order: str = "DMY"
    order_by_region: dict[str, str] = {}
    fillers: Said = ()
    eras: dict[str, int] = {}
    days: dict[str, int] = {}
    weekdays: tuple[Said, ...] = ()
    next: Said = ()
    last: Said = ()
    this_week: Said = ()
    next_week: Said = ()
    last_week: Said = ()
    months: tuple[Said, ...] = ()
    persian_months: tuple[Said, ...] = ()
    ordinals: Said = ()
    numbers: dict[str, int] = {}
    units: Counted = Counted()
    ahead: Said = ()
    ago: Said = ()


class Fillers(Struct, frozen=True, forbid_unknown_fields=True):
    """Words that may stand around a value without changing it."""

    fillers: Said = ()


class StopWishes(Struct, frozen=True, forbid_unknown_fields=True):
    """Ways to ask to be left alone."""

    write: Said = ()
    bare: Said = ()
    me: Said = ()
    wish: Said = ()
    phrases: Said = ()
    end: Said = ()


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """The language's own name, those of others, and words around them."""

    own: Said = ()
    before: Said = ()
    after: Said = ()
    names: dict[str, Said] = {}


class Lexicon(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the grammar knows of one language."""

    language: str
    marks: bool = False
    spaces_part: bool = False
    sentence_ends: Said = ()
    verbs_say_who: bool = False
    dotted_ordinals: bool = False
    questions: Said = ()
    decimal: Said = (".",)
    decimal_by_region: dict[str, str] = {}
    numbers: Numbers = Numbers()
    scale: Scale = Scale()
    degree: Degrees = Degrees()
    satisfaction: Satisfaction = Satisfaction()
    ease: Ease = Ease()
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


def as_written(language: str) -> Lexicon:
    """Return the lexicon of a language as its file says, an empty one for none."""
    data = _data(language)
    return msgspec.convert(data, Lexicon, strict=False) if data else Lexicon(language)


def _data(language: str) -> dict[str, Any] | None:
    """Return what the file of a language holds; raises InvalidDocument."""
    if not (language.isascii() and language.isalpha()):
        return None
    file = resources.files("bot.understanding") / "lexicons" / f"{language}.yaml"
    if not file.is_file():
        return None
    document = read(str(file), file.read_bytes())
    if document.problems:
        raise InvalidDocument(document.problems)
    data = _lists(document.data, Lexicon)
    return {**data, "language": language}


def _lists(part: Any, kind: Any) -> Any:  # noqa: ANN401 - as the file has it
    """Return a part of a file with a list wherever words stand parted by signs."""
    inner = get_args(kind)
    if kind == Said:
        if not isinstance(part, str):
            return part
        return [one for said in part.split(_PARTED) if (one := said.strip())]
    if isinstance(part, list) and inner:
        return [_lists(one, inner[0]) for one in part]
    if not isinstance(part, dict):
        return part
    if get_origin(kind) is dict:
        return {name: _lists(one, inner[1]) for name, one in part.items()}
    kinds = get_type_hints(kind)
    return {name: _lists(one, kinds.get(name)) for name, one in part.items()}


@lru_cache(maxsize=256)
def load(language: str) -> Lexicon:
    """Return the lexicon of a language, read once; an empty one where there is none.

    >>> load("es-MX").language, load("es").numbers.multipliers["mil"]
    ('es', 1000)
    >>> load("tlh").numbers.values
    {}
    """
    base = language.replace("_", "-").partition("-")[0].lower()
    if base != language:
        return load(base)
    data = _data(base)
    if data is None:
        return Lexicon(language=base)
    if data.get("marks"):
        bare = _bare(data)
        data = {
            name: part if name in _AS_WRITTEN else _with_marks(part, bare)
            for name, part in data.items()
        }
    return msgspec.convert(data, Lexicon, strict=False)


LEFT_OUT: Final = "\u1abe"
"""Stands behind a word whose accents were left out."""

_AS_WRITTEN: Final = frozenset({"language", "decimal", "sentences", "reserved"})
_VARIED: Final = 3
"""Words with accents in a phrase that may each be typed with or without them."""


def _bare(data: object) -> frozenset[str]:
    """Return every word that has accents, without them."""
    spelt = ((spell(word), marked(word)) for word in _words(data))
    return frozenset(plain for plain, kept in spelt if kept != plain)


def _words(part: object) -> set[str]:
    """Return every word of a part of a lexicon; what the bot says is none of them."""
    if isinstance(part, Struct):
        names = (name for name in part.__struct_fields__ if name != "sentences")
        return set().union(*(_words(getattr(part, name)) for name in names))
    if isinstance(part, dict):
        return _words([*part, *part.values()])
    if isinstance(part, list | tuple):
        said = " ".join([one for one in part if isinstance(one, str)])
        others = (_words(one) for one in part if not isinstance(one, str))
        return set(said.split(" ")).union(*others)
    return {part} if isinstance(part, str) else set()


def _with_marks(part: object, bare: frozenset[str]) -> object:
    """Return a part with each phrase as it is written, and without its marks."""
    if isinstance(part, dict):
        if any(isinstance(value, list | dict) for value in part.values()):
            return {name: _with_marks(inner, bare) for name, inner in part.items()}
        return {form: n for said, n in part.items() for form in _varied(said, bare)}
    if isinstance(part, list) and all(isinstance(one, str) for one in part):
        return [form for one in part for form in _varied(one, bare)]
    if isinstance(part, list):
        return [_with_marks(one, bare) for one in part]
    return part


def _varied(phrase: str, bare: frozenset[str]) -> list[str]:
    """Return a phrase with its accents kept, with none, and word by word.

    A word whose accents were left out ends in a sign, so that it is found where none
    are typed, and not taken for another word where they are.
    """
    forms = [_forms(word, bare) for word in phrase.split(" ")]
    if sum(len(form) > 1 for form in forms) > _VARIED:
        return [" ".join(form[at] for form in forms) for at in (0, -1)]
    return [" ".join(one) for one in product(*forms)]


def _forms(word: str, bare: frozenset[str]) -> tuple[str, ...]:
    plain, kept = spell(word), marked(word)
    if kept != plain:
        return kept, plain + LEFT_OUT
    return (word, plain + LEFT_OUT) if plain in bare else (word,)


@cache
def marked_words(language: str) -> frozenset[str]:
    """Return the words of a language that are told apart by their accents."""
    lexicon = load(language)
    if not lexicon.marks:
        return frozenset()
    return frozenset(word for word in _spellings(lexicon) if _KEPT.search(word))


@cache
def words_of(language: str) -> frozenset[str]:
    """Return every word that stands anywhere in the lexicon of a language."""
    words = _spellings(load(language))
    if not load(language).marks:
        return words
    bare = {_KEPT.sub("", word) for word in words}
    return words | bare | {word + LEFT_OUT for word in bare}


def _spellings(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(map(spell, _words(lexicon)))


def as_heard(word: str, language: str) -> tuple[str, ...]:
    """Return a word without accents as `heard` may spell it."""
    return (word, word + LEFT_OUT) if load(language).marks else (word,)


def heard(text: str, language: str) -> Typed:
    """Return a message cut into words, spelt as the lexicon of a language spells them.

    Where that tells words apart by their accents, a word that is typed with those of
    another word is not taken for it; typed without any, it may be each of them.
    """
    message = typed(text)
    known = marked_words(language)
    questions = load(language).questions
    if not known and not questions:
        return message
    said = [message.text[word.start : word.end] for word in message.words]
    kept = [marked(one) if known else "" for one in said]
    accented = any(k != w.norm for k, w in zip(kept, message.words, strict=True))
    words = []
    for word, own in zip(message.words, kept, strict=True):
        norm = word.norm
        if word.kind == "word" and known:
            if own in known and (own != norm or accented):
                norm = own
            elif norm + LEFT_OUT in known and not (accented and own == norm):
                norm += LEFT_OUT
        elif norm in questions:
            norm = "?"
        words.append(word if norm == word.norm else replace(word, norm=norm))
    return Typed(message.text, tuple(words), frozenset(word.norm for word in words))
