"""What simulated customers say, a language a file, and how they put it together."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec
from msgspec import Struct

from bot.clock import Chance
from bot.errors import InvalidDocument
from flows.language.loader import read

FALLBACK: Final = "en"
CALM, CARELESS, LOUD = 0.55, 0.3, 0.25
"""How many write with a full stop, all in lower case, with more than one sentence."""

Said = tuple[str, ...]
Comments = Mapping[str, Said]
"""Theme to what is said about it."""


class Voice(Struct, frozen=True, rename={"yes_": "yes", "no_": "no"}):
    """How people talk in one language."""

    numbers: Said
    scores: Said
    remarks: Said
    yes_: Said
    no_: Said
    skip: Said
    back: Said
    stop: Said
    unclear: Said
    joiner: str
    dates: Said
    signs: Mapping[str, Said]
    unhappy: Comments
    middling: Comments
    happy: Comments
    tails: Comments


@cache
def voice(language: str) -> Voice:
    """Return how people talk in a language, in English where nobody has told."""
    base = language.partition("-")[0].lower()
    folder = resources.files(__package__) / "voices"
    known = {file.name.removesuffix(".yaml") for file in folder.iterdir()}
    name = base if base in known else FALLBACK
    return msgspec.convert(_data(f"voices/{name}.yaml"), Voice, strict=False)


@cache
def names() -> Said:
    """Return first names from many places."""
    rows = msgspec.convert(_data("names.yaml"), list[Said], strict=False)
    return tuple(name for row in rows for name in row)


def _data(name: str) -> Any:  # noqa: ANN401 - a tree of the loader's
    file = resources.files(__package__) / name
    document = read(name, file.read_bytes())
    if document.problems:
        raise InvalidDocument(document.problems)
    return document.data


def comment(said: Voice, tone: str, theme: str, chance: Chance) -> str:
    """Return what somebody says in this tone (`unhappy`, `middling`, `happy`)."""
    words = filled(chance.choice(getattr(said, tone)[theme]), chance)
    if chance.random() < LOUD:
        words += f". {chance.choice(said.tails[tone])}"
    if chance.random() < CARELESS:
        return words.lower()
    if chance.random() < CALM:
        words += "!" if tone == "happy" and chance.random() < CALM else "."
    return words


def filled(words: str, chance: Chance) -> str:
    """Return words with small numbers for `{days}` and `{minutes}`."""
    days, minutes = chance.randint(2, 9), chance.randrange(5, 50, 5)
    return words.replace("{days}", str(days)).replace("{minutes}", str(minutes))


def score(said: Voice, number: int, high: int, chance: Chance) -> str:
    """Return a number on a scale as somebody types it."""
    return _numbered(chance.choice(said.scores), said.numbers, number, high)


def remark(said: Voice, number: int, high: int, words: str, chance: Chance) -> str:
    """Return a number and a comment as somebody types them in one message."""
    told = _numbered(chance.choice(said.remarks), said.numbers, number, high)
    clause = words if words.startswith(("I ", "I'")) else words[:1].lower() + words[1:]
    return told.replace("{comment}", words).replace("{clause}", clause)


def _numbered(words: str, numbers: Sequence[str], number: int, high: int) -> str:
    word = numbers[number] if number < len(numbers) else str(number)
    for slot, value in (("{n}", number), ("{word}", word), ("{high}", high)):
        words = words.replace(slot, str(value))
    return words
