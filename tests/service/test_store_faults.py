"""The store's fault: nothing acknowledged, nothing stuck, and it works again."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import StoreUnavailable
from storage import sqlite
from tests.service.house import House, open_house

SURVEY = "flow: f\nsteps:\n  q: {ask: How was it?, answer: nps}\n"


@pytest.fixture
async def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """Return a house on a file, with a talk that waits for a score."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    async with open_house(SURVEY, file=tmp_path / "v.db") as opened:
        await opened.begin("f")
        yield opened


async def test_a_locked_database(house: House, tmp_path: Path) -> None:
    """While another program holds the file nothing is acknowledged, and then it is."""
    message = house.message("9", key="once")
    with sqlite3.connect(tmp_path / "v.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable):
            await house.inbox.take(message)
        other.execute("ROLLBACK")
    assert await house.store.stuck() == []
    assert (await house.inbox.take(message)).known is False
    assert await house.histogram() == {"9": 1}


async def test_a_full_disk(house: House) -> None:
    """On a full disk nothing is acknowledged or stuck; with room again all is well."""
    message = house.message("9", key="once")
    await limit_pages(house, 1)
    with pytest.raises(StoreUnavailable, match=r"full|room|disk"):
        await until_full(house)
    stored = await house.histogram()
    await limit_pages(house, 1_000_000)
    assert await house.store.stuck() == []
    assert stored == {}
    assert (await house.inbox.take(message)).known is False
    assert await house.histogram() == {"9": 1}


async def until_full(house: House) -> None:
    """Send words until the last free page is used."""
    while True:
        await house.inbox.take(house.message("x" * 9000))


async def limit_pages(house: House, pages: int) -> None:
    """Let the database grow to so many pages and no further."""
    driver = house.store._driver  # noqa: SLF001 - what a disk does, done to the file
    writer = driver._writer  # type: ignore[attr-defined]  # noqa: SLF001
    await writer.execute_fetchall(f"PRAGMA max_page_count = {pages}")
