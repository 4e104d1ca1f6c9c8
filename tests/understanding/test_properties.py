"""What holds for any text at all, in every language."""
# ruff: noqa: RUF001 - digits of every script

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from bot.model.answer import Accepted, Asked, Confirm, Kind, Option, Rejected
from bot.model.words import LONGEST, Word
from bot.understanding import (
    chosen_language,
    normalise,
    reserved,
    understand,
    wishes_stop,
)
from bot.understanding.lexicon import Lexicon, as_written, load
from bot.understanding.phrases import Phrases
from tests.understanding.measure import lines, understood
from tests.understanding.questions import KINDS, LANGUAGES, MONDAY, OPTIONS, read

ZEROS = "0٠۰०০๐０߀᠐"
SIGNS = (
    "0123456789 .,;:!?¿¡/-–+%€#'\"()*\n\0\t⭐☆💯👍👎❌🔟½²٣９\u200d\ufe0f\u20e3\ud800"
)
OR = {
    "ar": "أو",
    "bn": "বা",
    "de": "oder",
    "el": "ή",
    "en": "or",
    "es": "o",
    "fa": "یا",
    "fr": "ou",
    "he": "או",
    "hi": "या",
    "id": "atau",
    "it": "o",
    "ja": "か",
    "ko": "또는",
    "nl": "of",
    "pl": "lub",
    "pt": "ou",
    "ru": "или",
    "sv": "eller",
    "sw": "au",
    "tr": "veya",
    "uk": "або",
    "vi": "hoặc",
    "zh": "或者",
}
SETTLED = {
    "ar": ("مش 10، خليها 6", "8، التوصيل أخذ 3 أيام"),
    "bn": ("১০ না, ৬", "৮, ডেলিভারি ৩ দিন লেগেছে"),
    "de": ("nicht 10, eher 6", "8, hat 3 Tage gedauert"),
    "el": ("όχι 10, μάλλον 6", "8, έκανε 3 μέρες"),
    "en": ("not 10, more like 6", "8, it took 3 days"),
    "es": ("no 10, más bien 6", "8, tardó 3 días"),
    "fa": ("۱۰ نه، ۶", "۸، ۳ روز طول کشید"),
    "fr": ("pas 10, plutôt 6", "8, ça a pris 3 jours"),
    "he": ("לא 10, אלא 6", "8, לקח 3 ימים"),
    "hi": ("10 नहीं, 6", "8, 3 दिन लगे"),
    "id": ("bukan 10, lebih ke 6", "8, butuh 3 hari"),
    "it": ("non 10, piuttosto 6", "8, ci ha messo 3 giorni"),
    "ja": ("10じゃなくて6", "8、3日かかりました"),
    "ko": ("10 말고 6", "8, 3일 걸렸어요"),
    "nl": ("geen 10, eerder 6", "8, het duurde 3 dagen"),
    "pl": ("nie 10, raczej 6", "8, trwało to 3 dni"),
    "pt": ("10 não, põe 6", "8, demorou 3 dias"),
    "ru": ("не 10, скорее 6", "8, ждали 3 дня"),
    "sv": ("inte 10, snarare 6", "8, det tog 3 dagar"),
    "sw": ("sio 10, ni 6", "8, ilichukua siku 3"),
    "tr": ("10 değil, 6", "8, 3 gün sürdü"),
    "uk": ("не 10, скоріше 6", "8, чекали 3 дні"),
    "vi": ("không phải 10, 6 thôi", "8, mất 3 ngày"),
    "zh": ("不是10，是6", "8，花了3天"),
}


