"""Servers killed at random while people talk with them, on every kind of database."""

from pathlib import Path

import pytest

from bot.clock import seeded
from tests.torture.ordeal import go_through, ordeal

pytestmark = pytest.mark.e2e
SEED = 2611


@pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
async def test_kills(tmp_path: Path, engine: str) -> None:
    """Whatever is killed or fails meanwhile, nothing is lost and nothing is doubled."""
    chance = seeded(SEED)
    async with ordeal(tmp_path, engine, 1, chance) as one:
        result = await go_through(one, chance, breaks=6)
    assert result.violations == [], SEED
    assert result.kills > 0
    assert result.figures.messages >= result.acked > 100
