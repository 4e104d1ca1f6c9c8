"""Dotted names: how conditions and texts point at what is known."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Final, NamedTuple

Scope = Mapping[str, Mapping[str, object]]
"""All that is known, by root: `answers.referral.willing` is the key `referral.willing`
of the root `answers`. What is not there is absent."""

CONDITION_ROOTS: Final = ("answers", "contact", "event", "session")
TEXT_ROOTS: Final = (*CONDITION_ROOTS, "brand", "programme", "referral", "referrer")


class Path(NamedTuple):
    """A name: its root, and the rest of it as one key.

    >>> str(Path.of("answers.referral.willing")), Path.of("brand.name").root
    ('answers.referral.willing', 'brand')
    """

    root: str
    key: str

    def __str__(self) -> str:
        """Return the name as it is written."""
        return f"{self.root}.{self.key}"

    @classmethod
    def of(cls, text: str) -> "Path":
        """Return the path that a dotted text writes."""
        root, _, key = text.partition(".")
        return cls(root, key)


def nearest(word: str, known: Collection[str]) -> str | None:
    """Return the known word that was probably meant, or None.

    >>> nearest("scroe", ["score", "why"]), nearest("elsewhere", ["score"])
    ('score', None)
    """
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), None)


def or_rather(near: str | None) -> str:
    """Return the end of a message that names what was probably meant.

    >>> "no step 'scroe'" + or_rather("score")
    "no step 'scroe'; did you mean 'score'?"
    """
    return f"; did you mean '{near}'?" if near else ""