def phrases(part: object) -> list[str]:
    """Return every phrase of a part of a lexicon."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, dict):
        return [*part] + [one for inner in part.values() for one in phrases(inner)]
    if isinstance(part, tuple | list):
        return [one for inner in part for one in phrases(inner)]
    return []


def pieces(language: str) -> list[str]:
    """Return signs and phrases of a language that messages are made of."""
    lexicon: Lexicon = as_written(language)
    sections = (lexicon.numbers, lexicon.scale, lexicon.yes_no, lexicon.date)
    words = [
        one
        for section in sections
        for name in section.__struct_fields__
        for one in phrases(getattr(section, name))
    ]
    return [*SIGNS, *["7", "8", "10", "2026"], *words]


languages = st.sampled_from(LANGUAGES)
PIECES = {language: pieces(language) for language in LANGUAGES}
texts = languages.flatmap(
    lambda language: st.tuples(
        st.just(language),
        st.one_of(
            st.text(max_size=80),
            st.lists(st.sampled_from(PIECES[language]), max_size=12).map(" ".join),
            st.lists(st.sampled_from(PIECES[language]), max_size=12).map("".join),
        ),
    )
)


@pytest.mark.parametrize("kind", KINDS)
@given(said=texts)
@settings(max_examples=150, deadline=None)
def test_any_text(kind: Kind, said: tuple[str, str]) -> None:
    """No text raises, and no value falls outside what was asked."""
    language, text = said
    found = read(kind, text, language)
    if not isinstance(found, Accepted | Confirm):
        return
    value, keys = found.value, {option.key for option in OPTIONS["en"]}
    fits = {
        "nps": lambda: type(value) is int and 0 <= value <= 10,
        "csat": lambda: type(value) is int and 1 <= value <= 5,
        "ces": lambda: type(value) is int and 1 <= value <= 7,
        "rating": lambda: type(value) is int and 1 <= value <= 5,
        "choice": lambda: value in keys,
        "choices": lambda: isinstance(value, tuple) and set(value) <= keys,
        "yes_no": lambda: isinstance(value, bool),
        "consent": lambda: isinstance(value, bool),
        "number": lambda: type(value) in {int, float},
    }
    assert fits.get(kind, lambda: isinstance(value, str) and value)()
    assert found.comment is None or found.comment.strip() == found.comment != ""


@given(text=st.text(min_size=500, max_size=LONGEST), language=languages)
@settings(max_examples=40, deadline=None)
def test_long_text(text: str, language: str) -> None:
    """The longest message that channels let people type raises nothing either."""
    for kind in KINDS:
        read(kind, text, language)


@given(said=texts)
@settings(max_examples=300, deadline=None)
def test_any_text_reserved(said: tuple[str, str]) -> None:
    """No text makes the whole-message words raise."""
    language, text = said
    spoken = [language, "en"]
    assert reserved(text, spoken) is None or normalise(text)
    assert chosen_language(text, spoken) is None or normalise(text)
    assert not wishes_stop(text, spoken) or normalise(text)


@given(n=st.integers(0, 10), zero=st.sampled_from(ZEROS), language=languages)
def test_every_script(n: int, zero: str, language: str) -> None:
    """Digits of every script say the same, in every language."""
    typed = "".join(chr(ord(zero) + int(digit)) for digit in str(n))
    assert read("nps", typed, language) == Accepted(n)
    assert read("nps", f"{typed}/10", language) == Accepted(n)


@given(
    n=st.integers(0, 10),
    before=st.text(" \n\t¡\"'(", max_size=3),
    after=st.text(' \n\t.!…"', max_size=3),
    language=languages,
)
def test_outer_punctuation(n: int, before: str, after: str, language: str) -> None:
    """White space and punctuation around a number change nothing."""
    assert read("nps", f"{before}{n}{after}", language) == Accepted(n)


@pytest.mark.parametrize("language", LANGUAGES)
def test_units(language: str) -> None:
    """A number of something is never a score."""
    scale = as_written(language).scale
    for unit in (*scale.units, "%", "€"):
        if unit in {*scale.stars, *scale.trail, *scale.lead, *scale.strong}:
            continue
        for n, space in product((3, 8), (" ", "")):
            found = read("nps", f"{n}{space}{unit}", language)
            assert not isinstance(found, Accepted), (n, unit)


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_numbers(language: str) -> None:
    """Two numbers with no word that settles which is meant are never one of them."""
    tied = f" {OR[language]} "
    for between in (" ", tied, "-", " - ", ", ", "/", f", {OR[language]} ", " / "):
        for one, two in product(range(1, 10), range(1, 10)):
            if one != two:
                found = read("nps", f"{one}{between}{two}", language)
                assert not isinstance(found, Accepted), (one, between, two)


@pytest.mark.parametrize("language", LANGUAGES)
def test_settled(language: str) -> None:
    """A word of correction settles which is meant, and what is counted is no score."""
    corrected, counted = SETTLED[language]
    assert read("nps", corrected, language) == Accepted(6)
    found = read("nps", counted, language)
    assert isinstance(found, Accepted)
    assert found.value == 8
    assert found.comment


ORDINARY = [
    line
    for line in lines("built")
    if line["kind"] in {"nps", "csat", "ces", "rating", "yes_no", "consent", "choice"}
    and " " in line["text"]
]


@given(
    line=st.sampled_from(ORDINARY),
    word=st.text("bcdfghjklmnpqrstvwxz", min_size=5, max_size=9),
    at=st.integers(0, 12),
)
@example(
    line={
        "id": 1,
        "kind": "rating",
        "lang": "pt",
        "text": "cinco estrelinhas pra vocês ⭐",
    },
    word="bbbbb",
    at=0,
)
@settings(max_examples=1_000, deadline=None)
def test_unknown_words(line: dict[str, Any], word: str, at: int) -> None:
    """A word that no lexicon has may make it ask again, never give another value."""
    before = understood(line)
    words = line["text"].split(" ")
    text = " ".join([*words[:at], word, *words[at:]])
    after = understood({**line, "text": text})
    if after["outcome"] == "accepted" and before["outcome"] == "accepted":
        assert after["value"] == before["value"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "piece",
    ["9 ", "a", "not 10 ", "yes, ", "1,", "⭐", "@", " \n", "八分", "10 değil "],
)
def test_huge(kind: Kind, piece: str) -> None:
    """A message of a megabyte is dealt with at once."""
    found = read(kind, piece * (1_000_000 // len(piece)))
    assert kind == "text" or not isinstance(found, Accepted)


REPEATED = {
    "en": ("maybe ", "not 10 ", "no wait ", "8, ", "8 because ", "very ", "I give "),
    "tr": ("10 değil ", "8 veririm ", "ama "),
    "zh": ("不是10", "八", "给", "非常"),
    "ar": ("و", "ليس ", "٨ "),
    "de": ("zwei", "hundert", "sehr "),
}


@pytest.mark.parametrize(
    ("language", "piece"),
    [(language, piece) for language, some in REPEATED.items() for piece in some],
)
def test_linear(language: str, piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message twice as long takes about twice the work, counted in look-ups."""
    count = 0
    looked_up = Phrases.end

    def counted(phrases: Phrases, words: Sequence[Word], at: int) -> int:
        nonlocal count
        count += 1
        return looked_up(phrases, words, at)

    monkeypatch.setattr(Phrases, "end", counted)
    for kind in ("nps", "csat", "yes_no", "number", "choices", "choice"):
        work = []
        for size in (2_000, 4_000):
            count = 0
            read(kind, (piece * size)[:size], language)
            work.append(count)
        assert work[1] <= 2.2 * work[0] + 100, (kind, work)


