"""Words in another script: "телеграм" for "Telegram", "delivery" for "ডেলিভারি"."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

LEAST: Final = 3
"""Consonants that two words need in common."""

_NAME: Final = re.compile(
    r"(?:CYRILLIC SMALL|DEVANAGARI|BENGALI|TAMIL|GUJARATI) LETTER (\w+)$"
)
_VOWELS: Final = str.maketrans("", "", "aeiouy")
_ALIKE: Final = (
    ("ph", "f"),
    ("ck", "k"),
    ("ch", "C"),
    ("sh", "S"),
    ("zh", "S"),
    ("ts", "c"),
    ("kh", "k"),
    ("c", "k"),
    ("q", "k"),
    ("x", "ks"),
    ("w", "v"),
    ("b", "v"),
    ("z", "j"),
    ("h", ""),
)


@lru_cache(maxsize=4096)
def skeleton(word: str) -> str:
    """Return the consonants of a word in rough Latin letters, doubled ones once.

    Letters of Cyrillic and of the scripts of India are read by their Unicode names.

    >>> skeleton("телеграм") == skeleton("telegram"), skeleton("डिलीवरी")
    (True, 'dlvr')
    """
    latin = word if word.isascii() else "".join(map(_letter, word))
    latin = latin.translate(_VOWELS)
    for letters, one in _ALIKE:
        latin = latin.replace(letters, one)
    return re.sub(r"(.)\1+", r"\1", latin)


def same_sound(one: str, other: str) -> bool:
    """Tell whether one word is the other in Latin letters."""
    if one.isascii() == other.isascii():
        return False
    found = skeleton(one)
    return len(found) >= LEAST and found == skeleton(other)


def _letter(char: str) -> str:
    """Return a letter as its Unicode name spells it."""
    if char.isascii():
        return char
    found = _NAME.match(unicodedata.name(char, ""))
    return found[1].lower() if found else ("n" if char in "ংंঁँ" else "")
