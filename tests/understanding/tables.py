"""Reads the tables of phrases: one a line, what is asked, what is typed, what is meant.

    kind | what was typed | = value | comment      accepted
    kind | what was typed | ? value | comment      to be confirmed
    kind | what was typed | x                      rejected

In the held-out sets the value stands alone, and `ask` is what must not be accepted.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast, get_args

from msgspec import Struct

from bot.model.answer import Asked, Confirm, Kind, Option, Rejected, Understood, Value
from bot.understanding import understand

PLACE = Path(__file__).parent / "tables"
MONDAY = date(2026, 3, 2)
REGIONS = {"en": None, "es": "ES"}
OPTIONS = {
    "en": (
        Option("speed", "Delivery speed"),
        Option("quality", "Product quality"),
        Option("price", "Price"),
        Option("other", "Something else"),
    ),
    "es": (
        Option("speed", "Rapidez de entrega"),
        Option("quality", "Calidad del producto"),
        Option("price", "Precio"),
        Option("other", "Otra cosa"),
    ),
}


class Row(Struct, frozen=True):
    """One phrase and what is meant by it."""

    language: str
    kind: Kind
    text: str
    meant: str
    comment: str | None

    def read(self) -> Understood:
        """Return what is understood."""
        options = OPTIONS[self.language] if self.kind.startswith("choi") else ()
        asked = Asked(kind=self.kind, options=options)
        region = REGIONS[self.language]
        return understand(asked, self.text, self.language, today=MONDAY, region=region)

    def __str__(self) -> str:
        return f"{self.language} {self.kind} {self.text}"


def rows(name: str) -> Iterator[Row]:
    """Yield the rows of a table such as `built.en`."""
    language = name.rpartition(".")[2]
    for line in (PLACE / f"{name}.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            kind, text, meant, *comment = (part.strip() for part in line.split(" | "))
            assert kind in get_args(Kind), line
            text = text.replace("\\n", "\n").replace("\\0", "\0")
            remark = comment[0] if comment else None
            yield Row(language, cast("Kind", kind), text, meant, remark)


def said(understood: Understood) -> str:
    """Return an outcome as the tables write it."""
    if isinstance(understood, Rejected):
        return "x"
    sign = "?" if isinstance(understood, Confirm) else "="
    return f"{sign} {shown(understood.value)}"


def shown(value: Value) -> str:
    """Return a value as the tables write it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)
