"""What a service can show, as plain data that each channel owns."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from bot.model.answer import MEDIA

Unit = Literal["characters", "utf16", "bytes", "escaped"]
"""What services count: characters, units of UTF-16, bytes of UTF-8, or characters
once & < and > are written as &amp; &lt; and &gt;."""

Form = Literal["buttons", "stars", "list", "select", "boxes", "toggles", "calendar"]
"""How answers are offered: a list opens from a button, a select unfolds, boxes are
checked, toggles are buttons that stay pressed."""

BESIDE: Final[frozenset[Form]] = frozenset({"select", "boxes", "calendar"})
"""Forms that hold the answers alone: skip and done are buttons beside them."""


def _escaped(text: str) -> int:
    return len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


_SIZES: Final[Mapping[Unit, Callable[[str], int]]] = MappingProxyType(
    {
        "characters": len,
        "utf16": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
        "bytes": lambda text: len(text.encode("utf-8", "surrogatepass")),
        "escaped": _escaped,
    }
)


class Limit(Struct, frozen=True):
    """At most so much text, in the unit that the service counts in."""

    most: int
    unit: Unit = "characters"

    def size(self, text: str) -> int:
        """Return how long the service takes a text to be.

        >>> Limit(20).size("👍🏽"), Limit(20, "utf16").size("👍🏽"), Limit(20, "bytes").size("ñ")
        (2, 4, 2)
        """  # noqa: E501 - three units side by side
        return _SIZES[self.unit](text)

    def holds(self, text: str) -> bool:
        """Tell whether a text is short enough."""
        return self.size(text) <= self.most


class Menu(Struct, frozen=True, kw_only=True):
    """One way to offer answers, and how much of it there may be.

    `most` counts all that can be pressed in it, skip and done with it where the form
    holds these. `a_row` and `columns` lay buttons out: so many a row at most, and so
    many letters wide in all; without them the service does it. `text` bounds the
    words above it, `value` what a press brings back: the key of an option.
    """

    form: Form
    most: int | None = None
    a_row: int | None = None
    columns: int | None = None
    label: Limit | None = None
    value: Limit | None = None
    text: Limit | None = None
    opens: Limit | None = None
    """The button that opens it."""
    stars: int | None = None
    """The longest scale from 1 that it can show."""


class Limits(Struct, frozen=True, kw_only=True):
    """What one service can show; of several menus for a kind the best stands first.

    `ends` says that the words for the ends of a scale stand beside its buttons,
    `gives` which kinds of media a contact can send. `window` is how long after the
    contact's last words we may write freely; later only an approved template may go.
    """

    service: str
    text: Limit | None = None
    caption: Limit | None = None
    """The words under a picture."""
    scale: tuple[Menu, ...] = ()
    choice: tuple[Menu, ...] = ()
    """For one of several options, for yes and no, and for a skip alone."""
    choices: tuple[Menu, ...] = ()
    date: tuple[Menu, ...] = ()
    ends: bool = False
    gives: frozenset[str] = MEDIA
    window: timedelta | None = None
