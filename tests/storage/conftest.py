"""The stores that the contract is held against, each empty and on its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import SqlStore, open_store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a database file may be made."""
    return tmp_path / "voxpop.db"


@pytest.fixture(params=["memory", "file"])
async def store(request: pytest.FixtureRequest, file: Path) -> AsyncIterator[SqlStore]:
    """Open a store; further engines join here."""
    place = {"memory": ":memory:", "file": str(file)}[request.param]
    async with open_store(f"sqlite:///{place}") as opened:
        yield opened
