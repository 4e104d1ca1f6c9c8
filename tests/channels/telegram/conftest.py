"""Shops in a hurry, and their clock."""

import pytest

from tests.channels.telegram.shop import Shift, hurry


@pytest.fixture
def shift(monkeypatch: pytest.MonkeyPatch) -> Shift:
    """Hurry, and return the clock that a test may set forward."""
    return hurry(monkeypatch)
