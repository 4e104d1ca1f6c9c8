"""The service on every kind of database: what it promises holds on each."""

import pytest

from tests.databases import fresh_database
from tests.service import house


@pytest.fixture(
    autouse=True,
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have houses that name no file of their own opened on this engine."""
    if request.param == "postgres":
        monkeypatch.setattr(house, "blank", fresh_database)
    return str(request.param)
