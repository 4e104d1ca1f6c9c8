"""The stores that the contract is held against, each empty and on its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import SqlStore, open_store
from tests.databases import fresh_database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a database file may be made."""
    return tmp_path / "voxpop.db"


@pytest.fixture(
    params=["memory", "file", pytest.param("postgres", marks=pytest.mark.postgres)]
)
async def store(request: pytest.FixtureRequest, file: Path) -> AsyncIterator[SqlStore]:
    """Open a store; further engines join here."""
    places = {
        "memory": lambda: "sqlite:///:memory:",
        "file": lambda: f"sqlite:///{file}",
        "postgres": fresh_database,
    }
    async with open_store(places[request.param]()) as opened:
        yield opened
