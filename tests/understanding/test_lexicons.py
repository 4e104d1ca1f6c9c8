"""What every lexicon holds."""

import re

import pytest
from num2words import num2words

from bot.model.answer import Accepted, Asked, Rejected
from bot.model.words import plain
from bot.understanding import (
    normalise,
    reserved,
    reserved_words,
    understand,
    wishes_stop,
)
from bot.understanding.lexicon import as_written, load
from bot.understanding.reserved import names_of_languages
from tests.understanding.questions import LANGUAGES, MONDAY, read

ALL = "ar bn de el en es fa fr he hi id it ja ko nl pl pt ru sv sw tr uk vi zh"
SPELT = sorted(set(ALL.split()) - {"el", "hi", "sw", "zh", "ko", "ar", "bn"})
SLOT = re.compile(r"\{\w+\}")
COMPOSED = (100, 101, 120, 250, 321, 999, 1000, 1100, 2026, 12_000, 305_000)
RESERVED = ("stop", "start", "help", "human", "back", "about_me", "language")


def test_languages() -> None:
    """There are twenty-four, each with a name for every other."""
    assert " ".join(LANGUAGES) == ALL
    for language in LANGUAGES:
        assert set(names_of_languages(language).values()) == set(LANGUAGES), language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number(language: str) -> None:
    """Every number up to ninety-nine has words, and every word says its number."""
    values = as_written(language).numbers.values
    assert set(range(100)) <= set(values.values())
    for word, value in values.items():
        if 0 <= value < 100 and value == int(value):
            found = read("number", word, language)
            assert not isinstance(found, Accepted) or found.value == value, word


@pytest.mark.parametrize("language", SPELT)
def test_num2words(language: str) -> None:
    """Numbers are read as num2words spells them."""
    denials = set(map(plain, load(language).yes_no.no))
    for number in (*range(100), *COMPOSED):
        spelt = num2words(number, lang=language).replace(",", "")
        if plain(spelt) in denials:
            continue  # the Persian nine and the Vietnamese zero are a no as well
        found = read("number", spelt, language)
        assert found == Accepted(number), spelt


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences(language: str) -> None:
    """The bot says everything in every language, with the slots of the English one."""
    english, own = load("en").sentences, load(language).sentences
    assert own.keys() == english.keys()
    for name, words in own.items():
        assert set(SLOT.findall(words)) == set(SLOT.findall(english[name])), name
        assert words.strip() == words != ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_reserved(language: str) -> None:
    """Every request can be made; the words that the bot names for it are heeded."""
    words = reserved_words(language)
    assert set(RESERVED) | {"skip"} <= set(words.values())
    for name in ("help", "nobody_waits", "stopped", "started_again", "offer_human"):
        for word in capitals(load(language).sentences[name]):
            assert plain(word) in words or reserved(word, [language]), (name, word)


def capitals(text: str) -> list[str]:
    """Return the runs of words of three letters and more in capitals."""
    shouted = [word.strip(".,;:!?»«\"'()") for word in text.split()]
    runs, run = [], []
    for word in [*shouted, ""]:
        if word.isupper() and word.isalpha():
            run.append(word)
        elif run:
            runs.append(" ".join(run))
            run = []
    return [one for one in runs if len(one) > 2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_are_no_requests(language: str) -> None:
    """No yes, no number and no score in words is a wish to stop, or a request."""
    lexicon = as_written(language)
    ordinary = (
        *lexicon.numbers.values,
        *lexicon.satisfaction.satisfied,
        *lexicon.satisfaction.dissatisfied,
        *lexicon.ease.easy,
    )
    for word in ordinary:
        assert reserved(word, [language]) in {None, "skip"}, word
        assert not wishes_stop(word, [language]), word


@pytest.mark.parametrize("language", LANGUAGES)
def test_sides(language: str) -> None:
    """No word is a yes and a no; each is taken as what it is by itself."""
    words = as_written(language).yes_no
    yes, no = set(map(normalise, words.yes)), set(map(normalise, words.no))
    assert not (yes & no) - {""}
    assert not (set(map(normalise, words.neither)) & (yes | no)) - {""}
    for side, value in ((words.yes, True), (words.no, False)):
        for word in side:
            assert read("yes_no", word, language) == Accepted(value), word
    for word in words.neither:
        found = read("yes_no", word, language)
        assert not isinstance(found, Accepted), word


@pytest.mark.parametrize("language", LANGUAGES)
def test_degrees(language: str) -> None:
    """Words of satisfaction and ease are on their side of the scale by themselves."""
    lexicon = as_written(language)
    good = (*lexicon.satisfaction.delighted, *lexicon.satisfaction.satisfied)
    bad = (*lexicon.satisfaction.awful, *lexicon.satisfaction.dissatisfied)
    for words, values in ((good, {3, 4, 5}), (bad, {1, 2, 3})):
        for word in words:
            found = read("csat", word, language)
            assert not isinstance(found, Accepted) or found.value in values, word
    for words, values in (
        (lexicon.ease.easy, {5, 6, 7}),
        (lexicon.ease.difficult, {1, 2, 3}),
    ):
        for word in words:
            found = read("ces", word, language)
            assert not isinstance(found, Accepted) or found.value in values, word


@pytest.mark.parametrize("language", LANGUAGES)
def test_skips(language: str) -> None:
    """A question that may be left open takes every way to say so; no other does."""
    for word in as_written(language).skip:
        asked = Asked(kind="nps", optional=True)
        assert understand(asked, word, language, today=MONDAY) == Accepted(None), word
        asked = Asked(kind="nps")
        assert understand(asked, word, language, today=MONDAY) == Rejected(), word
