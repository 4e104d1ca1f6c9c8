"""Typed text cut into words, numbers and signs, each as the lexicons spell it.

Every word keeps its place in the text, so that a comment is cut out as it was typed.
"""
# ruff: noqa: RUF001, RUF002 - these are the signs that people type

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from typing import Final

from msgspec import Struct

LONGEST: Final = 4096
"""Characters that are looked at; the longest message a channel lets people type."""

SPOKEN: Final = frozenset({"word", "number"})
"""The kinds of words that say something; the others are signs and line breaks."""

KEPT: Final = 24
"""Letters of the longest word with accents whose spelling is kept."""

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    "\u0962-\u0963\u0981-\u0983\u09bc-\u09cd\u200c\u200d"
)
_TOKEN: Final = re.compile(
    r"(?P<keycap>(?:\d\ufe0f?\u20e3)+)"
    r"|(?P<number>\d++(?:[.,]\d++)*+(?![\w" + _MARKS + r"]))"
    r"|(?P<code>\d++(?:[.,]\d++)*+[\w" + _MARKS + r"]++)"
    r"|(?P<word>\w[\w" + _MARKS + r"]*+(?:['’ʼ][\w" + _MARKS + r"]++)*+)"
    r"|(?P<line>\n)"
    r"|(?P<smile>[:;=]-?[)(DPp]++(?!\w)|<3++(?!\w))"
    r"|(?P<sign>\S)[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]*+"
)
_UNSEEN: Final = re.compile(r"[\u00ad\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f]")
_CONTROLS: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\ud800-\udfff\ufeff\ufff9-\uffff]"
)
_OUTER: Final = " \t\n.,;:!¡?¿\"'`´“”‘’«»‹›„()[]{}<>*_~…。、，！？；：—–-/"
_NORM: Final = attrgetter("norm")
_CLOSING: Final = ".,;:!?"
_JOINERS: Final = dict.fromkeys((0x200C, 0x200D, 0xFE0E, 0xFE0F))


class Word(Struct, frozen=True, gc=False):
    """One word, number, sign or line break: its kind, its spelling and its place."""

    kind: str
    norm: str
    start: int
    end: int


class Typed(Struct, frozen=True):
    """A message, cleaned and cut into words, and every spelling that it holds."""

    text: str
    words: tuple[Word, ...]
    norms: frozenset[str]


def clean(text: str) -> str:
    r"""Return the text without control characters, outer white space or lone halves.

    >>> clean(" 9\x00\r\n")
    '9'
    """
    if text.isprintable():
        return text.strip()
    return _CONTROLS.sub(" ", _UNSEEN.sub("", text)).strip()


def normalise(text: str) -> str:
    """Return one spelling for all ways of typing the same message.

    >>> normalise("  ＹＥＳ,   please!! ")
    'yes, please'
    """
    text = clean(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_JOINERS)
    return " ".join(text.casefold().split()).strip(_OUTER)


def fold(text: str) -> str:
    """Return the text without accents, as many type it on a telephone.

    >>> fold("más fácil")
    'mas facil'
    """
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFD", text)
    kept = (char for char in plain if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", "".join(kept))


def spell(word: str) -> str:
    """Return a word as lexicons hold it: NFKC, casefolded, without accents.

    >>> spell("Sí"), spell("Don’t")
    ('si', "don't")
    """
    if word.isascii():
        return word.lower()
    return _spell(word) if len(word) <= KEPT else _spell.__wrapped__(word)


@lru_cache(maxsize=4096)
def _spell(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word).translate(_JOINERS).casefold()
    return fold(plain.replace("’", "'").replace("ʼ", "'"))


def split(text: str) -> list[Word]:
    """Return the words, numbers, signs and line breaks of a text, in order.

    >>> [word.norm for word in split("９/10, it came LATE")]
    ['9', '/', '10', ',', 'it', 'came', 'late']
    """
    lowered = text.isascii()
    words: list[Word] = []
    start = 0
    for piece in (text.lower() if lowered else text).split(" "):
        end = start + len(piece)
        if piece.isalpha():
            norm = piece if lowered else spell(piece)
            words.append(Word("word", norm, start, end))
        elif piece:
            words += _closed(text, piece, start, end)
        start = end + 1
    return words


@lru_cache(maxsize=1)
def typed(text: str) -> Typed:
    """Return a message cut; only the last is kept, as several ask about it in turn."""
    text = clean(text)
    words = split(text)
    return Typed(text, tuple(words), frozenset(map(_NORM, words)))


def plain(text: str) -> str:
    """Return only the words and numbers of a text, spelt alike, one space between.

    >>> plain("🚚 Delivery   speed!")
    'delivery speed'
    """
    return joined(split(clean(text)))


def joined(words: Iterable[Word]) -> str:
    """Return only the words and numbers, one space between."""
    return " ".join([word.norm for word in words if word.kind in SPOKEN])


def _closed(text: str, piece: str, start: int, end: int) -> list[Word]:
    """Return the words of a piece between spaces, "late!" and "3," at a glance."""
    core = piece.rstrip(_CLOSING)
    after = start + len(core)
    if core.isalpha():
        words = [Word("word", spell(core), start, after)]
    elif core.isdecimal() and core.isascii():
        words = [Word("number", core, start, after)]
    else:
        return _scanned(text, start, end)
    while after < end:
        words.append(Word("sign", text[after], after, after + 1))
        after += 1
    return words


def _scanned(text: str, start: int, end: int) -> list[Word]:
    """Return all that stands between two places, sign by sign."""
    words = []
    for match in _TOKEN.finditer(text, start, end):
        begun, over = match.span()
        kind, norm = _read(match.lastgroup or "sign", match[0])
        words.append(Word(kind, norm, begun, over))
    return words


def _read(kind: str, found: str) -> tuple[str, str]:
    """Return the kind and the spelling of what stands in the text."""
    match kind:
        case "number":
            return kind, _digits(found)
        case "keycap":
            digits = [_digits(char) for char in found if char.isdecimal()]
            return "number", "".join(digits)
        case "line" | "smile":
            return kind, found
        case "sign":
            return kind, _sign(found[0])
        case _:
            return _read_word(found)


def _read_word(found: str) -> tuple[str, str]:
    """Return a word spelt alike; ⑨ is a number, 9² and ½ stay what they are."""
    if found.isascii() or not any(map(_is_odd, found)):
        return "word", spell(found)
    if len(found) == 1 and unicodedata.numeric(found).is_integer():
        return "number", str(int(unicodedata.numeric(found)))
    return "word", found


@lru_cache(maxsize=1024)
def _sign(sign: str) -> str:
    """Return the plain sign for a wide or small one."""
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 else sign


@lru_cache(maxsize=1024)
def _is_odd(char: str) -> bool:
    """Tell whether a character is a number of its own: a superscript, ⑨, Ⅸ or ½."""
    return unicodedata.category(char) in {"No", "Nl"}


def _digits(found: str) -> str:
    """Return a number in 0-9, whatever script it was typed in."""
    if found.isascii():
        return found
    return "".join(str(int(char)) if char.isdecimal() else char for char in found)
