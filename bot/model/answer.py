"""What a question asks for, and what was understood of the words that came back."""

from typing import Final, Literal

from msgspec import Struct

Kind = Literal[
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
    "voice",
    "file",
    "location",
]
Value = int | float | bool | str | tuple[str, ...] | None
"""A typed answer: a date is ISO text, a phone E.164, choices in the order shown, and
None a question that was skipped."""

SCALES: Final[dict[str, tuple[int, int]]] = {
    "nps": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
}
SCORED: Final[frozenset[str]] = frozenset({*SCALES, "rating"})
"""The kinds whose answers are numbers on a scale, and are counted."""

MEDIA: Final[frozenset[str]] = frozenset({"photo", "voice", "file", "location"})


class Option(Struct, frozen=True):
    """One answer on offer: its key, the label shown, other words that mean it."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()


class Asked(Struct, frozen=True, kw_only=True):
    """A question as it was put, in one language: all that typed words are held against.

    `minimum` and `maximum` bound a scale (whole numbers) or a number (inclusive).
    """

    kind: Kind
    options: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False


class Accepted(Struct, frozen=True):
    """The words say this value; what was left of them, trimmed, is the comment."""

    value: Value
    comment: str | None = None


class Confirm(Struct, frozen=True):
    """The words probably mean this value; only a *yes* makes it an answer."""

    value: Value
    comment: str | None = None


class Rejected(Struct, frozen=True):
    """The words are no answer to this question; it has to be asked again."""


Understood = Accepted | Confirm | Rejected


def segment(kind: Kind, value: Value) -> str | None:
    """Return the segment a scored answer falls in, or None where kinds have none.

    NPS: Reichheld 2003 (0-6, 7-8, 9-10). CSAT: 1-2, 3, 4-5. CES 2.0: 1-3, 4, 5-7.

    >>> segment("nps", 6), segment("csat", 4), segment("ces", 4)
    ('detractor', 'satisfied', 'neutral')
    """
    if isinstance(value, int) and not isinstance(value, bool):
        for name, lowest in SEGMENTS.get(kind, ()):
            if value >= lowest:
                return name
    return None


SEGMENTS: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "nps": (("promoter", 9), ("passive", 7), ("detractor", 0)),
    "csat": (("satisfied", 4), ("neutral", 3), ("unsatisfied", 1)),
    "ces": (("easy", 5), ("neutral", 4), ("hard", 1)),
}
