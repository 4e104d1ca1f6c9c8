"""What holds for any text at all."""
# ruff: noqa: RUF001 - digits of every script

from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

from bot.model.answer import (
    Accepted,
    Asked,
    Confirm,
    Kind,
    Option,
    Rejected,
    Understood,
)
from bot.understanding import (
    chosen_language,
    normalise,
    reserved,
    understand,
    wishes_stop,
)
from bot.understanding.lexicon import load
from tests.understanding.tables import MONDAY, OPTIONS, Row, rows

KINDS: tuple[Kind, ...] = (
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
)
UNITS = {
    "en": (
        "minutes",
        "hours",
        "days",
        "people",
        "euros",
        "%",
        "€",
        "am",
        "kg",
        "times",
    ),
    "es": ("minutos", "horas", "días", "personas", "euros", "%", "€", "veces", "km"),
}
ZEROS = "0٠۰०০๐０߀᠐"
SIGNS = (
    "0123456789 .,;:!?¿¡/-–+%€#'\"()*\n\0\t⭐☆💯👍👎❌🔟½²٣９\u200d\ufe0f\u20e3\ud800"
)
WORDS = """
nine out of ten not more like because or and yes no the second all almost if
un tres nueve de diez no más bien porque sí pero la segunda todo mañana si casi
price speed precio Friday May 2026 @example.com +34 612 satisfied muy fácil stop me
"""
PIECES = [*SIGNS, *WORDS.split()]
anything = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
)


def read(kind: Kind, text: str, language: str = "en", **more: float) -> Understood:
    """Return how a text is understood; the options are those of the tables."""
    options = OPTIONS[language] if kind.startswith("choi") else ()
    asked = Asked(kind=kind, options=options, **more)  # type: ignore[arg-type]
    return understand(asked, text, language, today=MONDAY, region="ES")


@pytest.mark.parametrize("kind", KINDS)
@given(text=anything, language=st.sampled_from(["en", "es"]))
@settings(max_examples=150, deadline=None)
def test_any_text(kind: Kind, text: str, language: str) -> None:
    """No text raises, and no value falls outside what was asked."""
    found = read(kind, text, language)
    if not isinstance(found, Accepted | Confirm):
        return
    value, keys = found.value, {option.key for option in OPTIONS[language]}
    fits = {
        "nps": lambda: type(value) is int and 0 <= value <= 10,
        "csat": lambda: type(value) is int and 1 <= value <= 5,
        "ces": lambda: type(value) is int and 1 <= value <= 7,
        "rating": lambda: type(value) is int and 1 <= value <= 5,
        "choice": lambda: value in keys,
        "choices": lambda: isinstance(value, tuple) and value and set(value) <= keys,
        "yes_no": lambda: isinstance(value, bool),
        "consent": lambda: isinstance(value, bool),
        "number": lambda: type(value) in {int, float},
    }
    assert fits.get(kind, lambda: isinstance(value, str) and value)()
    assert found.comment is None or found.comment.strip() == found.comment != ""


@given(text=anything)
@settings(max_examples=300, deadline=None)
def test_any_text_reserved(text: str) -> None:
    """No text makes the whole-message words raise."""
    languages = ["es", "en"]
    assert reserved(text, languages) is None or normalise(text)
    assert chosen_language(text, languages) is None or normalise(text)
    assert not wishes_stop(text, languages) or normalise(text)


@given(n=st.integers(0, 10), zero=st.sampled_from(ZEROS))
def test_every_script(n: int, zero: str) -> None:
    """Digits of every script say the same."""
    typed = "".join(chr(ord(zero) + int(digit)) for digit in str(n))
    assert read("nps", typed) == Accepted(n)
    assert read("nps", f"{typed}/{typed[:0]}10") == Accepted(n)


@given(
    n=st.integers(0, 10),
    before=st.text(" \n\t¡\"'(", max_size=3),
    after=st.text(' \n\t.!…"', max_size=3),
)
def test_outer_punctuation(n: int, before: str, after: str) -> None:
    """White space and punctuation around a number change nothing."""
    assert read("nps", f"{before}{n}{after}") == Accepted(n)


@pytest.mark.parametrize("language", ["en", "es"])
@given(data=st.data(), n=st.integers(0, 12))
def test_units(language: str, data: st.DataObject, n: int) -> None:
    """A number of something is never a score."""
    unit = data.draw(st.sampled_from(UNITS[language]))
    space = data.draw(st.sampled_from(["", " "]))
    before = data.draw(st.sampled_from(["", "I waited ", "tardó ", "a ", "un "]))
    assert not isinstance(read("nps", f"{before}{n}{space}{unit}", language), Accepted)


@pytest.mark.parametrize(
    "between", [" ", " or ", "-", " - ", ", ", "/", ", maybe ", " and ", " o ", " y "]
)
def test_two_numbers(between: str) -> None:
    """Two numbers with no word that settles which is meant are never one of them."""
    for one, two, language in product(range(1, 10), range(1, 10), ("en", "es")):
        if one != two:
            found = read("nps", f"{one}{between}{two}", language)
            assert not isinstance(found, Accepted), (one, between, two)


@given(
    row=st.sampled_from(
        [
            row
            for name in ("built.en", "built.es")
            for row in rows(name)
            if row.meant.startswith("=")
            and row.kind in {"nps", "csat", "ces", "yes_no"}
        ]
    ),
    word=st.text("bcdfghjklmnpqrstvwxz", min_size=4, max_size=9),
    at=st.integers(0, 12),
)
@settings(max_examples=400)
def test_unknown_words(row: Row, word: str, at: int) -> None:
    """A word that no lexicon has may make it ask again, never give another value."""
    words = row.text.split(" ")
    text = " ".join([*words[:at], word, *words[at:]])
    found = read(row.kind, text, row.language)
    before = row.read()
    if isinstance(found, Accepted):
        assert isinstance(before, Accepted)
        assert found.value == before.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "piece", ["9 ", "a", "not 10 ", "yes, ", "1,", "⭐", "@", " \n"]
)
def test_huge(kind: Kind, piece: str) -> None:
    """A message of a megabyte is dealt with at once."""
    found = read(kind, piece * (1_000_000 // len(piece)))
    assert kind == "text" or not isinstance(found, Accepted)


def test_numbers_and_their_words() -> None:
    """A number written in words is the number: the generators of num2words agree."""
    spelt = {
        "en": {
            21: "twenty-one",
            100: "one hundred",
            101: "one hundred and one",
            999: "nine hundred and ninety-nine",
            1000: "one thousand",
            1001: "one thousand and one",
            2026: "two thousand and twenty-six",
            999_999: "nine hundred and ninety-nine thousand,"
            " nine hundred and ninety-nine",
        },
        "es": {
            16: "dieciséis",
            21: "veintiuno",
            31: "treinta y uno",
            100: "cien",
            101: "ciento uno",
            999: "novecientos noventa y nueve",
            1000: "mil",
            1001: "mil uno",
            2026: "dos mil veintiséis",
            999_999: "novecientos noventa y nueve mil novecientos noventa y nueve",
        },
    }
    for language, words in spelt.items():
        for number, said in words.items():
            plain = said.replace("-", " ").replace(",", "")
            assert read("number", plain, language) == Accepted(number), said


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
