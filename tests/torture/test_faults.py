"""A fault at the n-th database call, for every n: the end is as if there was none."""

import asyncio
import os
from asyncio import FIRST_COMPLETED
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreUnavailable
from bot.service.inbound import Taken
from storage import SqlStore, open_store
from tests.databases import fresh_database
from tests.service.house import House
from tests.torture import replay, shop
from tests.torture.database import FILE, damage, rows
from tests.torture.faults import KINDS, FailingDriver, Faults, Killed

TALK = ("survey", "9", "back", "3, it came late", "yes")
TRIES = 3
EVERY = "EVERY_CALL" in os.environ
STEPS = {
    "sqlite": dict.fromkeys(KINDS, 7) | {"gone": 2, "killed": 9},
    "postgresql": dict.fromkeys(KINDS, 13) | {"gone": 7, "killed": 11},
}
"""Every so manieth call fails; `make torture` has every single one fail."""
LEASED = timedelta(seconds=31)
"""After so long every lease has run out."""
OWNERS = "SELECT handle, contact FROM addresses"
OUTBOX = "SELECT contact, id, state FROM outbox ORDER BY id"
INBOUND = "SELECT contact, state FROM inbound"
FUNNEL = (
    "SELECT measure, step, sum(n) FROM counts WHERE measure <> 'answer' "
    "GROUP BY measure, step"
)


class Play:
    """One house after another on one database, and all that phones got from them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.faults = Faults(shared=not url.startswith(FILE))
        self.heard: list[int] = []
        self.kills = 0
        self._passed = timedelta()

    @asynccontextmanager
    async def house(self) -> AsyncIterator[House]:
        """Open a house; when it is killed nothing of it is put in order."""
        async with open_store(self.url) as store:
            seam = store._driver  # noqa: SLF001 - the seam is what fails
            house = House(SqlStore(FailingDriver(seam, self.faults)))
            begun = house.hands.at
            house.hands.at += self._passed
            house.listener.at_once = 4
            self.faults.asleep = True
            await house.publish(shop.SURVEY)
            self.faults.asleep = False
            self._taking = asyncio.create_task(house.inbox.run())
            try:
                yield house
            finally:
                self._passed = house.hands.at - begun + timedelta(seconds=1)
                self.heard += [each.id for each in house.listener.heard]
                self._taking.cancel()
                with suppress(asyncio.CancelledError, Killed):
                    await self._taking

    async def talks(self, kind: str, numbers: Iterable[int]) -> list[str]:
        """Have a talk for each call that can fail; return their handles.

        The first number after the last call ends it.
        """
        handles: list[str] = []
        waiting = iter(numbers)
        said: list[tuple[int, str]] = []
        while True:
            try:
                async with self.house() as house:
                    while True:
                        if not said:
                            if len(handles) > 1 and not self.faults.struck:
                                return handles
                            handles.append(f"{kind}-{next(waiting)}")
                            self.faults.arm(kind, int(handles[-1].partition("-")[2]))
                            said = list(enumerate(TALK))
                        await self._say(house, handles[-1], *said[0])
                        await self._go_out(house)
                        del said[0]
            except Killed:
                self.kills += 1

    async def _say(self, house: House, handle: str, place: int, text: str) -> None:
        """Send a message until it is acknowledged."""
        message = house.message(text, handle, key=f"{handle}-{place}")
        for _ in range(TRIES):
            with suppress(StoreUnavailable):
                await self._or_killed(asyncio.create_task(house.inbox.take(message)))
                return
        pytest.fail(f"{handle}: nobody takes {text!r}")

    async def _or_killed(self, asked: "asyncio.Task[Taken]") -> None:
        """Wait for a message to be taken, or for the house to be killed."""
        both: set[asyncio.Task[Any]] = {asked, self._taking}
        await asyncio.wait(both, return_when=FIRST_COMPLETED)
        if self._taking.done():
            asked.cancel()
            raise Killed
        asked.result()

    async def _go_out(self, house: House) -> None:
        """Have all replies go out, those behind leases too."""
        for _ in range(TRIES):
            with suppress(StoreUnavailable):
                await house.outbox.recover()
                await house.outbox.drain()
            house.hands.at += LEASED


@pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
@pytest.mark.parametrize("kind", KINDS)
async def test_every_call(tmp_path: Path, engine: str, kind: str) -> None:
    """Wherever the database fails, in the end all is as if it had not.

    What was not acknowledged comes again: each message is in once, each answer counts
    once, no reply goes out twice.
    """
    url = fresh_database() if engine == "postgresql" else f"{FILE}{tmp_path / 'v.db'}"
    play = Play(url)
    handles = await play.talks(kind, count(0, 1 if EVERY else STEPS[engine][kind]))
    assert len(handles) > 5
    assert play.kills == (len(handles) - 2 if kind == "killed" else 0)
    await check_talks(play, handles)
    await check_replies(play, handles, kind)
    assert await damage(url) == []
    async with open_store(url) as store:
        assert await store.recount() == []
        assert await store.stuck() == []


async def check_talks(play: Play, handles: list[str]) -> None:
    """Assert that every talk left what the first one left."""
    owners: dict[str, int] = dict(await rows(play.url, OWNERS))
    assert sorted(owners) == sorted(handles)
    left = replay.left(*[await rows(play.url, query) for query in replay.QUERIES])
    faultless = left[owners[handles[0]]]
    assert faultless.answers
    for handle in handles:
        assert left[owners[handle]] == faultless, handle
    arrived = Counter(contact for contact, _ in await rows(play.url, INBOUND))
    assert set(arrived.values()) == {len(TALK)}


async def check_replies(play: Play, handles: list[str], kind: str) -> None:
    """Assert that each reply went out once, and none of them a second time.

    Of one a kill it may be unknown whether it did.
    """
    assert len(play.heard) == len(set(play.heard))
    outbox = await rows(play.url, OUTBOX)
    became = {id_: state for _, id_, state in outbox}
    unknown = {id_ for id_, state in became.items() if state == "unknown"}
    delivered = {id_ for id_, state in became.items() if state == "delivered"}
    assert delivered <= set(play.heard) <= delivered | unknown
    if kind == "killed":
        assert 0 < len(unknown) <= play.kills
        return
    assert set(became.values()) == {"delivered"}
    times = {n for *_, n in await rows(play.url, FUNNEL)}
    assert all(int(n) % len(handles) == 0 for n in times), times
