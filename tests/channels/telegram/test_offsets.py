"""What confirms an update, and what does not stand in the way of later ones."""

from bot.clock import now
from bot.errors import StoreUnavailable
from bot.model.message import Inbound
from channels.telegram.account import Account
from channels.telegram.channel import Telegram
from channels.telegram.polling import Poller
from channels.telegram.ports import Stored
from channels.telegram.receiver import Receiver
from tests.channels.telegram import updates
from tests.channels.telegram.updates import ID
from tests.fakes.telegram import TOKEN, listening


class Away:
    """A house whose store is away."""

    async def take(self, message: Inbound) -> Stored:  # noqa: ARG002 - the port's
        """Store nothing."""
        raise StoreUnavailable("away")


async def never() -> None:
    """Stand in for what is told that we are reached."""


async def test_ids_begin_anew() -> None:
    """After a week without updates the next may have a smaller id, and is heard."""
    nothing = updates.membership("member", "left", updates.group())
    async with listening() as fake:
        account = Account(TOKEN, fake.url)
        receiver = Receiver(Away(), Telegram(account), now)
        poller = Poller(account, receiver, never, lambda: True)
        fake.updates.put(nothing)
        assert [await poller.ask(0), await poller.ask(0)] == [1, 0]
        fake.updates.put({**nothing, "update_id": ID - 1_000})
        assert [await poller.ask(0), await poller.ask(0)] == [1, 0]
        assert fake.updates.waiting == []
        await account.close()
