"""Where Telegram calls us: an update is acknowledged once it is stored.

Plain ASGI, for every message passes here. Nothing is read of what does not bring the
secret, and nothing that Telegram sent is echoed.
"""

from collections.abc import Sequence
from hmac import compare_digest
from typing import Final

from starlette.types import Receive, Scope, Send

from bot.errors import StoreUnavailable
from channels.http import Broken, TooLarge, answer, body
from channels.telegram.decode import NotAnUpdate
from channels.telegram.receiver import Receiver

PATH: Final = "/telegram/updates"
SECRET: Final = b"x-telegram-bot-api-secret-token"
LARGEST: Final = 1024 * 1024
"""Bytes of one update; the largest real ones have some ten thousand."""
AGAIN_SECONDS: Final = 2

Headers = Sequence[tuple[bytes, bytes]]


class Webhook:
    """Answers Telegram's requests."""

    def __init__(self, receiver: Receiver, secret: str) -> None:
        self._receiver = receiver
        self._secret = secret.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one update in."""
        status = 405
        if scope["method"] == "POST":
            status = self._stranger(scope["headers"])
        if not status:
            status = await self._take(scope, receive)
        again = AGAIN_SECONDS if status == 503 else None  # noqa: PLR2004 - unavailable
        await answer(send, status, again)

    def _stranger(self, headers: Headers) -> int:
        """Return what somebody is told who does not bring the secret, 0 for who does.

        Bytes are compared, for text that is not ASCII cannot be, and in equal time.
        """
        given = [value for name, value in headers if name == SECRET]
        if len(given) == 1 and compare_digest(given[0], self._secret):
            return 0
        return 403 if given else 401

    async def _take(self, scope: Scope, receive: Receive) -> int:
        try:
            await self._receiver.take(await body(scope, receive, LARGEST))
        except TooLarge:
            return 413
        except (NotAnUpdate, Broken):
            return 400
        except StoreUnavailable:
            return 503
        return 200
