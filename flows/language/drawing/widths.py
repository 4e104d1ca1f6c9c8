"""How wide words are, without a font: a little wider than common fonts draw them."""

import unicodedata
from collections.abc import Iterator
from typing import Final

_GROUPS: Final = (
    ("ijl|'", 0.3),
    (' Ift!.,:;()[]-/\\"`*°·', 0.4),
    ("rJ{}_^¿?", 0.5),
    ("mwMW@%—…→", 0.95),
)
_WIDTHS: Final = {sign: width for group, width in _GROUPS for sign in group}
_USUAL: Final = 0.62
_CAPITAL: Final = 0.76
_OTHER: Final = 0.8
"""Of letters of other scripts, each drawn once."""
_WIDE: Final = 1.1
"""Of Chinese, Japanese and Korean letters, and of emoji."""
_BOLD: Final = 1.07
_LATIN: Final = 0x0250
_JOINER: Final = "\u200d"
_LEAST: Final = 1.0


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return about how wide a text of this size is, rather too wide than too narrow.

    >>> width_of("illi", 10) < width_of("mama", 10) < width_of("漢字漢字", 10)
    True
    """
    return sum(map(_width, text)) * size * (_BOLD if bold else 1)


def wrapped(text: str, size: float, width: float, most: int = 0) -> tuple[str, ...]:
    """Return a text in lines of at most this width; `…` ends it where lines ran out."""
    room = width / size
    lines: list[str] = []
    line, used = "", 0.0
    for gap, piece in _pieces(text, room):
        more = gap + piece if line else piece
        wide = sum(map(_width, more))
        if not line or used + wide <= room:
            line, used = line + more, used + wide
            continue
        lines.append(line)
        if most and len(lines) == most:
            return (*lines[:-1], _cut_short(line, room))
        line, used = piece, sum(map(_width, piece))
    return (*lines, line) if line else tuple(lines)


def _pieces(text: str, room: float) -> Iterator[tuple[str, str]]:
    """Yield what stays together, with the space before it."""
    for word in text.split():
        gap, piece, used = " ", "", 0.0
        for letter in _letters(word):
            wide = sum(map(_width, letter))
            breaks = piece and wide >= _LEAST and not _closes(letter)
            if breaks or (piece and used + wide > room):
                yield gap, piece
                gap, piece, used = "", "", 0.0
            piece, used = piece + letter, used + wide
        if piece:
            yield gap, piece


def _letters(word: str) -> Iterator[str]:
    """Yield letters, each with the marks and joined signs that belong to it."""
    letter = ""
    for sign in word:
        if letter and (_is_mark(sign) or letter.endswith(_JOINER)):
            letter += sign
            continue
        if letter:
            yield letter
        letter = sign
    if letter:
        yield letter


def _cut_short(line: str, room: float) -> str:
    letters = list(_letters(line))
    while letters and sum(map(_width, "".join(letters))) + _WIDTHS["…"] > room:
        letters.pop()
    return "".join(letters).rstrip(" ,.;:") + "…"


def _width(sign: str) -> float:
    if (known := _WIDTHS.get(sign)) is not None:
        return known
    if sign.isascii():
        return _CAPITAL if sign.isupper() else _USUAL
    if _is_mark(sign):
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF":
        return _WIDE
    if ord(sign) < _LATIN:
        return _CAPITAL if sign.isupper() else _USUAL
    return _OTHER


def _closes(letter: str) -> bool:
    """Tell whether a line does not begin with this, as with 。 or 」."""
    return letter[0] in _WIDTHS or unicodedata.category(letter[0]) in ("Po", "Pe", "Pf")


def _is_mark(sign: str) -> bool:
    """Tell whether a sign takes no room of its own: accents, joiners, skin tones."""
    return unicodedata.category(sign) in ("Mn", "Me", "Cf", "Sk") and not sign.isascii()
