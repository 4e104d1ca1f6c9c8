"""Words from outside, made harmless for a terminal."""

from typing import Final

JOINER: Final = "\u200d"
"""Holds the parts of an emoji together."""


def clean(words: str) -> str:
    r"""Return the words without what would steer a terminal; line ends stay.

    >>> clean("late\x1b[2J again\r\n")
    'late [2J again \n'
    """
    return "".join(letter if _shown(letter) else " " for letter in words)


def _shown(letter: str) -> bool:
    return letter.isprintable() or letter in ("\n", JOINER)
