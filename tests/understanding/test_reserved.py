"""Whole messages that mean the same in every flow."""

from itertools import product

import pytest

from bot.understanding import (
    chosen_language,
    reserved,
    reserved_words,
    wishes_stop,
)
from bot.understanding.lexicon import load
from bot.understanding.reserved import names_of_languages

BOTH = ["es", "en"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("stop", "stop"),
        ("STOP!", "stop"),
        ("/stop", "stop"),
        ("/stop@acme_bot", "stop"),
        ("Opt-out", "stop"),
        ("baja", "stop"),
        ("Cancelar suscripción.", "stop"),
        ("cancel", "stop_unless_label"),
        ("fin", "stop_unless_label"),
        ("basta", "stop_unless_label"),
        ("start", "start"),
        ("empezar", "start"),
        ("help", "help"),
        ("ayuda", "help"),
        ("human", "human"),
        ("quiero hablar con una persona", "human"),
        ("back", "back"),
        ("atrás", "back"),
        ("atras", "back"),
        ("What do you know about me?", "about_me"),
        ("¿Qué sabes de mí?", "about_me"),
        ("idioma", "language"),
        ("skip", "skip"),
        ("omitir", "skip"),
        ("stop?", None),
        ("stop the delivery", None),
        ("don't stop", None),
        ("help me choose a size", None),
        ("9", None),
        ("", None),
        ("...", None),
    ],
)
def test_reserved(text: str, meant: str | None) -> None:
    """Only the whole message is a reserved word, in any of the languages."""
    assert reserved(text, BOTH) == meant


def test_other_languages() -> None:
    """Words of languages that nobody speaks here are plain words; English always is."""
    assert reserved("baja", ["en"]) is None
    assert reserved("stop", ["es"]) == "stop"
    assert reserved("help", ["tlh"]) == "help"
    assert reserved("fin", ["es-MX"]) == "stop_unless_label"


def test_stop_wins() -> None:
    """A word that stops in one language stops, whatever it means in another."""
    for language in BOTH:
        for said, meant in reserved_words(language).items():
            if meant == "stop":
                assert reserved(said, BOTH) == "stop"


def test_every_message() -> None:
    """No reserved message, name or wish of a lexicon is overlooked, however typed."""
    for language in BOTH:
        for said in reserved_words(language):
            assert reserved(f"{said.upper()}!", [language]), said
        for said in names_of_languages(language):
            assert chosen_language(f" {said}.", [language]), said
        wishes = load(language).stop_wishes
        slots = {"write": wishes.write, "bare": wishes.bare, "me": wishes.me}
        for phrase in wishes.phrases:
            for words in product(*slots.values()) if "{" in phrase else [("", "", "")]:
                said = phrase.format(**dict(zip(slots, words, strict=True)))
                assert wishes_stop(f"8, {said}", [language]), said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("español", "es"),
        ("Spanish, please", "es"),
        ("in English please", "en"),
        ("en español por favor", "es"),
        ("inglés", "en"),
        ("francés", "fr"),
        ("I am English", None),
        ("my Spanish order", None),
        ("en", None),
        ("", None),
    ],
)
def test_chosen_language(text: str, code: str | None) -> None:
    """A language is chosen by a message that names it and says nothing else."""
    assert chosen_language(text, BOTH) == code


@pytest.mark.parametrize(
    "text",
    [
        "Please stop writing to me",
        "stop texting me!!",
        "8, stop texting me",
        "leave me alone",
        "Don't contact me again",
        "no more messages please",
        "remove me from your list",
        "Can you please stop messaging me?",
        "no me escribáis más",
        "no me escribais mas",
        "dejad de escribirme, por favor",
        "no quiero recibir más mensajes",
        "Por favor, déjenme en paz",
        "borradme de vuestra lista",
    ],
)
def test_wishes_stop(text: str) -> None:
    """A wish to be left alone is heard, however it is put."""
    assert wishes_stop(text, BOTH)


@pytest.mark.parametrize(
    "text",
    [
        "stopped working",
        "They did not stop writing to me",
        "The salesman would not leave me alone",
        "I never contact support",
        "don't bother",
        "nobody ever called me",
        "el vendedor no me dejó en paz",
        "no me llamaron más que una vez para el pedido",
        "9",
        "",
    ],
)
def test_no_wish(text: str) -> None:
    """A story about others is no wish."""
    assert not wishes_stop(text, BOTH)
