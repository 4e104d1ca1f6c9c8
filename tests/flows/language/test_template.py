"""Texts are filled in once, in the right language; what is unclear is refused."""

from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st
from pydantic_core import PydanticCustomError

from flows.language.scalars import Braces, Plain
from flows.language.template import Text, parse_text

SCOPE: Final[dict[str, dict[str, object]]] = {
    "contact": {"first_name": "Ana", "renewal_on": "2026-03-09", "empty": ""},
    "brand": {"name": "Acme", "review_links.google": "https://maps.example/acme"},
    "answers": {"score": 3, "spent": 12345.5, "improve": ("speed", "price"), "one": 1},
    "session": {"today": date(2026, 3, 2)},
}

RENDERED: Final = [
    ("Hello", "en", "Hello"),
    ("{contact.first_name|Hello}, {brand.name}!", "en", "Ana, Acme!"),
    ("{contact.last_name|Hello}!", "en", "Hello!"),
    ("{contact.last_name}!", "en", "!"),
    ("{contact.empty|friend}", "en", "friend"),
    ("{contact.last_name|}!", "en", "!"),
    ("{referrer.first_name|A friend}", "en", "A friend"),
    (
        "{{contact.first_name}} {{{contact.first_name}}}",
        "en",
        "{contact.first_name} {Ana}",
    ),
    ("{brand.review_links.google}", "en", "https://maps.example/acme"),
    ("{answers.score}", "ar", "3"),
    ("{answers.spent}", "en", "12,345.5"),
    ("{answers.spent}", "es", "12.345,5"),
    ("{answers.improve}", "en", "speed, price"),
    ("{session.today}", "en", "March 2, 2026"),
    ("{contact.renewal_on}", "es", "9 de marzo de 2026"),
    ({"en": "Hello", "es": "Hola"}, "es", "Hola"),
    ({"en": "Hello", "es": "Hola"}, "es-MX", "Hola"),
    ({"en": "Hello", "es-MX": "Qué onda"}, "es-MX", "Qué onda"),
    ({"en": "Hello", "es": "Hola"}, "fr", "Hello"),
    ({"one": "{answers.score} day", "other": "{answers.score} days"}, "en", "3 days"),
    ({"one": "{answers.one} day", "other": "{answers.one} days"}, "en", "1 day"),
    (
        {"pl": {"few": "{answers.score} dni", "other": "{answers.score} dnia"}},
        "pl",
        "3 dni",
    ),
    ({"one": "a day", "other": "{contact.first_name} {answers.none}"}, "en", "Ana "),
]


@pytest.mark.parametrize(("value", "language", "said"), RENDERED)
def test_what_people_read(value: object, language: str, said: str) -> None:
    """Slots, languages and plural forms give these words."""
    assert parse_text(value).render(language, ("en",), SCOPE) == said


def test_fallback_languages_go_in_order() -> None:
    """Where a text lacks a language, the flow's own come in their order."""
    text = parse_text({"de": "Hallo", "es": "Hola"})
    assert text.render("fr", ("it", "es", "de"), {}) == "Hola"
    assert text.render("fr", (), {}) == "Hallo"


def test_numbers_follow_the_language_of_the_words() -> None:
    """A Spanish sentence has Spanish numbers, whoever reads it."""
    text = parse_text({"es": "{answers.spent}"})
    assert text.render("en", ("es",), SCOPE) == "12.345,5"


