"""What is counted of what the service does: each message once, and what came of it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import figures
from bot.engine import run
from bot.errors import Refused, StoreUnavailable
from bot.model.message import Delivery, State
from bot.service import backlog, inbound
from bot.service.inbound import LONGEST
from storage import sqlite
from tests.figures import Counting
from tests.service.house import House, open_house

SURVEY = "flow: f\nexpire_after: 2 days\nsteps:\n  q: {ask: How was it?, answer: nps}\n"
MESSAGES = "voxpop_inbound_messages_total"
DELIVERIES = "voxpop_outbox_deliveries_total"
ENDED = "voxpop_talks_ended_total"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house in memory with a survey."""
    async with open_house(SURVEY) as opened:
        yield opened


def broken(*_: object) -> None:
    """Break."""
    raise RuntimeError


async def test_messages_that_are_taken(house: House) -> None:
    """A message is counted when it is stored; one that comes again is known."""
    await house.begin("f")
    counted = Counting()
    message = house.message("9", key="once")
    await asyncio.gather(*(house.inbox.take(message) for _ in range(3)))
    await house.inbox.take(message)
    assert counted[MESSAGES] == {("web", "taken"): 1, ("web", "known"): 3}
    assert counted["voxpop_inbound_seconds_count"] == {(): 4}
    assert counted["voxpop_inbound_batch_messages_sum"] == {(): 4}
    assert counted["voxpop_inbound_batch_messages_count"] == {(): 2}
    assert counted["voxpop_inbound_batch_seconds_count"] == {(): 2}
    assert counted["voxpop_inbound_commit_seconds_count"] == {(): 2}


