"""Pictures made of single characters, to be read beside a figure."""

from collections.abc import Sequence
from typing import Final

BLOCKS: Final = "▁▂▃▄▅▆▇█"
WIDEST: Final = 11
"""The longest scale that is drawn value by value: 0 to 10."""


def spread(counts: Sequence[int]) -> str:
    """Return one block a value, its height a share of the tallest; a dot for none.

    A scale of more than 11 values, or one that nobody used, is not drawn.

    >>> spread([0, 1, 4, 8])
    '·▁▄█'
    """
    tallest = max(counts, default=0)
    if not tallest or len(counts) > WIDEST:
        return ""
    return "".join(_block(count, tallest) for count in counts)


def _block(count: int, tallest: int) -> str:
    if count <= 0:
        return "·"
    return BLOCKS[max(0, round(len(BLOCKS) * count / tallest) - 1)]


def track(score: float, interval: tuple[float, float], lowest: float) -> str:
    """Return the way from `lowest` to 100: ━ for the range, ● where the score stands.

    >>> track(30, (14, 44), -100), track(90, (60, 98), 0)
    ('──────━●━───', '───────━━━●━')
    """
    cells = 12

    def place(figure: float) -> int:
        share = (figure - lowest) / (100 - lowest)
        return min(cells - 1, max(0, int(share * cells)))

    low, high = (place(end) for end in interval)
    line = ["━" if low <= cell <= high else "─" for cell in range(cells)]
    line[place(score)] = "●"
    return "".join(line)
