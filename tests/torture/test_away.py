"""Databases that are full, or go away and come back, while people talk."""

import resource
from pathlib import Path

import httpx
import pytest

from bot.clock import seeded
from tests.fakes.webhook import PATH
from tests.torture.database import FILE, damage, rows
from tests.torture.ordeal import Ordeal, go_through, ordeal

pytestmark = pytest.mark.e2e
SEED = 1123
POSTGRES = pytest.mark.postgres


@pytest.mark.parametrize(
    ("engine", "fault"),
    [
        ("sqlite", "away"),
        pytest.param("postgresql", "away", marks=POSTGRES),
        pytest.param("postgresql", "cut", marks=POSTGRES),
    ],
)
async def test_the_database_is_away(tmp_path: Path, engine: str, fault: str) -> None:
    """While it is locked, stopped or cut off nothing is acknowledged; then all is well.

    Nobody was killed and nothing was cut off on its way, so nothing is unknown.
    """
    chance = seeded(SEED)
    async with ordeal(tmp_path, engine, 1, chance) as one:
        result = await go_through(one, chance, breaks=2, only=fault)
    assert result.violations == [], SEED
    assert result.faults[fault] == 2
    assert result.acked > 20
    assert "unknown" not in result.figures.states


async def test_a_full_disk(tmp_path: Path) -> None:
    """On a full disk 503 is said and nothing is acknowledged; with room it goes on."""
    async with ordeal(tmp_path, "sqlite", 1, seeded(SEED)) as one:
        [server] = one.victims.all
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
            server.limit_files(size_of_log(one) + 300_000)
            acked = await said_until_refused(http)
            server.limit_files(resource.RLIM_INFINITY)
            refused = f"full-{len(acked):04}"
            assert (await said(http, refused)).status_code == 200
        assert await keys(one) == [*acked, refused]
        assert await damage(one.database.url) == []
        await one.rest()


def size_of_log(one: Ordeal) -> int:
    """Return how large the write-ahead log is."""
    return Path(f"{one.database.url.removeprefix(FILE)}-wal").stat().st_size


async def said(http: httpx.AsyncClient, key: str) -> httpx.Response:
    """Send a long message."""
    return await http.post(PATH, json={"key": key, "sender": "ann", "text": "x" * 9000})


async def said_until_refused(http: httpx.AsyncClient) -> list[str]:
    """Send messages until one is refused; return the keys of those that were not."""
    acked: list[str] = []
    while True:
        key = f"full-{len(acked):04}"
        answer = await said(http, key)
        if answer.status_code != 200:
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            return acked
        acked.append(key)


async def keys(one: Ordeal) -> list[str]:
    """Return the keys of the messages that are stored, in their order."""
    found = await rows(one.database.url, "SELECT key FROM inbound ORDER BY id")
    return [key for (key,) in found]
