"""What the bot says by itself."""

import re

import pytest

from bot.model.answer import Asked, Kind, Option
from bot.understanding import ask_again, scale_line, sentence, written_value
from bot.understanding.lexicon import load

SLOT = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("language", ["es"])
def test_complete(language: str) -> None:
    """Every language has every sentence, with the same slots as the English one."""
    english, own = load("en").sentences, load(language).sentences
    assert own.keys() == english.keys()
    for name, words in own.items():
        assert set(SLOT.findall(words)) == set(SLOT.findall(english[name])), name


def test_literal() -> None:
    """A value is put in once and literally, whatever it looks like."""
    assert sentence("stopped", "en", brand="{brand}{value}").startswith(
        "Understood, {brand}{value} will"
    )


def test_fallback() -> None:
    """English stands in for a language that has no lexicon."""
    assert sentence("reminder", "tlh") == sentence("reminder", "en")
    assert sentence("reminder", "es-MX") == sentence("reminder", "es")


@pytest.mark.parametrize("language", ["en", "es"])
def test_nps_again(language: str) -> None:
    """Asking for a recommendation again names both ends, the lower one first."""
    assert re.search(r"0.*10", ask_again(Asked(kind="nps"), language))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "kind",
    [
        "nps",
        "csat",
        "ces",
        "rating",
        "choice",
        "choices",
        "yes_no",
        "consent",
        "text",
        "number",
        "date",
        "email",
        "phone",
        "photo",
        "voice",
        "file",
        "location",
    ],
)
def test_every_kind(kind: Kind, language: str) -> None:
    """Every kind can be asked again, with nothing left to fill in."""
    asked = Asked(kind=kind, options=(Option("a", "Alpha"), Option("b", "Beta")))
    words = ask_again(asked, language)
    assert not SLOT.search(words)
    assert ("Alpha, Beta" in words) is kind.startswith("choi")


def test_bounds() -> None:
    """Asking for a number again names the bounds there are."""
    assert "from 1 to 9.5" in ask_again(
        Asked(kind="number", minimum=1, maximum=9.5), "en"
    )
    assert "at least 1" in ask_again(Asked(kind="number", minimum=1), "en")
    assert "at most 9" in ask_again(Asked(kind="number", maximum=9), "en")


def test_own_ends() -> None:
    """The words of the flow for the ends of a scale stand before the built-in ones."""
    asked = Asked(kind="rating", minimum=1, maximum=6)
    assert ask_again(asked, "en", low="cold", high="hot").count("hot") == 1
    assert scale_line(asked, "en", low="cold", high="hot") == "1 = cold … 6 = hot"


def test_written_value() -> None:
    """A value to be confirmed is shown as people know it."""
    asked = Asked(kind="choice", options=(Option("a", "Alpha"), Option("b", "Beta")))
    assert written_value(asked, "a", "en") == "Alpha"
    assert written_value(asked, ("a", "b"), "en") == "Alpha, Beta"
    assert written_value(Asked(kind="nps"), 8, "en") == "8"
    assert written_value(Asked(kind="yes_no"), value=False, language="es") == "No"