async def test_messages_that_are_stuck(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that is kept but cannot be handled is counted as stuck, once."""
    await house.begin("f")
    counted = Counting()
    monkeypatch.setattr("bot.service.batch.resume", broken)
    await house.inbox.take(house.message("9"))
    assert counted[MESSAGES] == {("web", "stuck"): 1}


async def test_messages_that_are_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that is too long, or cannot be kept at all, is counted as refused."""
    counted = Counting()
    with pytest.raises(Refused):
        await house.inbox.take(house.message("x" * (LONGEST + 1)))
    monkeypatch.setattr(inbound, "_handle", broken)
    with pytest.raises(Refused):
        await house.inbox.take(house.message("9"))
    assert counted[MESSAGES] == {("web", "refused"): 2}


async def test_messages_that_cannot_be_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the store is away, or the queue is full, messages are unavailable."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    file = tmp_path / "v.db"
    async with open_house(SURVEY, file=file) as house:
        counted = Counting()
        with sqlite3.connect(file, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreUnavailable):
                await house.inbox.take(house.message("9"))
        monkeypatch.setattr(inbound, "QUEUE_MESSAGES", 0)
        with pytest.raises(StoreUnavailable):
            await house.inbox.take(house.message("9"))
        assert counted[MESSAGES] == {("web", "unavailable"): 2}


async def test_a_late_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller who was let go was told so once: what is stored later is not told."""
    counted = Counting()
    monkeypatch.setattr(inbound, "PATIENCE", 0.0)
    with pytest.raises(StoreUnavailable):
        await house.inbox.take(house.message("9", key="late"))
    monkeypatch.undo()
    assert (await house.inbox.take(house.message("9", key="late"))).known
    assert counted[MESSAGES] == {("web", "unavailable"): 1, ("web", "known"): 1}


async def test_a_caller_who_left(house: House) -> None:
    """A message whose sender did not wait for the answer is taken all the same."""
    await house.begin("f")
    counted = Counting()
    async with house.store.transaction():
        taking = asyncio.create_task(house.inbox.take(house.message("9")))
        await asyncio.sleep(0)
        taking.cancel()
    await house.inbox.take(house.message("hello"))
    assert counted[MESSAGES] == {("web", "taken"): 2}


async def test_what_waits(house: House) -> None:
    """Messages that wait for a store that is busy are told, with their size."""
    await house.begin("f")
    async with house.store.transaction():
        first = asyncio.create_task(house.inbox.take(house.message("9")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        more = [house.message("hello", str(number)) for number in range(3)]
        others = [asyncio.create_task(house.inbox.take(each)) for each in more]
        await asyncio.sleep(0)
        assert house.inbox.waiting == (3, 15)
    await asyncio.gather(first, *others)
    assert house.inbox.waiting == (0, 0)


async def test_talks(house: House) -> None:
    """Talks are counted by flow when they begin, and by how they end."""
    counted = Counting()
    for handle in ("1", "2", "3"):
        await house.begin("f", handle)
    await house.say("9", handle="1")
    await house.say("stop", handle="2")
    await house.wait(days=3)
    assert counted["voxpop_talks_begun_total"] == {("f",): 3}
    assert counted[ENDED] == {
        ("f", "completed"): 1,
        ("f", "stopped"): 1,
        ("f", "expired"): 1,
    }


async def test_a_batch_that_fails_counts_no_talk_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was rolled back did not happen: its talks are counted when they stand."""
    for handle in ("1", "2"):
        await house.begin("f", handle)
    good, bad = house.message("9", "1"), house.message("9", "2")
    resume = run.resume

    def choosy(*given: object) -> object:
        if given[1].address.handle == "2":  # type: ignore[attr-defined]
            raise RuntimeError
        return resume(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.service.batch.resume", choosy)
    counted = Counting()
    await asyncio.gather(house.inbox.take(good), house.inbox.take(bad))
    assert counted[ENDED] == {("f", "completed"): 1}
    assert counted[MESSAGES] == {("web", "taken"): 1, ("web", "stuck"): 1}


@pytest.mark.parametrize("state", ["sent", "delivered", "failed", "unknown"])
async def test_messages_out(
    house: House, monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    """What became of a message is counted, and how long one took that left."""

    async def send(_delivery: Delivery) -> tuple[State, None]:
        if state == "unknown":
            raise RuntimeError
        if state == "failed":
            raise Refused("No.")
        return state, None

    monkeypatch.setattr(house.listener, "send", send)
    counted = Counting()
    await house.begin("f")
    assert counted[DELIVERIES] == {("web", state): 1}
    left = {("web",): 1.0} if state in {"sent", "delivered"} else {}
    assert counted["voxpop_outbox_seconds_count"] == left


async def test_messages_that_do_not_go_out(house: House) -> None:
    """A question that was answered before it left is counted as superseded."""
    await house.begin("f")
    await house.say("hm")
    counted = Counting()
    await house.inbox.take(house.message("what?"))
    await house.inbox.take(house.message("9"))
    await house.outbox.drain()
    assert counted[DELIVERIES][("web", "superseded")] == 1


async def test_messages_of_which_we_hear(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that was sent is counted as delivered once it arrived, once."""

    async def send(_delivery: Delivery) -> tuple[State, None]:
        return "sent", None

    monkeypatch.setattr(house.listener, "send", send)
    await house.begin("f")
    counted = Counting()
    for _ in range(2):
        await house.outbox.arrived(await house.store.outbox())
    assert counted[DELIVERIES] == {("web", "delivered"): 1}


async def test_time(house: House) -> None:
    """How late a talk was woken is told, in the seconds of the clock."""
    await house.begin("f")
    counted = Counting()
    await house.wait(days=2, minutes=1)
    assert counted["voxpop_timers_late_seconds_sum"] == {(): 60}
    assert counted["voxpop_timers_late_seconds_count"] == {(): 1}


async def test_a_talk_that_cannot_be_woken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A talk that is put off is counted."""
    await house.begin("f")
    monkeypatch.setattr("bot.service.batch.resume", broken)
    counted = Counting()
    await house.wait(days=3)
    assert counted["voxpop_timers_put_off_total"] == {(): 1}


async def test_a_broken_witness(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What breaks in counting breaks no message, and is told in the log."""
    await house.begin("f")
    monkeypatch.setattr(figures.TAKING, "observe_all", broken)
    assert (await house.say("9")).known is False
    assert await house.histogram() == {"9": 1}
    told = capsys.readouterr()
    assert "witness_broke" in told.err + told.out


async def test_what_waits_in_the_store(house: House) -> None:
    """What is due is told by channel, with its age; of channels that we have."""
    await house.begin("f")
    await house.inbox.take(house.message("what?"))
    house.hands.at += timedelta(minutes=1)
    told = await backlog.told(house.desk, ["web", "slack"])
    shown = {
        (sample.name, *sample.labels.values()): sample.value
        for family in told
        for sample in family.samples
    }
    assert shown[("voxpop_store_up",)] == 1
    assert shown[("voxpop_outbox_due_messages", "web")] == 1
    assert shown[("voxpop_outbox_due_messages", "slack")] == 0
    assert shown[("voxpop_outbox_oldest_due_seconds", "web")] == 60
    assert shown[("voxpop_outbox_oldest_due_seconds", "slack")] == 0


async def test_a_store_that_is_away(house: House) -> None:
    """Where the store does not answer, that is told and nothing is made up."""

    class Away:
        def reading(self) -> object:
            raise StoreUnavailable("gone")

    desk = replace(house.desk, store=Away())
    (told,) = await backlog.told(desk, ["web"])
    assert [(each.name, each.value) for each in told.samples] == [
        ("voxpop_store_up", 0.0)
    ]
