"""Which expected message is which of those that were said, where some differ."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.service.rehearsal.matching import matches


class Pair(NamedTuple):
    """An expected message and the one said in its place, by number, None for none."""

    expected: int | None
    said: int | None
    same: bool


def aligned(expected: Sequence[str], said: Sequence[str]) -> list[Pair]:
    """Pair messages in order so that as many as can be are the same.

    >>> aligned(["Hi.", "Bye."], ["Hi.", "How are you?", "Bye."])[1]
    Pair(expected=None, said=1, same=False)
    """
    longest = _longest(expected, said)
    pairs: list[Pair] = []
    gap: tuple[list[int], list[int]] = ([], [])
    i = j = 0
    while i < len(expected) or j < len(said):
        if (
            i < len(expected)
            and j < len(said)
            and _is_same(longest, i, j, expected, said)
        ):
            pairs += [*_differing(*gap), Pair(i, j, same=True)]
            gap = ([], [])
            i, j = i + 1, j + 1
        elif j == len(said) or (
            i < len(expected) and longest[i + 1][j] >= longest[i][j + 1]
        ):
            gap[0].append(i)
            i += 1
        else:
            gap[1].append(j)
            j += 1
    return [*pairs, *_differing(*gap)]


def _is_same(
    longest: Sequence[Sequence[int]],
    i: int,
    j: int,
    expected: Sequence[str],
    said: Sequence[str],
) -> bool:
    """Say whether two messages match, and pairing them loses no other pair."""
    return matches(expected[i], said[j]) and longest[i][j] == longest[i + 1][j + 1] + 1


def _longest(expected: Sequence[str], said: Sequence[str]) -> list[list[int]]:
    """Return how many pairs are the same at most, from each two places on."""
    table = [[0] * (len(said) + 1) for _ in range(len(expected) + 1)]
    for i in reversed(range(len(expected))):
        for j in reversed(range(len(said))):
            same = table[i + 1][j + 1] + 1 if matches(expected[i], said[j]) else 0
            table[i][j] = max(same, table[i + 1][j], table[i][j + 1])
    return table


def _differing(expected: Sequence[int], said: Sequence[int]) -> list[Pair]:
    """Pair what differs one by one, as far as there are two."""
    count = max(len(expected), len(said))
    return [
        Pair(
            expected[n] if n < len(expected) else None,
            said[n] if n < len(said) else None,
            same=False,
        )
        for n in range(count)
    ]
