"""A shop whose bot talks with our fake Bot API, in a hurry."""

import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bot import clock as clocks
from bot.model.rates import Rates
from bot.service import outbox, sender, timers
from bot.serving import Served
from channels.telegram import account, polling
from channels.telegram.channel import Telegram
from tests.channels.telegram.serving import Mode, Person, serving, until
from tests.examples import lay_out
from tests.fakes.telegram import TOKEN, FakeTelegram, listening

SECRET: Final = "a-secret-of-this-shop-and-of-no-other"  # noqa: S105 - it opens nothing
SOON: Final = 0.02
NONE: Final[Mapping[str, str]] = {}
BUSY: Final = "SELECT 1 FROM outbox WHERE state IN ('due', 'claimed', 'sending')"


class Shift:
    """The time as it is, and as much later as a test says."""

    def __init__(self) -> None:
        self.later = timedelta()

    def __call__(self) -> datetime:
        """Return the time."""
        return NOW() + self.later


NOW: Final = clocks.now


def hurry(patch: pytest.MonkeyPatch) -> Shift:
    """Have nothing wait that waits out of politeness; return the clock."""
    shift = Shift()
    patch.setattr(clocks, "now", shift)
    patch.setattr(Telegram, "rates", Rates())
    patch.setattr(account, "READ_SECONDS", 0.3)
    for place, name in (
        (sender, "PAUSE"),
        (outbox, "PAUSE"),
        (timers, "PAUSE"),
        (polling, "SHORTEST"),
        (polling, "IDLE_SECONDS"),
    ):
        patch.setattr(place, name, SOON)
    patch.setattr(sender, "SHORTEST", timedelta(seconds=SOON))
    patch.setattr(sender, "REFUSED_FOR", timedelta(seconds=SOON))
    patch.setattr(polling, "LONGEST", SOON * 4)
    return shift


class Shop:
    """A shop in a folder: its settings, its database, and Telegram at its other end."""

    def __init__(
        self, folder: Path, fake: FakeTelegram, mode: Mode, **settings: str
    ) -> None:
        self.folder = lay_out(folder)
        self.fake = fake
        self.mode = mode
        self.served: Served | None = None
        self._settings = {"VOXPOP_CHANNELS__TELEGRAM__SECRET": SECRET, **settings}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Served]:
        """Open the shop's server, and close it after use."""
        url, more = self.fake.url, self._settings
        async with serving(self.folder, url, TOKEN, self.mode, **more) as served:
            self.served = served
            yield served

    def person(self, id_: int = 4711, **more: str) -> Person:
        """Return somebody with the app."""
        return Person(self.fake, id_, **more)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a query finds in the database."""
        with closing(sqlite3.connect(self.folder / "voxpop.db")) as db:
            return db.execute(query, values).fetchall()

    def sizes(self) -> Mapping[str, int]:
        """Return how many rows each table has, our own small notes left out."""
        tables = self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: self.ask(f"SELECT count(*) FROM {name}")[0][0]  # noqa: S608 - ours
            for (name,) in tables
            if name != "kept"
        }

    def states(self, id_: int = 4711) -> list[tuple[str, str | None]]:
        """Return how far each message to somebody came, and why no further."""
        return self.ask(
            "SELECT state, reason FROM outbox WHERE handle = ? ORDER BY id", str(id_)
        )

    def counted(self, measure: str) -> list[tuple[str, int]]:
        """Return what reports count, without what was taken back."""
        return self.ask(
            "SELECT value, sum(n) FROM counts WHERE measure = ? GROUP BY value"
            " HAVING sum(n) ORDER BY value",
            measure,
        )

    async def quiet(self) -> None:
        """Wait until nothing is under way any more."""
        assert self.served is not None
        assert self.served.telegram is not None
        await until(lambda: not self.fake.updates.waiting)
        await until(lambda: not self.ask(BUSY))
        await self.served.telegram.channel.settled()


@asynccontextmanager
async def shop(
    folder: Path, mode: Mode, flows: Mapping[str, str] = NONE, **settings: str
) -> AsyncIterator[Shop]:
    """Open a shop with a Bot API and flows of its own, and close it after use."""
    async with listening() as fake:
        made = Shop(folder, fake, mode, **settings)
        for name, source in flows.items():
            path = made.folder / "flows" / f"{name}.yaml"
            path.write_text(source, encoding="utf-8")
        async with made.opened():
            yield made


def payload(update: Mapping[str, Any]) -> bytes:
    """Return an update as it is posted."""
    return json.dumps(update).encode()