@given(n=st.integers(0, 10), low=st.integers(-5, 5), width=st.integers(0, 10))
def test_bounds(n: int, low: int, width: int) -> None:
    """A number is accepted within its bounds only, ends included."""
    found = read("number", str(n), minimum=low, maximum=low + width)
    assert isinstance(found, Accepted) is (low <= n <= low + width)


def test_unknown_language() -> None:
    """Where there is no lexicon, digits are understood all the same."""
    assert read("nps", "9/10, tlhIngan").__class__ is Accepted
    assert understand(Asked(kind="nps"), "9", "tlh", today=MONDAY) == Accepted(9)
    assert load("tlh").numbers.values == {}
    assert load("../en").numbers.values == {}


def test_language_scoped() -> None:
    """A word is a number in its own language only."""
    assert read("nps", "on", "tr") == Accepted(10)
    assert read("nps", "sex", "sv") == Accepted(6)
    for language in set(LANGUAGES) - {"tr"}:
        assert read("nps", "on", language) != Accepted(10), language


def test_labels_guard() -> None:
    """A label that turns another into its opposite is never taken for it."""
    asked = Asked(
        kind="choice",
        options=(Option("a", "Very satisfied"), Option("b", "Not satisfied")),
    )
    for text in ("satisfied", "unsatisfied", "not", "very"):
        found = understand(asked, text, "en", today=MONDAY)
        assert not isinstance(found, Accepted), text


def test_numbered_labels() -> None:
    """Where a label begins with a number, a bare number is not a place in the list."""
    asked = Asked(
        kind="choice", options=(Option("a", "2 days"), Option("b", "3 days or more"))
    )
    assert understand(asked, "1", "en", today=MONDAY) == Rejected()
    assert understand(asked, "two", "en", today=MONDAY) == Rejected()
    assert understand(asked, "the first", "en", today=MONDAY) == Accepted("a")
    assert understand(asked, "2 days", "en", today=MONDAY) == Accepted("a")
    assert understand(asked, "two days", "en", today=MONDAY) == Accepted("a")
