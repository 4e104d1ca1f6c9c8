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

SIGNED: Final = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
)
"""Han, kana and Hangul: each sign is a word, as few type spaces there reliably."""

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    "\u0962-\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u1ab0-\u1abe\u200c\u200d"
)
_OTHER = "\u0370-\u1dff\u1f00-\u1fff"  # letters that are not Latin, and their digits
_OWN = rf"(?!\d)[^\W{SIGNED}]"  # one letter that does not stand for itself
_ALONE = rf"(?=[{_OTHER}]){_OWN}(?:{_OWN}|[{_MARKS}]|['’ʼ](?=[{_OTHER}]))*+"
_OTHER_WORD: Final = re.compile(_ALONE)
_TOKEN: Final = re.compile(
    r"(?P<keycap>(?:\d\ufe0f?\u20e3)+)"
    rf"|(?P<number>\d++(?:[.,٫٬]\d++)*+(?![^\W{_OTHER}{SIGNED}]|[\u0300-\u036f\u20e3]))"
    rf"|(?P<code>\d++(?:[.,]\d++)*+[\w{_MARKS}]++)"
    rf"|(?P<each>[{SIGNED}]\u3099?\u309a?)"
    rf"|(?P<word>(?:{_ALONE})"
    rf"|(?:(?![{_OTHER}{SIGNED}])\w(?:[^\W{SIGNED}]|[{_MARKS}])*+"
    rf"(?:['’ʼ](?!\d)[\w{_MARKS}]++)*+))"
    r"|(?P<line>\n)"
    r"|(?P<smile>[:;=]-?[)(DPp]++(?!\w)|<3++(?!\w))"
    r"|(?P<sign>\S)[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]*+"
)
_DRAWN: Final = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_SINGLY: Final = re.compile(rf"[{SIGNED}]")
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


def single(norm: str) -> bool:
    """Tell whether a word is one sign of Han, kana or Hangul.

    >>> single("点"), single("a")
    (True, False)
    """
    return len(norm) == 1 and norm >= "\u3005" and bool(_SINGLY.match(norm))


def normalise(text: str) -> str:
    """Return one spelling for all ways of typing the same message.

    >>> normalise("  ＹＥＳ,   please!! ")
    'yes, please'
    """
    text = clean(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_JOINERS)
    return " ".join(text.casefold().split()).strip(_OUTER)


_ALIKE: Final = {
    **dict.fromkeys(range(0x300, 0x370)),  # accents
    **dict.fromkeys((*range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7)),
    **dict.fromkeys((*range(0x610, 0x61B), 0x640, *range(0x64B, 0x660), 0x670)),
    **dict.fromkeys(range(0x6D6, 0x6EE)),
    **dict.fromkeys((0x93C, 0x981, 0x9BC)),  # nukta, candrabindu
    **str.maketrans("ıłøđħґ", "ilodhг"),
    **dict.fromkeys(map(ord, "ىیے"), "ي"),
    **dict.fromkeys(map(ord, "ةەھ"), "ه"),
    **str.maketrans("ٱکँ", "اكं"),
    **{kana: kana - 0x60 for kana in range(0x30A1, 0x30F7)},  # katakana as hiragana
}
"""Letters that people type in one way or another, and marks that they leave out."""


def fold(text: str) -> str:
    """Return the text without accents and vowel marks, as many type on a telephone.

    >>> fold("más fácil"), fold("أربعة"), fold("ハイ")
    ('mas facil', 'اربعه', 'はい')
    """
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFC", text).split("й")  # no accent, but a letter
    folded = [unicodedata.normalize("NFD", one).translate(_ALIKE) for one in parts]
    return unicodedata.normalize("NFC", "й".join(folded))


_KEPT_MARKS: Final = {
    mark: 0x1AB0 + at
    for at, mark in enumerate(
        map(
            ord,
            "\u0300\u0301\u0302\u0303\u0306\u0307\u0308\u0309\u030a\u030c"
            "\u031b\u0323\u0327\u0328\u030b",
        )
    )
}
"""Accents, and signs that stand for them where `fold` must not take them away."""


def marked(word: str) -> str:
    """Return a word spelt so that it keeps its accents, which `spell` takes away.

    >>> spell(marked("Sí")) == spell("si"), spell(marked("si")) == spell("si")
    (False, True)
    """
    word = unicodedata.normalize("NFKC", word).casefold()
    return fold(unicodedata.normalize("NFD", word).translate(_KEPT_MARKS))


_AS_TYPED: Final = re.compile(
    "[a-zα-ρσ-ωа-яєіא-תابتثجحخدذرزسشصضطظعغفقكلمنهوي\u4e00-\u9fff\uac00-\ud7a3]+"
)
"""Words of these letters are spelt as they are typed."""


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
    if _AS_TYPED.fullmatch(word):
        return word
    plain = unicodedata.normalize("NFKC", word).translate(_JOINERS).casefold()
    return fold(plain.replace("’", "'").replace("ʼ", "'"))


def split(text: str) -> list[Word]:
    """Return the words, numbers, signs and line breaks of a text, in order.

    A letter that is drawn out counts once.

    >>> [word.norm for word in split("９/10, it came soooo LATE")]
    ['9', '/', '10', ',', 'it', 'came', 'so', 'late']
    """
    words = _cut(text)
    return list(map(_undrawn, words)) if _DRAWN.search(text) else words


def _undrawn(word: Word) -> Word:
    """Return a word whose letters stand three times in a row with one of each."""
    norm = _DRAWN.sub(r"\1", word.norm) if word.kind == "word" else word.norm
    if norm == word.norm or (len(norm) == 1 and norm.isascii()):
        return word  # "bbb" is no b
    return Word(word.kind, norm, word.start, word.end)


def _cut(text: str) -> list[Word]:
    lowered = text.isascii()
    words: list[Word] = []
    start = 0
    for piece in (text.lower() if lowered else text).split(" "):
        end = start + len(piece)
        if piece.isalpha() and (lowered or not _SINGLY.search(piece)):
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
    if (core.isalpha() and not _SINGLY.search(core)) or _OTHER_WORD.fullmatch(core):
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
        case "each":
            return "word", spell(found)
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
    found = found.replace("٫", ".").replace("٬", "")
    return "".join(str(int(char)) if char.isdecimal() else char for char in found)
