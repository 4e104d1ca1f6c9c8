"""Signs around an answer: which part, which wrap, which decorate, which count."""
# ruff: noqa: RUF001 - these are the signs that people type

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from bot.model.words import Word, single

PARTING: Final = frozenset(",;:.!…–—-([|、。،؛।॥৷~〜")
_DASHES: Final = frozenset("–—-~〜(")
_APART: Final = frozenset(",;!、。،؛।॥৷")  # never inside a number, where they are signs
QUESTION: Final = frozenset("?؟\u037e⁇")
WRAPPING: Final = frozenset("\"'`´“”‘’«»‹›„()[]¡¿")
OPENING: Final = frozenset("“‘«‹„([¡¿")
PAIRED: Final = frozenset("*_~`")
STARS: Final = frozenset("⭐★🌟")
HOLLOW: Final = "☆"
MOCKING: Final = frozenset("🙄🤡😒🤬😡😤🤮💩👎😠🙃")
"""Pictures beside which praise may be meant the other way round."""

TEN: Final = "🔟"
HUNDRED: Final = "💯"
SCORING: Final = STARS | {HOLLOW, TEN, HUNDRED}
"""Pictures that may say a score."""

_LAUGHTER: Final = re.compile(
    r"a?(?P<h>[hj])(?P<v>[aeiou])(?:(?P=h)(?P=v))+(?P=h)?|(?:ah){2,}a?|(?:wk){2,}w?|(?:xi){2,}|w{2,}|k{3,}|lol+|xd+|lmf?ao|r?ofl"
    r"|а?(?:х[аеио]){2,}х?|(?:χα){2,}|[\u110f\u1112\u116e\u1172]+|[笑哈呵嘻]"
)
_ENDING: Final = 3
"""Letters of the longest ending that is hung on a number with a hyphen."""

_FIRST_PICTURE: Final = 0x2190


def parts(words: Sequence[Word], at: int) -> bool:
    """Tell whether the word at this place ends a clause, not the inside of a number.

    A dash does so only beside a space, and no sign that touches a digit: "7-8", "8:30".
    """
    word = words[at]
    if word.norm not in PARTING:
        return word.kind == "line"
    if word.norm in _APART:
        return True
    before = words[at - 1] if at else None
    if word.norm not in _DASHES and (before is None or before.kind != "number"):
        return True
    after = words[at + 1] if at + 1 < len(words) else None
    tied = before and after and before.end == word.start and after.start == word.end
    if tied and before and after and word.norm in "-–" and after.kind == "word":
        return before.kind != "word" and len(after.norm) > _ENDING  # "3-й"
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
    """Tell whether a word is a picture, a smiley, laughter or a closing sign."""
    if word.kind == "sign":
        return _decorative(word.norm)
    return word.kind == "smile" or (word.kind == "word" and _laughs(word.norm))


@lru_cache(maxsize=4096)
def _laughs(norm: str) -> bool:
    return bool(_LAUGHTER.fullmatch(norm))


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


def spaced(words: Sequence[Word], at: int) -> bool:
    """Tell whether a typed space parts two signs, as a comma would."""
    before, word = words[at - 1], words[at]
    if before.end == word.start:
        return False
    return single(before.norm) or single(word.norm)


def inside(words: Sequence[Word], at: int) -> bool:
    """Tell whether a place lies inside a Korean word, which spaces do part."""
    return words[at].norm >= "\uac00" and glued(words, at)


def together(words: Sequence[Word]) -> list[Word]:
    """Return the words with signs that touch one another as one word."""
    found: list[Word] = []
    for word in words:
        last = found[-1] if found else None
        if (
            last
            and single(word.norm)
            and last.end == word.start
            and single(last.norm[-1])
        ):
            found[-1] = Word("word", last.norm + word.norm, last.start, word.end)
        else:
            found.append(word)
    return found


def glued(words: Sequence[Word], at: int) -> bool:
    """Tell whether a sign that is a word by itself touches such a sign before it."""
    if not at or not single(words[at].norm):
        return False
    before = words[at - 1]
    return before.end == words[at].start and single(before.norm)
