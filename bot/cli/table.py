"""Rows of words, one below the other."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len


def aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows with their columns one below the other.

    >>> list(aligned([("id", "when"), ("12", "now"), ("3", "")]))
    ['  id  when', '  12  now', '  3']
    """
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell + " " * (width - cell_len(cell))
            for cell, width in zip(row, widths, strict=True)
        )
        yield "  " + "  ".join(cells).rstrip()
