"""Questions that tests ask: the day they ask on, and options in two languages."""

from datetime import date
from typing import Final

from bot.model.answer import Asked, Kind, Option, Understood
from bot.understanding import understand
from bot.understanding.lexicon import known_languages

MONDAY: Final = date(2026, 3, 2)
LANGUAGES: Final = known_languages()
OPTIONS: Final = {
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
KINDS: Final[tuple[Kind, ...]] = (
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
)


def read(kind: Kind, text: str, language: str = "en", **more: float) -> Understood:
    """Return how a text is understood."""
    options = OPTIONS.get(language, OPTIONS["en"]) if kind.startswith("choi") else ()
    asked = Asked(kind=kind, options=options, **more)  # type: ignore[arg-type]
    return understand(asked, text, language, today=MONDAY, region="ES")
