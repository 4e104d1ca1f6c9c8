"""The sentences the bot says by itself, in the contact's language."""

import re
from typing import Final

from bot.model.answer import SCALES, Asked
from bot.understanding.lexicon import FALLBACK, load
from bot.understanding.scale import ends

_SLOT: Final = re.compile(r"\{(\w+)\}")


def sentence(name: str, language: str, **values: str) -> str:
    """Return a built-in sentence with its slots filled once, literally.

    A slot that is given no value stays as it is written. English stands in where a
    language has not got the sentence.

    >>> sentence("did_you_mean", "es", value="{secret}")
    '¿Querías decir {secret}?'
    """
    own = load(language).sentences
    words = own[name] if name in own else load(FALLBACK).sentences[name]
    return _SLOT.sub(lambda slot: values.get(slot[1], slot[0]), words)


def ask_again(
    asked: Asked, language: str, *, low: str | None = None, high: str | None = None
) -> str:
    """Return what would do as an answer; `low` and `high` word the ends of a scale.

    >>> ask_again(Asked(kind="nps"), "en")  # doctest: +ELLIPSIS
    'Sorry, ... from 0 (not at all likely) to 10 (extremely likely) would help.'
    """
    if asked.kind in SCALES or asked.kind == "rating":
        return _scale_again(asked, language, low, high)
    if asked.kind == "number":
        return _number_again(asked, language)
    options = ", ".join(option.label for option in asked.options)
    return sentence(f"ask_again_{asked.kind}", language, options=options)


def scale_line(
    asked: Asked, language: str, *, low: str | None = None, high: str | None = None
) -> str:
    """Return the line that explains a scale where no buttons can.

    >>> scale_line(Asked(kind="nps"), "en")
    '0 = not at all likely … 10 = extremely likely'
    """
    return _scaled("scale_line", asked, language, low, high)


def written_value(asked: Asked, value: object, language: str) -> str:
    """Return a value as people read it, for "did you mean".

    >>> written_value(Asked(kind="yes_no"), True, "es")
    'Sí'
    """
    if isinstance(value, bool):
        return sentence("yes" if value else "no", language)
    labels = {option.key: option.label for option in asked.options}
    if isinstance(value, tuple):
        return ", ".join(labels.get(str(key), str(key)) for key in value)
    return labels.get(str(value), str(value))


def _scale_again(asked: Asked, language: str, low: str | None, high: str | None) -> str:
    bare = asked.kind == "rating" and not (low and high)
    kind = asked.kind if asked.kind != "rating" or bare else "csat"
    return _scaled(f"ask_again_{kind}", asked, language, low, high)


def _scaled(
    name: str, asked: Asked, language: str, low: str | None, high: str | None
) -> str:
    lowest, highest = ends(asked)
    return sentence(
        name,
        language,
        low=str(lowest),
        high=str(highest),
        low_words=low or sentence(f"low_{asked.kind}", language),
        high_words=high or sentence(f"high_{asked.kind}", language),
    )


def _number_again(asked: Asked, language: str) -> str:
    low, high = asked.minimum, asked.maximum
    which = {
        (True, True): "_between",
        (True, False): "_from",
        (False, True): "_to",
        (False, False): "",
    }[low is not None, high is not None]
    return sentence(
        f"ask_again_number{which}",
        language,
        low="" if low is None else f"{low:g}",
        high="" if high is None else f"{high:g}",
    )
