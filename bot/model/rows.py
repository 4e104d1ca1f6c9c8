"""Buttons laid out in rows by the width of their labels."""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import Final

from bot.model.display import Offer
from bot.model.limits import Menu

PADDING: Final = 2
"""Letters' room around the label of a button."""

Rows = tuple[tuple[Offer, ...], ...]


def rows(offers: Sequence[Offer], menu: Menu) -> Rows:
    """Return buttons in rows of nearly equal length, in their order.

    In a row all buttons are as wide as the widest.
    """
    if not offers or menu.a_row is None:
        return (tuple(offers),) if offers else ()
    count = ceil(len(offers) / _most(offers, menu, menu.a_row))
    size, longer = divmod(len(offers), count)
    starts = [place * size + min(place, longer) for place in range(count + 1)]
    return tuple(tuple(offers[start:end]) for start, end in pairwise(starts))


def _most(offers: Sequence[Offer], menu: Menu, a_row: int) -> int:
    """Return how many of these buttons stand side by side."""
    if menu.columns is None:
        return a_row
    widest = max(width(offer.label) for offer in offers) + PADDING
    return max(1, min(a_row, menu.columns // widest))


def width(label: str) -> int:
    """Return how many letters wide a label is; those of China and Japan count twice.

    >>> width("Price"), width("価格"), width("e\u0301")
    (5, 4, 1)
    """
    return sum(_width(letter) for letter in label)


def _width(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
