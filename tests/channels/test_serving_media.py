"""A server fetches what comes through its channels by itself, and tells no secrets."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.clock import now
from bot.config import load_settings
from bot.model.contact import Address
from bot.model.files import Fetched
from bot.model.message import Delivery, Inbound, Media, State
from bot.model.rates import FREE, Rates
from bot.serving import served
from channels.web.limits import Limits
from tests import buckets
from tests.channels.web.serving import PATIENCE
from tests.examples import lay_out

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


class Giving:
    """A channel whose people send photos."""

    name = "giving"
    at_once: int | None = 1
    rates: Rates = FREE

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Send nothing anywhere."""
        return "sent", str(delivery.id)

    async def fetch(self, _reference: str) -> Fetched:
        """Return a photo."""
        return Fetched(self._parts())

    async def _parts(self) -> AsyncGenerator[bytes, None]:
        yield PNG


async def test_a_photo_through_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What comes with a message lies in the bucket soon after, under its row's name."""
    lay_out(tmp_path)
    bucket = buckets.fresh_bucket()
    for name, value in buckets.keys().items():
        monkeypatch.setenv(name, value)
    environ = {"VOXPOP_MEDIA": f"s3://{bucket}", "VOXPOP_LOG__LEVEL": "debug"}
    settings = load_settings(tmp_path / "config.yaml", environ)
    address = Address("giving", "ann")
    async with served(None, settings, Limits(), [Giving()]) as found:

        async def until_told() -> None:
            await found.stopping.wait()

        running = asyncio.create_task(found.run(until_told))
        message = Inbound(
            address=address, key="1", at=now(), media=Media("photo", "file-1")
        )
        await found.house.inbox.take(message)
        ann = await found.house.store.find(address)
        assert ann is not None
        async with asyncio.timeout(PATIENCE):
            while True:
                async with found.house.store.reading() as work:
                    [row] = await work.media_of(ann.id)
                if row.state != "due":
                    break
                await asyncio.sleep(0.01)  # the bucket needs the processor, too
        found.stopping.set()
        await running
    assert row.state == "kept"
    assert buckets.held(bucket) == {row.name: PNG}
    told = capsys.readouterr()
    assert "media_tried" in told.err
    for private in (buckets.SECRET, "file-1", '"ann"'):
        assert private not in told.out + told.err
