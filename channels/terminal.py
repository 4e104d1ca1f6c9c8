"""Talk with a flow at your desk: messages as lines, options shown beneath."""

import textwrap
from collections.abc import Callable
from typing import Final

from bot.model.answer import SCORED
from bot.model.message import Delivery, Outbound, Shown, State
from bot.model.rates import FREE, Rates
from bot.model.typed import typed

WIDTH: Final = 76

Print = Callable[[str], None]


class Terminal:
    """The channel of the desk: what is printed is delivered."""

    name = "terminal"
    at_once: int | None = 1
    rates: Rates = FREE

    def __init__(self, print_words: Print, print_options: Print) -> None:
        self._print_words = print_words
        self._print_options = print_options

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Print the message and what may be answered."""
        self._print_words(printable(delivery.content.text))
        for line in options(delivery.content):
            self._print_options(printable(line))
        return "delivered", None


def options(content: Outbound) -> list[str]:
    """Return the lines that show what may be answered, none where words are asked.

    Scales are never numbered lists: a typed 3 would be ambiguous.
    """
    if content.shown is None:
        return []
    return [f"  {line}" for line in (*_numbers(content.shown), *typed(content.shown))]


def _numbers(shown: Shown) -> list[str]:
    """Return the numbers of a scale, in lines that fit the desk."""
    if shown.kind not in SCORED or shown.minimum is None or shown.maximum is None:
        return []
    numbers = " ".join(str(n) for n in range(shown.minimum, shown.maximum + 1))
    return textwrap.wrap(numbers, WIDTH - 2)


def printable(text: str) -> str:
    r"""Return a text that cannot steer a terminal.

    >>> printable("a\x1b[31mb")
    'a?[31mb'
    """
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
