"""What a bot opens it closes."""

import pytest
from telegram.error import NetworkError

from channels.telegram.account import Account
from tests.fakes.telegram import TOKEN, listening


async def test_the_end() -> None:
    """After the end no connection is open, and none is opened."""
    async with listening() as fake:
        account = Account(TOKEN, fake.url)
        await account.bot.get_me()
        await account.close()
        with pytest.raises((NetworkError, RuntimeError)):
            await account.bot.get_me()
        assert len(fake.of("getMe")) == 1
