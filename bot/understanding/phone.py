"""A phone number: possible in its country, written as E.164."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

from bot.model.answer import Accepted, Confirm, Rejected, Understood
from bot.model.words import Word, clean, split
from bot.understanding.around import around
from bot.understanding.lexicon import load
from bot.understanding.phrases import Phrases

REJECTED: Final = Rejected()
LONGEST: Final = 80

_SHAPE: Final = re.compile(r"(?:\+|00)?\(?\d[\d\s().\-/\u2010-\u2015]{4,30}\d")


@cache
def _fillers(language: str) -> Phrases:
    return Phrases(load(language).phone.fillers)


def read_phone(text: str, language: str, region: str | None) -> Understood:
    """Return the one number of a message; without its country's code it needs a region.

    >>> read_phone("612 345 678", "es", "ES")
    Accepted(value='+34612345678', comment=None)
    >>> read_phone("612 345 678", "es", None)
    Rejected()
    """
    if len(text) > LONGEST:
        return REJECTED
    text = unicodedata.normalize("NFKC", clean(text))
    text = re.sub(r"^(?:tel|whatsapp|sms):", "", text, flags=re.IGNORECASE)
    found = _SHAPE.search(text)
    if found is None:
        return REJECTED
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    words = [word for word in split(rest) if word.norm not in {".", ":", "!", ","}]
    left = words[_fillers(language).skip(words, 0) :]
    odd = any(word.norm in "?+*#=/" for word in left)
    if odd or any(_rivals(words, at) for at in range(len(words))):
        return REJECTED
    number = _checked(found[0], region)
    denied = around(language).negations
    if left and any(denied.end(left, at) > at for at in range(len(left))):
        return Confirm(number.value) if isinstance(number, Accepted) else REJECTED
    return number


def _rivals(words: Sequence[Word], at: int) -> bool:
    """Tell whether another number stands here that is no time: "ab 17 Uhr"."""
    word = words[at]
    short = len(word.norm) <= 2 and at > 0 and words[at - 1].kind == "word"  # noqa: PLR2004
    return word.kind == "number" and not short


def _checked(digits: str, region: str | None) -> Understood:
    import phonenumbers  # noqa: PLC0415 - slow to import, rarely needed

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return REJECTED
    if not phonenumbers.is_possible_number(number):
        return REJECTED
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Accepted(value) if phonenumbers.is_valid_number(number) else Confirm(value)
