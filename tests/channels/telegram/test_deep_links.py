"""Links to the bot: anybody may edit what stands behind them."""

from collections.abc import AsyncIterator, Mapping
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from tests.channels.telegram.shop import Shift, Shop, shop

PAYLOADS: Final[Mapping[str, str]] = {
    "none": "",
    "the flow": "nps",
    "not allowed": "referral",
    "no flow": "nothing_of_ours",
    "other letters": "NPS",
    "a code of nobody": "join-AAAAAAAAAAAAAAAAAAAAAA",
    "an empty code": "join-",
    "64 letters": "x" * 64,
    "65 letters": "x" * 65,
    "a code of 64": "join-" + "x" * 59,
    "a code of 65": "join-" + "x" * 60,
    "4000 letters": "x" * 4_000,
    "two words": "nps referral",
    "a path": "../../flows/nps",
    "a template": "{{secret}}{0.__class__}",
    "SQL": "join-' OR 1=1 --",
    "a line": "nps\n\nreferral",
    "a null": "join-a\0b",
    "no ASCII": "join-é",
    "emoji": "🎲" * 16,
}
ids: Final = count(5000)


@pytest.fixture
async def opened(tmp_path: Path, shift: Shift) -> AsyncIterator[Shop]:
    """Return a shop whose links may begin one flow."""
    assert not shift.later
    async with shop(tmp_path, "webhook") as made:
        yield made


async def test_payloads(opened: Shop) -> None:
    """Whatever stands behind *start* begins what may be begun, and is told nowhere."""
    for name, payload in PAYLOADS.items():
        ann = opened.person(next(ids))
        await ann.say(f"/start {payload}".strip())
        text = await ann.hears("Ann, how likely are you")
        assert payload not in text or not payload, name
    await opened.quiet()
    assert opened.ask("SELECT DISTINCT flow, status FROM sessions") == [
        ("nps", "active")
    ]
    assert opened.sizes()["contacts"] == len(PAYLOADS)
    assert opened.ask("SELECT DISTINCT state FROM inbound") == [("handled",)]


@pytest.mark.parametrize("payload", ["nps", "join-AAAAAAAAAAAAAAAAAAAAAA", "x" * 64])
async def test_repeated(opened: Shop, payload: str) -> None:
    """Who follows a link again may be asked again, and begins no second talk."""
    ann = opened.person(next(ids))
    for _ in range(3):
        await ann.say(f"/start {payload}")
    await opened.quiet()
    assert 1 <= len(ann.texts()) <= 3
    assert opened.ask("SELECT flow, status FROM sessions") == [("nps", "active")]
    await ann.press("9")
    await ann.hears("makes our day")
    assert opened.counted("answer") == [("9", 1)]


async def test_an_allowed_flow(tmp_path: Path, shift: Shift) -> None:
    """A link begins a flow that is allowed, beside what *start* begins."""
    assert not shift.later
    allowed = '["welcome"]'
    async with shop(
        tmp_path, "webhook", VOXPOP_CHANNELS__TELEGRAM__ALLOWED=allowed
    ) as made:
        ann, bob = made.person(), made.person(4712)
        await ann.say("/start welcome")
        await ann.hears("Welcome to Acme!")
        await bob.say("/start")
        await bob.hears("how likely are you")
