"""Two servers on one PostgreSQL database: one asks, and the other one after it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.service import leases
from tests.channels.telegram.serving import Person, serving, until
from tests.channels.telegram.shop import Shift
from tests.databases import fresh_database, psql
from tests.fakes.telegram import TOKEN, FakeTelegram, listening

pytestmark = pytest.mark.postgres


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    """Return the fake."""
    async with listening() as opened:
        yield opened


async def test_taking_over(
    tmp_path: Path, fake: FakeTelegram, shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One server asks at a time; when it goes the other takes over what it left."""
    assert not shift.later
    monkeypatch.setattr(leases, "RENEW", 0.1)
    database = fresh_database()
    people = [Person(fake, 9000 + n) for n in range(6)]
    folders = [tmp_path / name for name in ("one", "two")]
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        for stack, folder in zip((first, second), folders, strict=True):
            folder.mkdir()
            opened = serving(folder, fake.url, TOKEN, VOXPOP_DATABASE=database)
            await stack.enter_async_context(opened)
        for ann in people:
            await ann.say("/start")
        for ann in people:
            await ann.hears("how likely are you")
        assert fake.updates.ended == 0
        for ann in people[:3]:
            await ann.press("3")
        await first.aclose()
        for ann in people[3:]:
            await ann.press("3")
        for ann in people:
            await ann.hears("What went wrong?")
            await ann.say("it came late")
            await ann.hears("May someone")
        await until(lambda: not fake.updates.waiting)
    for ann in people:
        assert len(ann.texts()) == len(set(ann.texts())) == 4
    assert psql(database, "SELECT count(*) FROM inbound") == "18"
    assert psql(database, "SELECT count(*) FROM answers") == "12"
    assert psql(database, "SELECT count(*) FROM outbox WHERE state <> 'delivered'") == (
        "0"
    )
