"""Typed text in, typed answer out: pure, in the contact's language."""

from bot.model.words import normalise
from bot.understanding.options import takes_places
from bot.understanding.reserved import (
    RESERVED,
    chosen_language,
    reserved,
    reserved_words,
    wishes_stop,
)
from bot.understanding.sentences import (
    ask_again,
    scale_line,
    sentence,
    written_value,
)
from bot.understanding.understand import prepare, understand

__all__ = [
    "RESERVED",
    "ask_again",
    "chosen_language",
    "normalise",
    "prepare",
    "reserved",
    "reserved_words",
    "scale_line",
    "sentence",
    "takes_places",
    "understand",
    "wishes_stop",
    "written_value",
]
