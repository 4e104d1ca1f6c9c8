"""Typed text in, typed answer out: pure, in the contact's language."""

from bot.understanding.options import takes_places
from bot.understanding.reserved import (
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
from bot.understanding.understand import understand
from bot.understanding.words import normalise

__all__ = [
    "ask_again",
    "chosen_language",
    "normalise",
    "reserved",
    "reserved_words",
    "scale_line",
    "sentence",
    "takes_places",
    "understand",
    "wishes_stop",
    "written_value",
]
