"""The fake platform is ours: it does what its knobs say, and the channel says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import seeded
from bot.errors import ChannelError, Throttled, Unreachable
from tests.fakes.channel import PushChannel
from tests.fakes.platform import Knobs, Platform, listening
from tests.storage.samples import delivery

QUICK = 0.001


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Platform]:
    """Return a platform that answers quickly."""
    async with listening(seeded(1), tmp_path / "platform.jsonl") as opened:
        opened.knobs = Knobs(quick_seconds=QUICK)
        yield opened


async def test_taken(platform: Platform) -> None:
    """What is taken is sent, and stands in the log with when it was open."""
    assert await PushChannel(platform.port).send(delivery(7)) == ("sent", "7")
    [found] = platform.taken
    assert found.closed is not None
    assert (found.id, found.how) == (7, "taken")
    assert found.open_at(found.opened)
    assert not found.open_at(found.closed)


@pytest.mark.parametrize("knob", ["reset", "broken"])
async def test_nobody_knows(platform: Platform, knob: str) -> None:
    """Cut off after it was taken, or answered with a fault, a message is unknown."""
    platform.knobs = Knobs(**{knob: 1.0}, quick_seconds=QUICK)  # type: ignore[arg-type]
    state, _ = await PushChannel(platform.port).send(delivery(7))
    assert state == "unknown"
    assert len(platform.taken) == 1


async def test_too_late(platform: Platform) -> None:
    """Who does not wait for the answer does not know."""
    platform.knobs = Knobs(late=1.0, late_seconds=60.0)
    state, _ = await PushChannel(platform.port, patience=0.1).send(delivery(7))
    assert state == "unknown"


async def test_slowing_down(platform: Platform) -> None:
    """429 says for how long to wait."""
    platform.knobs = Knobs(throttled=1.0, retry_after=9, quick_seconds=QUICK)
    with pytest.raises(Throttled) as raised:
        await PushChannel(platform.port).send(delivery(7))
    assert raised.value.retry_after.seconds == 9
    assert platform.taken == []


async def test_not_taken(platform: Platform) -> None:
    """A fault that says that nothing was taken may be tried again."""
    platform.knobs = Knobs(refused=1.0, quick_seconds=QUICK)
    with pytest.raises(ChannelError) as raised:
        await PushChannel(platform.port).send(delivery(7))
    assert raised.value.retryable
    assert platform.taken == []


async def test_no_connection(platform: Platform) -> None:
    """Where nobody listens nothing left; at the same port it goes on later."""
    await platform.close()
    with pytest.raises(Unreachable):
        await PushChannel(platform.port).send(delivery(7))
    await platform.open()
    assert (await PushChannel(platform.port).send(delivery(7)))[0] == "sent"
