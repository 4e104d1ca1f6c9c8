"""The brand's colours, made readable.

WCAG 2.2 asks for a contrast of 4.5 to 1 for words, and of 3 to 1 for controls.
"""

from typing import Final

from msgspec import Struct

DEFAULT: Final = "#0b6b58"
READABLE: Final = 4.5
SEEN: Final = 3.0
LIGHT: Final = "#ffffff"
DARK: Final = "#000000"
DAY: Final = "#f5f6f5"
GREY: Final = "#7d8783"
NIGHT: Final = "#1c1c1e"
"""The page's ground in the dark, or a shade lighter."""


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
    """Return the style that hands the colours to the page, for light and for dark."""
    light, dark = colours(color), colours(lighter(color or DEFAULT))
    return (
        f":root{{--brand:{light.brand};--on-brand:{light.on_brand};"
        f"--brand-edge:{edge(light.brand)};"
        f"--brand-dark:{dark.brand};--on-brand-dark:{dark.on_brand}}}\n"
    )


def edge(color: str) -> str:
    """Return what outlines a colour on a light page: itself, or grey if it is lost.

    >>> edge("#0b6b58"), edge("#f8f8f8")
    ('#0b6b58', '#7d8783')
    """
    return color if contrast(color, DAY) >= SEEN else GREY


def lighter(color: str) -> str:
    """Return a colour mixed with white until it stands out from a dark page.

    >>> lighter("#ffe600"), lighter("#000000") > "#666666"
    ('#ffe600', True)
    """
    parts = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    for tenths in range(11):
        mixed = [part + (255 - part) * tenths // 10 for part in parts]
        found = "#" + "".join(f"{part:02x}" for part in mixed)
        if contrast(found, NIGHT) >= READABLE:
            return found
    return LIGHT


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
