"""What every family of tables stands on."""

from collections.abc import Iterable

from storage.driver import Statements


class Table:
    """Reads on one family of tables, inside one transaction."""

    def __init__(self, db: Statements) -> None:
        self._db = db


def by_channel(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Part pairs by their first half: one look-up a channel is cheaper than pairs.

    >>> by_channel([("web", "1"), ("slack", "2"), ("web", "3")])
    {'web': ['1', '3'], 'slack': ['2']}
    """
    found: dict[str, list[str]] = {}
    for channel, other in pairs:
        found.setdefault(channel, []).append(other)
    return found
