"""Values as people of a language write them; Babel is loaded only when one is shown."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from babel import Locale

SMALL: Final = 1000
"""Whole numbers below need no separators, so no Babel."""


def shown_to_people(value: object, language: str) -> str:
    """Return a value as people of this language write it.

    >>> shown_to_people(3, "en"), shown_to_people(12345.5, "es")
    ('3', '12.345,5')
    >>> shown_to_people(("speed", "price"), "en")
    'speed, price'
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, language)
    if isinstance(value, date):
        return _date(value, language)
    if isinstance(value, list | tuple):
        return ", ".join(shown_to_people(item, language) for item in value)
    return str(value)


def _number(value: float, language: str) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < SMALL:
        value = int(value)
    if isinstance(value, int) and -SMALL < value < SMALL:
        return str(value)
    from babel.numbers import format_decimal  # noqa: PLC0415 - slow, rarely needed

    try:
        return format_decimal(value, locale=locale_of(language))
    except (ArithmeticError, ValueError):
        return str(value)


def _date(value: date, language: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - slow, rarely needed

    return format_date(value, format="long", locale=locale_of(language))


def plural_form(value: Any, language: str) -> str:  # noqa: ANN401 - a number
    """Return the plural category of a number in a language, `other` where unknown.

    >>> plural_form(1, "en"), plural_form(3, "pl")
    ('one', 'few')
    """
    try:
        return _rule(language)(abs(value))
    except (ArithmeticError, ValueError):
        return "other"


COUNTED: Final = 1001
"""The whole numbers, from 0, for which a text has its plural forms. Larger ones have
forms of their own in some languages ("un millón de …"), which few texts ever need."""


@cache
def plural_forms(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the plural forms that a language needs for counting, and all it has.

    Both are empty where the language is not known.

    >>> sorted(plural_forms("pl")[0]), sorted(plural_forms("es")[0])
    (['few', 'many', 'one'], ['one', 'other'])
    >>> sorted(plural_forms("es-MX")[1]), plural_forms("tlh")[1]
    (['many', 'one', 'other'], frozenset())
    """
    locale = locale_of(language)
    if locale.language != language.partition("-")[0]:
        return frozenset(), frozenset()
    rule = locale.plural_form
    return frozenset(map(rule, range(COUNTED))), frozenset({*rule.tags, "other"})


@cache
def _rule(language: str) -> Callable[[Any], str]:
    return locale_of(language).plural_form


@cache
def locale_of(language: str) -> "Locale":
    """Return Babel's knowledge of a language, of its base, or of English."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    for wanted in (language, language.partition("-")[0]):
        try:
            return Locale.parse(wanted, sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return Locale.parse("en")
