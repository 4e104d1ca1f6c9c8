"""Asking Telegram for what people sent: no address of ours has to be public.

What was asked for is confirmed by asking for what comes after it, so nothing is
confirmed that is not stored. Source: the Bot API, getUpdates.
"""

import asyncio
from asyncio import TaskGroup
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from telegram.error import Conflict

from bot.errors import ChannelError, StoreUnavailable, Throttled
from channels.telegram.account import Account
from channels.telegram.decode import NotAnUpdate
from channels.telegram.failures import failure
from channels.telegram.ports import Heard, Ours
from channels.telegram.receiver import Receiver

log = structlog.get_logger()

ALLOWED: Final = ("message", "callback_query", "my_chat_member")
"""What we are told of; Telegram keeps what was asked for last, so it is said always."""
MOST: Final = 100
LONG_SECONDS: Final = 30
"""How long Telegram keeps a question open where nothing is new; 50 is the most."""
IDLE_SECONDS: Final = 0.5
"""How often we look whether it is for us to ask."""
SHORTEST: Final = 1.0
LONGEST: Final = 30.0
"""Seconds after a vain try: at first, and at most; twice as long each time."""
HELD_SECONDS: Final = 3600.0
"""How long we ask nothing at most, however long we are told to be silent."""


class Poller:
    """Asks for updates, while it is for this process to ask."""

    def __init__(
        self, account: Account, receiver: Receiver, heard: Heard, ours: Ours
    ) -> None:
        self._account = account
        self._receiver = receiver
        self._heard = heard
        self._ours = ours
        self._after: int | None = None
        self._vain = 0

    async def run(self) -> None:
        """Ask until cancelled; what was not stored by then comes again."""
        while True:
            if not self._ours():
                self._after = None
                await asyncio.sleep(IDLE_SECONDS)
                continue
            try:
                await self.ask()
                self._vain = 0
            except StoreUnavailable as error:
                log.warning("telegram_waits", why=str(error))
                await self._pause()
            except Exception as error:  # noqa: BLE001 - the library lets all through
                await self._pause(failure(error), error)

    async def ask(self, seconds: int = LONG_SECONDS) -> int:
        """Ask once, and store all that came; return how many updates it was.

        Raises StoreUnavailable where some are not stored: these come again; ValueError
        where nothing that came is an update, and would come again at once.
        """
        await self._account.bot.get_updates(
            offset=self._after,
            limit=MOST,
            timeout=timedelta(seconds=seconds),
            allowed_updates=ALLOWED,
        )
        raws = self._account.updates.taken()
        if not raws:  # all is confirmed, and after a week the next id is any number
            self._after = None
        await self._take(raws)
        if len(raws) < MOST:  # what was said meanwhile is heard before anybody is asked
            await self._heard()
        return len(raws)

    async def _take(self, raws: Sequence[bytes]) -> None:
        """Store updates together; confirm those before the first that is not stored."""
        async with TaskGroup() as tasks:
            under_way = [tasks.create_task(self._stored(raw)) for raw in raws]
        for task in under_way:
            result = task.result()
            if isinstance(result, StoreUnavailable):
                raise result
            if result is not None:
                self._after = result + 1
        if raws and all(task.result() is None for task in under_way):
            raise ValueError("nothing that came is an update")

    async def _stored(self, raw: bytes) -> int | StoreUnavailable | None:
        try:
            return await self._receiver.take(raw)
        except NotAnUpdate:
            log.exception("telegram_no_update")
            return None
        except StoreUnavailable as error:
            return error
        except Exception:
            log.exception("telegram_broke")
            return None

    async def _pause(
        self, found: ChannelError | None = None, error: Exception | None = None
    ) -> None:
        """Wait after a vain try, longer each time, or as long as we are told to."""
        seconds = min(SHORTEST * 2**self._vain, LONGEST)
        self._vain = min(self._vain + 1, 10)
        if isinstance(found, Throttled):
            told = min(found.retry_after.total_seconds(), HELD_SECONDS)
            seconds = max(seconds, told)
        if error is not None:
            code = found.code if found else type(error).__name__
            log.warning("telegram_away", code=code, again_in=seconds)
        if isinstance(error, Conflict):
            await self._give_way()
        await asyncio.sleep(seconds)

    async def _give_way(self) -> None:
        """Take a webhook down that somebody left: with it nobody may ask."""
        try:
            await self._account.bot.delete_webhook()
        except Exception as error:  # noqa: BLE001 - the library lets all through
            log.warning("telegram_webhook", error=type(error).__name__)
