"""Talk with a flow at your desk: messages as lines, options shown beneath."""

import textwrap
from collections.abc import Callable
from typing import Final

from bot.model.answer import SCORED
from bot.model.message import Delivery, Outbound, Shown, State

WIDTH: Final = 76

Print = Callable[[str], None]


class Terminal:
    """The channel of the desk: what is printed is delivered."""

    name = "terminal"
    at_once: int | None = 1

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
    shown = content.shown
    if shown is None:
        return []
    lines = _scale(shown) if shown.kind in SCORED else _labels(shown)
    if shown.skip:
        lines.append(f"  ({shown.skip})")
    return lines


def _scale(shown: Shown) -> list[str]:
    if shown.minimum is None or shown.maximum is None:
        return []
    numbers = " ".join(str(n) for n in range(shown.minimum, shown.maximum + 1))
    ends = [f"{shown.minimum} = {shown.low}"] if shown.low else []
    ends += [f"{shown.maximum} = {shown.high}"] if shown.high else []
    rows = textwrap.wrap(numbers, WIDTH - 2)
    return [f"  {row}" for row in rows] + ([f"  {' … '.join(ends)}"] if ends else [])


def _labels(shown: Shown) -> list[str]:
    labels = [option.label for option in shown.options]
    if shown.kind in {"yes_no", "consent"}:
        return [f"  {' / '.join(labels)}"]
    if any(char.isdigit() for label in labels for char in label):
        return [f"  - {label}" for label in labels]
    return [f"  {place}. {label}" for place, label in enumerate(labels, 1)]


def printable(text: str) -> str:
    r"""Return a text that cannot steer a terminal.

    >>> printable("a\x1b[31mb")
    'a?[31mb'
    """
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
