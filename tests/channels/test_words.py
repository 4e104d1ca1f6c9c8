"""What the chat page says by itself."""

import re
import unicodedata
from pathlib import Path

import pytest
import yaml

from channels import __file__ as channels

WORDS = Path(channels).with_name("web") / "words"
LANGUAGES = sorted(path.stem for path in WORDS.glob("*.yaml") if path.stem != "en")
SLOT = re.compile(r"\{\w+\}")
LINE = re.compile(r'[a-z_]+: "[^"\\]+"')
BUTTONS = ("send", "retry", "again", "done", "open", "close", "newest")
LATIN_ANYWHERE = re.compile(r"JavaScript|MB(?![a-z])")

# How the Unicode names of a language's letters begin, where they are not Latin.
SCRIPTS = {
    "ar": ("ARABIC",),
    "bn": ("BENGALI",),
    "el": ("GREEK",),
    "fa": ("ARABIC",),
    "he": ("HEBREW",),
    "hi": ("DEVANAGARI",),
    "ja": ("CJK", "HIRAGANA", "KATAKANA"),
    "ko": ("HANGUL",),
    "ru": ("CYRILLIC",),
    "uk": ("CYRILLIC",),
    "zh": ("CJK",),
}

# Letters of a neighbour that shares the script.
NEIGHBOURS = {
    "ar": "یکگپچژ",
    "fa": "يكةى",
    "ru": "іїєґ",
    "uk": "ыэъё",
    "zh": "與對話發這請無輸連",
}


def said(language: str) -> dict[str, str]:
    """Return what the page says in a language."""
    text = (WORDS / f"{language}.yaml").read_text(encoding="utf-8")
    words: dict[str, str] = yaml.safe_load(text)
    return words


def letters(sentence: str) -> list[str]:
    """Return the letters and signs on them, but those of slots and of JavaScript."""
    bare = LATIN_ANYWHERE.sub("", SLOT.sub(" ", sentence))
    return [letter for letter in bare if unicodedata.category(letter)[0] in "LM"]


def test_there_are_languages() -> None:
    """The page speaks other languages than English."""
    assert "es" in LANGUAGES
    assert set(SCRIPTS) <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_complete(language: str) -> None:
    """Every language has the sentences of English, in the same order."""
    assert list(said(language)) == list(said("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_slots(language: str) -> None:
    """A sentence has the slots of the English one, each as often."""
    own = said(language)
    for name, words in said("en").items():
        assert sorted(SLOT.findall(own[name])) == sorted(SLOT.findall(words)), name
        assert not re.search(r"[{}]", SLOT.sub("", own[name])), name


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_written_alike(language: str) -> None:
    """Every sentence stands in double quotes on a line, with composed letters."""
    text = (WORDS / f"{language}.yaml").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if not LINE.fullmatch(line)] == []
    assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_tidy(language: str) -> None:
    """No sentence is empty, has space around it or signs of a typewriter."""
    for name, words in said(language).items():
        assert words, name
        assert words == words.strip(), name
        assert "  " not in words, name
        assert "..." not in words, name
        assert "'" not in words, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_translated(language: str) -> None:
    """No sentence is left in English."""
    english, own = said("en"), said(language)
    assert [name for name in english if own[name] == english[name]] == []


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
@pytest.mark.parametrize("name", BUTTONS)
def test_buttons(name: str, language: str) -> None:
    """What a button says fits on it."""
    assert len(said(language)[name]) <= 24


@pytest.mark.parametrize("language", LANGUAGES)
def test_script(language: str) -> None:
    """Every sentence is in the script of its language, and in no other."""
    script = SCRIPTS.get(language, ("LATIN",))
    for name, words in said(language).items():
        names = [unicodedata.name(letter) for letter in letters(words)]
        assert names, name
        assert [one for one in names if not one.startswith(script)] == [], name


@pytest.mark.parametrize("language", NEIGHBOURS)
def test_neighbours(language: str) -> None:
    """No letter is borrowed from a language that shares the script."""
    text = "".join(said(language).values()).lower()
    assert set(text) & set(NEIGHBOURS[language]) == set()
