"""What people type, held against what they mean."""

from collections import Counter

import pytest

from bot.model.answer import Accepted
from tests.understanding.tables import Row, rows, said, shown

LANGUAGES = ("en", "es")
SETS = [f"heldout-{n}.{language}" for n in (1, 2, 3) for language in LANGUAGES]


@pytest.mark.parametrize(
    "row", [row for one in LANGUAGES for row in rows(f"built.{one}")], ids=str
)
def test_built(row: Row) -> None:
    """Every phrase the grammar was built on is read as it is meant, remark and all."""
    understood = row.read()
    assert said(understood) == row.meant
    assert getattr(understood, "comment", None) == row.comment


@pytest.mark.parametrize("name", SETS)
def test_held_out(name: str) -> None:
    """Of phrases written beforehand none is read wrong, and 96 % are read right."""
    outcomes: Counter[str] = Counter()
    wrong = []
    for row in rows(name):
        understood = row.read()
        if not isinstance(understood, Accepted):
            outcomes["right" if row.meant == "ask" else "asked again"] += 1
        elif shown(understood.value) == row.meant:
            outcomes["right"] += 1
        else:
            wrong.append(str(row))
    assert not wrong
    assert outcomes["right"] >= 0.96 * outcomes.total()
