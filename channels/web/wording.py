"""The page's own sentences, a file a language, and which language it speaks."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

FALLBACK: Final = "en"
RIGHT_TO_LEFT: Final = frozenset(
    {"ar", "he", "fa", "ur", "ps", "ckb", "dv", "yi", "sd"}
)

_HERE: Final = files("channels.web")


@cache
def languages() -> frozenset[str]:
    """Return the languages in which the page has words of its own."""
    folder = _HERE.joinpath("words").iterdir()
    return frozenset(
        file.name.removesuffix(".yaml")
        for file in folder
        if file.name.endswith(".yaml")
    )


def own_languages() -> list[str]:
    """Return the languages in which the page has words, the one for all others first.

    >>> own_languages()[:3]
    ['en', 'ar', 'bn']
    """
    return sorted(languages(), key=lambda name: (name != FALLBACK, name))


@cache
def words(language: str) -> Mapping[str, str]:
    """Return the page's own sentences in a language, in English where it has none."""
    name = _spoken(language) or FALLBACK
    text = _HERE.joinpath("words", f"{name}.yaml").read_text("utf-8")
    found: dict[str, str] = yaml.safe_load(text)
    return found


def _spoken(language: str) -> str | None:
    base = _base(language)
    return next((name for name in (language, base) if name in languages()), None)


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def direction(language: str) -> str:
    """Return which way a language is written.

    >>> direction("ar-EG"), direction("es")
    ('rtl', 'ltr')
    """
    return "rtl" if _base(language) in RIGHT_TO_LEFT else "ltr"


def preferred(wanted: Sequence[str], spoken: Sequence[str]) -> str:
    """Return the first wanted language that is spoken, else the first spoken.

    >>> preferred(["de-AT", "es-MX", "en"], ["en", "es"])
    'es'
    """
    by_base = {_base(name): name for name in reversed(spoken)}
    exact = {name.lower(): name for name in spoken}
    for language in wanted:
        base = _base(language)
        found = exact.get(language.lower()) or by_base.get(base)
        if found:
            return found
    return spoken[0] if spoken else FALLBACK


def accepted(header: str) -> list[str]:
    """Return the languages that a browser accepts, dearest first.

    >>> accepted("en;q=0.5, es-ES, fr;q=0.9, *;q=0.1")
    ['es-ES', 'fr', 'en']
    """
    found: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        name, _, weight = part.strip().partition(";q=")
        try:
            found.append((-float(weight or 1), name.strip()))
        except ValueError:
            continue
    return [
        name
        for _, name in sorted(found, key=lambda f: f[0])
        if name.isprintable() and name not in {"", "*"}
    ]
