"""Words that leave a question open: taken only where it may be."""
# ruff: noqa: RUF001 - these are the signs that people type

from functools import cache
from typing import Final

from bot.model.words import joined, plain, typed
from bot.understanding.lexicon import FALLBACK, load

LONGEST: Final = 60
_DASHES: Final = frozenset({"-", "–", "—", "--", "---"})


@cache
def _skips(language: str) -> frozenset[str]:
    return frozenset(
        plain(word) for one in (language, FALLBACK) for word in load(one).skip
    )


@cache
def _nothings(language: str) -> frozenset[str]:
    return frozenset(
        plain(word) for one in (language, FALLBACK) for word in load(one).nothing
    )


def skips(text: str, language: str) -> bool:
    """Tell whether the whole message asks to leave the question open.

    >>> skips("Skip!", "en"), skips("omitir", "es"), skips("-", "en"), skips("ok", "en")
    (True, True, True, False)
    """
    if len(text) > LONGEST:
        return False
    message = typed(text)
    return message.text in _DASHES or joined(message.words) in _skips(language)


def says_nothing(text: str, language: str) -> bool:
    """Tell whether the whole message says that there is nothing to answer.

    >>> says_nothing("none", "en"), says_nothing("nada", "es"), says_nothing("9", "en")
    (True, True, False)
    """
    if len(text) > LONGEST:
        return False
    return joined(typed(text).words) in _nothings(language)
