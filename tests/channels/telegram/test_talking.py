"""A survey on Telegram from end to end, with the real library and a testbed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.telegram import testbed as bot_api
from tests.channels.telegram.rules import check_send
from tests.channels.telegram.serving import Mode, Person, serving, until
from tests.channels.telegram.testbed import TOKEN, Testbed

SCALE = [[str(n) for n in range(start, end)] for start, end in ((0, 6), (6, 11))]


@pytest.fixture
async def bed() -> AsyncIterator[Testbed]:
    """Return a testbed that nobody asked anything yet."""
    async with bot_api.emulator() as opened:
        yield opened


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_nps(tmp_path: Path, bed: Testbed, mode: Mode) -> None:
    """A customer answers by pressing and typing, and all that is sent is valid."""
    url = bed.base_url.removesuffix("/bot")
    async with serving(tmp_path, url, TOKEN, mode) as found:
        ann = Person(bed)
        await ann.say("/start")
        await ann.hears("Ann, how likely are you to recommend")
        assert ann.labels() == SCALE
        await ann.press("8")
        await ann.hears("What should we get better at?")
        await ann.press("Price")
        await until(lambda: ann.marked() == ["Price"])
        await ann.press("Delivery speed")
        await until(lambda: ann.marked() == ["Delivery speed", "Price"])
        await ann.press("Done")
        await ann.hears("Thank you for helping us")
        await until(lambda: ann.marked(0) == ["8"])
        await until(lambda: ann.labels() == [["✓ Delivery speed"], ["✓ Price"]])
        cells = await found.house.store.reports.counts(
            flow="nps", start=None, end=None, by=()
        )
        counted = {(c.measure, c.step, c.value): c.n for c in cells}
        assert counted["answer", "score", "8"] == 1
        assert counted["completed", "", ""] == 1
        assert counted["delivered", "", ""] == 1
    assert len(bed.answers()) == 4
    for fields in bed.sent:
        check_send(fields)
