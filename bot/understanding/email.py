"""An e-mail address: valid as written, never looked up."""

import re
import unicodedata
from functools import cache
from typing import Final

from bot.model.answer import Accepted, Confirm, Rejected, Understood
from bot.model.words import SIGNED, clean, split
from bot.understanding.lexicon import load
from bot.understanding.phrases import Phrases

REJECTED: Final = Rejected()
LONGEST: Final = 320

DOMAINS: Final = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmal.com": "gmail.com",
    "gmil.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gnail.com": "gmail.com",
    "gmaill.com": "gmail.com",
    "gmail.con": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.cm": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "hotmail.con": "hotmail.com",
    "hotmail.co": "hotmail.com",
    "outlok.com": "outlook.com",
    "outloo.com": "outlook.com",
    "outlook.con": "outlook.com",
    "yaho.com": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "yahoo.con": "yahoo.com",
    "iclod.com": "icloud.com",
    "icloud.con": "icloud.com",
}
"""Slips in the names of the large providers, and what was meant."""


_INSIDE: Final = re.compile(
    rf"(?<=[{SIGNED}:\uff1a])[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"
    rf"|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+(?=[{SIGNED}])"
)
"""An address that signs of Han, kana or Hangul touch."""


@cache
def _denials(language: str) -> Phrases:
    return Phrases(load(language).choice.negations)


@cache
def _fillers(language: str) -> Phrases:
    return Phrases(load(language).email.fillers)


def read_email(text: str, language: str) -> Understood:
    """Return the one address of a message, its domain in lower case.

    >>> read_email("Ana@Example.COM", "en")
    Accepted(value='Ana@example.com', comment=None)
    >>> read_email("ana@gmial.com", "en")
    Confirm(value='ana@gmail.com', comment=None)
    """
    if len(text) > LONGEST:
        return REJECTED
    text = unicodedata.normalize("NFKC", clean(text))
    text = _INSIDE.sub(lambda one: f" {one[0]} ", text)
    found = [piece for piece in text.replace("|", " ").split() if "@" in piece]
    rest = " ".join(
        piece for piece in text.replace("|", " ").split() if "@" not in piece
    )
    addresses = {_bare(piece) for piece in found}
    if len(addresses) != 1:
        return REJECTED
    address = _checked(addresses.pop())
    words = [word for word in split(rest) if word.kind != "sign"]
    denied = _denials(language)
    left = _fillers(language).skip(words, 0) < len(words)
    shaken = left and any(denied.end(words, at) > at for at in range(len(words)))
    if isinstance(address, Accepted) and shaken:
        return Confirm(address.value)
    return address


def _checked(address: str) -> Understood:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - slow to import, rarely needed

    try:
        valid = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return REJECTED
    meant = DOMAINS.get(valid.domain)
    if meant:
        return Confirm(f"{valid.local_part}@{meant}")
    if valid.domain.endswith(".con"):
        return Confirm(f"{valid.normalized[:-1]}m")
    return Accepted(valid.normalized)


def _bare(piece: str) -> str:
    """Return an address without the marks and the scheme around it."""
    piece = piece.strip("<>()[]{}\"'`,;:!?*_~ ").rstrip(".")
    return piece.removeprefix("mailto:").removeprefix("MAILTO:")
