"""Options typed as words: a label or a telling part of it, or a place in the list."""

from collections.abc import Sequence
from typing import Final

from bot.model.answer import Accepted, Confirm, Option, Rejected, Understood
from bot.model.words import LONGEST, Word, typed
from bot.understanding.options import Options, options_of, tells
from bot.understanding.remark import cut
from bot.understanding.signs import parts, skip_parting

REJECTED: Final = Rejected()


def read_choice(options: tuple[Option, ...], text: str, language: str) -> Understood:
    """Return the one option that a message names, with its remark.

    >>> asked = (Option("speed", "Delivery speed"), Option("price", "Price"))
    >>> read_choice(asked, "the price", "en"), read_choice(asked, "1", "en")
    (Accepted(value='price', comment=None), Accepted(value='speed', comment=None))
    >>> read_choice(asked, "not the price", "en")
    Rejected()
    """
    if len(text) > LONGEST:
        return REJECTED
    message = typed(text)
    named = options_of(options, language)
    found = named.find(message.words)
    if found:
        return Confirm(found.key) if found.ask else Accepted(found.key)
    return _remarked(named, message.text, message.words)


def _remarked(named: Options, text: str, words: Sequence[Word]) -> Understood:
    """Return the label before a remark that names no other option and no number."""
    end = next((i for i in range(len(words)) if _ends(named, words, i)), 0)
    found = named.find(words[:end]) if end else None
    if found is None or found.ask or not found.whole:
        return REJECTED
    start = skip_parting(words, end)
    others = {
        token
        for label, key in named.labels.items()
        if key != found.key
        for token in label.split()
        if tells(token)
    }
    rest = words[start:]
    shaken = any(
        word.norm in others or (word.kind == "number" and word.norm in named.places)
        for word in rest
    )
    if shaken or named.find(rest) or named.around.negations.end(words, start) > start:
        return REJECTED
    return Accepted(found.key, cut(text, rest))


def _ends(named: Options, words: Sequence[Word], at: int) -> bool:
    return parts(words, at) or named.around.because.end(words, at) > at
