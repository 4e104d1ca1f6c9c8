"""Settling with Telegram: what it tells of us is kept, or asked for again."""

from pathlib import Path
from typing import NoReturn

import pytest

from bot.errors import StoreUnavailable
from bot.on_telegram import OnTelegram
from tests.channels.telegram.serving import serving
from tests.fakes.telegram import TOKEN, listening


async def test_the_store_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How the bot is called counts as known only once it is kept."""
    async with listening() as fake, serving(tmp_path, fake.url, TOKEN) as found:
        again = OnTelegram(found.house.settings)
        again.join(found.house)

        def away(_store: object) -> NoReturn:
            raise StoreUnavailable("away")

        with monkeypatch.context() as patched:
            patched.setattr(type(found.house.store), "transaction", away)
            await again.meet()
        assert again.username is None
        assert await again.meet() == "https://t.me/fake_bot (by polling)"
        await again.close()
