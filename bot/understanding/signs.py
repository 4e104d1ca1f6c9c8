"""Signs around an answer: which part, which wrap, which decorate, which count."""
# ruff: noqa: RUF001 - these are the signs that people type

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from bot.model.words import Word

PARTING: Final = frozenset(",;:.!…–—-([|、。")
QUESTION: Final = frozenset("?؟")
WRAPPING: Final = frozenset("\"'`´“”‘’«»‹›„()[]¡¿")
OPENING: Final = frozenset("“‘«‹„([¡¿")
PAIRED: Final = frozenset("*_~`")
STARS: Final = frozenset("⭐★🌟")
HOLLOW: Final = "☆"
TEN: Final = "🔟"
HUNDRED: Final = "💯"
_FIRST_PICTURE: Final = 0x2190


def parts(words: Sequence[Word], at: int) -> bool:
    """Tell whether the word at this place ends a clause, not the inside of a number.

    A dash does so only beside a space, and no sign that touches a digit: "7-8", "8:30".
    """
    word = words[at]
    if word.norm not in PARTING:
        return word.kind == "line"
    after = words[at + 1] if at + 1 < len(words) else None
    return after is None or after.start > word.end or after.kind != "number"


def skip_parting(words: Sequence[Word], at: int) -> int:
    """Return the first place at or after `at` that parts nothing."""
    while at < len(words) and parts(words, at):
        at += 1
    return at


def skip_wrapping(words: Sequence[Word], at: int) -> int:
    """Return the first place at or after `at` that is no quote and no line break."""
    while at < len(words) and (words[at].norm in WRAPPING or words[at].kind == "line"):
        at += 1
    return at


def decorates(word: Word) -> bool:
    """Tell whether a word is a picture, a smiley or a closing sign."""
    if word.kind == "sign":
        return _decorative(word.norm)
    return word.kind == "smile"


def unwrapped(words: Sequence[Word]) -> Sequence[Word]:
    """Return the words without the marks that set a whole message bold or quoted."""
    while len(words) > 2 and words[0].norm == words[-1].norm in PAIRED:  # noqa: PLR2004
        words = words[1:-1]
    return words


@lru_cache(maxsize=1024)
def _decorative(sign: str) -> bool:
    """Tell whether a sign closes what was opened, or is a picture."""
    if sign in WRAPPING:
        return sign not in OPENING or _is_picture(sign)
    return _is_picture(sign)


def _is_picture(sign: str) -> bool:
    return (
        len(sign) == 1
        and ord(sign) >= _FIRST_PICTURE
        and unicodedata.category(sign) in {"So", "Mn", "Me", "Sk"}
    )
