"""Typed text in, typed answer out: one question, one message, one language."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from msgspec import Struct

from bot.model.answer import (
    SCALES,
    Accepted,
    Asked,
    Kind,
    Rejected,
    Understood,
)
from bot.model.words import clean
from bot.understanding.choice import read_choice
from bot.understanding.choices import read_choices
from bot.understanding.date import dates, read_date
from bot.understanding.email import read_email
from bot.understanding.lexicon import load
from bot.understanding.number import read_number
from bot.understanding.phone import read_phone
from bot.understanding.scale import read_scale, scale
from bot.understanding.skip import says_nothing, skips
from bot.understanding.yes_no import yes_no

REJECTED: Final = Rejected()
SCALED: Final = frozenset({*SCALES, "rating"})


def understand(
    asked: Asked,
    text: str,
    language: str,
    *,
    today: date,
    region: str | None = None,
) -> Understood:
    """Return the answer that the words give, one to confirm, or that they give none.

    >>> understand(Asked(kind="nps"), "un tres, tardaron mucho", "es", today=date.min)
    Accepted(value=3, comment='tardaron mucho')
    >>> understand(Asked(kind="nps"), "I waited 10 minutes", "en", today=date.min)
    Rejected()
    """
    if asked.kind in SCALED:
        found = read_scale(asked, text, language)
    else:
        base, place = load(language).language, region or _region(language)
        read = _READERS.get(asked.kind)
        found = read(_Heard(asked, text, base, today, place)) if read else REJECTED
    if asked.optional and not isinstance(found, Accepted):
        left = skips(text, language) or says_nothing(text, language)
        return Accepted(None) if left else found
    return found


def prepare(languages: Iterable[str]) -> None:
    """Compile what is needed to understand these languages, some 0.1 s for each.

    Without it the first message of a language waits for that.
    """
    for language in {load(one).language for one in languages}:
        for kind in ("nps", "csat", "ces", "rating"):
            scale(kind, language, None, None)
        yes_no(language)
        dates(language)


class _Heard(Struct, frozen=True):
    """All that a reader may need to know."""

    asked: Asked
    text: str
    language: str
    today: date
    region: str | None


def _region(language: str) -> str | None:
    """Return the country of a language such as es-MX."""
    last = language.rpartition("-")[2]
    return last.upper() if len(last) == 2 and last != language else None  # noqa: PLR2004


def _words(heard: _Heard) -> Understood:
    """Return the words as typed; a wish to skip is no answer."""
    words = clean(heard.text)
    no_answer = not words or skips(words, heard.language)
    return REJECTED if no_answer else Accepted(words)


_READERS: Final[dict[Kind, Callable[[_Heard], Understood]]] = {
    "yes_no": lambda heard: yes_no(heard.language).read(heard.text),
    "consent": lambda heard: yes_no(heard.language).read(heard.text),
    "choice": lambda h: read_choice(h.asked.options, h.text, h.language),
    "choices": lambda h: read_choices(h.asked.options, h.text, h.language),
    "number": lambda h: read_number(h.asked, h.text, h.language, h.region),
    "date": lambda h: read_date(h.text, h.language, h.today, h.region),
    "email": lambda heard: read_email(heard.text, heard.language),
    "phone": lambda heard: read_phone(heard.text, heard.language, heard.region),
    "text": _words,
}
"""How each kind is read; a photo or a place is sent, never typed."""
