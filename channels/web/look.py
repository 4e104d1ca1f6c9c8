"""The brand's colours, made readable: WCAG 2.2 asks for a contrast of 4.5 to 1."""

from typing import Final

from msgspec import Struct

DEFAULT: Final = "#0b6b58"
READABLE: Final = 4.5
LIGHT: Final = "#ffffff"
DARK: Final = "#000000"


class Colours(Struct, frozen=True):
    """A colour, and what is readable on it."""

    brand: str
    on_brand: str


def colours(color: str | None) -> Colours:
    """Return the brand's colour, and white or black, whichever reads better on it.

    >>> colours("#ffe600").on_brand, colours("#0a3d91").on_brand
    ('#000000', '#ffffff')
    """
    brand = (color or DEFAULT).lower()
    return Colours(brand, max((LIGHT, DARK), key=lambda ink: contrast(brand, ink)))


def style(color: str | None) -> str:
    """Return the style that hands the colours to the page."""
    ours = colours(color)
    return (
        f":root{{--brand:{ours.brand};--on-brand:{ours.on_brand};"
        f"--brand-dark:{ours.brand};--on-brand-dark:{ours.on_brand}}}\n"
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, 1.4.3).

    >>> round(contrast("#ffffff", "#000000"))
    21
    """
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