REFUSED: Final = [
    ("{", "text_slot", (), 0),
    ("a }", "text_slot", (), 2),
    ("{ }", "text_slot", (), 0),
    ("{}", "text_slot", (), 0),
    ("Hi {contact.x!r}", "text_slot", (), 3),
    ("{contact[0]}", "text_slot", (), 0),
    ("{0.__class__}", "text_slot", (), 0),
    ("{contact.__class__}", "text_slot", (), 0),
    ("{contact.x|{contact.y}}", "text_slot", (), 0),
    ("{secret}", "text_slot", (), 0),
    ("Hi {contat.x}", "unknown_name", (), 4),
    ({"en": "Hi", "es": "{"}, "text_slot", ("es",), 0),
    ({"en": {"other": "a {"}}, "text_slot", ("en", "other"), 2),
    ("x" * 4001, "text_length", (), None),
    ("a\x07", "control_character", (), 1),
    ("a\x1b[31m", "control_character", (), 1),
    ("", "missing_text", (), None),
    (None, "missing_text", (), None),
    ({}, "missing_text", (), None),
    ({"en": None}, "missing_text", ("en",), None),
    (Plain("We are", cut=True), "quote_text", (), None),
    (Plain("", cut=True), "quote_text", (), None),
    ({"en": Plain("We are", cut=True)}, "quote_text", ("en",), None),
    (Braces({"contact.first_name": ""}), "quote_text", (), None),
    (Braces({"en": "Hello", "friend": "", "es": "Hola"}), "quote_text", (), None),
    (Braces({"en": "Hello", "you": "", "es": "Hola"}), "quote_text", (), None),
    (["Hello"], "quote_text", (), None),
    ({"en": ["Hello"]}, "quote_text", ("en",), None),
    ({"English": "Hello"}, "unknown_language", ("English",), None),
    (
        {"en": {"several": "x", "other": "y"}},
        "unknown_language",
        ("en", "several"),
        None,
    ),
    ({"en": {"one": "day"}}, "plural_form", ("en",), None),
    ({"one": "day"}, "plural_form", (), None),
    (3, "text", (), None),
]


@pytest.mark.parametrize(("value", "code", "within", "offset"), REFUSED)
def test_what_is_refused(
    value: object, code: str, within: tuple[str, ...], offset: int | None
) -> None:
    """What is no text is refused, with the language and the character at fault."""
    with pytest.raises(PydanticCustomError) as refused:
        parse_text(value)
    assert refused.value.type == code
    assert refused.value.context is not None
    assert refused.value.context["within"] == within
    assert refused.value.context["offset"] == offset


def test_braces_of_languages_are_a_text() -> None:
    """A mapping of languages in one line is what it says."""
    text = parse_text(Braces({"en": "Hello", "es": "Hola"}))
    assert text.languages == ("en", "es")


def test_a_text_tells_its_names() -> None:
    """Each language's words name what they use, each name once."""
    text = parse_text({"en": "{brand.name} {brand.name} {contact.x|y}", "es": "Hola"})
    assert [str(name) for name in text.names("en")] == ["brand.name", "contact.x"]
    assert text.names("es") == ()


def test_a_text_is_what_its_words_are() -> None:
    """Equal words are equal texts, and a parsed one passes through."""
    text = parse_text("Hello")
    assert text == parse_text("Hello")
    assert text != parse_text({"en": "Hello"})
    assert parse_text(text) is text


@given(st.text())
def test_a_name_never_expands(name: str) -> None:
    """A contact called `{secret}` is called that, literally."""
    text = parse_text("{contact.first_name}|{brand.name}")
    scope = {"contact": {"first_name": name}, "brand": {"name": "{contact.secret}"}}
    scope["contact"]["secret"] = "leaked"  # noqa: S105 - the test is that it stays
    assert text.render("en", (), scope) == f"{name}|{{contact.secret}}"


def test_a_name_that_looks_like_a_date_is_a_name_of_ours() -> None:
    """What the brand is called is never taken for a date."""
    text = parse_text("{brand.name}")
    assert text.render("en", (), {"brand": {"name": "2026-03-02"}}) == "2026-03-02"


ANYTHING: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none()
    | st.text()
    | st.integers()
    | st.lists(st.sampled_from(["{", "}", "|", "contact", ".", "x"])).map("".join)
    | st.builds(Plain, st.text(), cut=st.booleans()),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["en", "es", "one", "other", "friend", ""]), inner
        )
        | st.dictionaries(st.text(), inner).map(Braces)
    ),
    max_leaves=6,
)
SHOWN: Final = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.just(10**400)
)


@given(ANYTHING)
def test_any_value_ends_in_a_text_or_a_refusal(value: object) -> None:
    """Nothing that YAML may hold ends in any other exception."""
    try:
        text = parse_text(value)
    except PydanticCustomError:
        return
    assert isinstance(text, Text)
    assert isinstance(text.render("en", ("es",), {}), str)


@given(SHOWN, st.sampled_from(["en", "es-MX", "pl", "ar", "xx", "tlh"]))
def test_any_value_can_be_shown(value: object, language: str) -> None:
    """Whatever a slot brings in, there are words for it."""
    text = parse_text({"one": "{answers.x|-}", "other": "{answers.x|-}"})
    assert isinstance(text.render(language, (), {"answers": {"x": value}}), str)
