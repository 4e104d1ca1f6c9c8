"""Our bot at Telegram, as the library talks to it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from msgspec import MsgspecError, Raw, Struct, json
from telegram import Bot
from telegram.request import HTTPXRequest

from bot import log

AT_ONCE: Final = 30
"""Requests that are open at once: as many as may leave in a second."""
READ_SECONDS: Final = 15.0
"""How long we wait for an answer: after that nobody knows whether it was done."""
CONNECT_SECONDS: Final = 5.0
POOL_SECONDS: Final = 2.0
"""All of a request together takes less than a message's lease, which is 30 seconds."""
NONE_LEFT: Final = b'{"ok":true,"result":[]}'


class Answer(Struct, frozen=True):
    """What getUpdates answers, each update as it came."""

    result: tuple[Raw, ...] = ()


_decode = json.Decoder(Answer).decode


class Updates(HTTPXRequest):
    """Keeps updates as they came, and tells the library that there were none.

    Its own reading of them would raise, again and again, at one that it cannot read,
    and tell the log what stands in it.
    """

    def __init__(self) -> None:
        super().__init__(
            connection_pool_size=1,
            read_timeout=READ_SECONDS,
            connect_timeout=CONNECT_SECONDS,
        )
        self._payload = NONE_LEFT

    async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:  # noqa: ANN401 - the library's
        """Ask as the library does; what came is kept apart."""
        self._payload = NONE_LEFT
        status, payload = await super().do_request(*given, **named)
        if status != HTTPStatus.OK:
            return status, payload
        self._payload = payload
        return status, NONE_LEFT

    def taken(self) -> Sequence[bytes]:
        """Return the updates that came with the last answer.

        Raises ValueError where it was no answer of the Bot API.
        """
        try:
            return [bytes(each) for each in _decode(self._payload).result]
        except MsgspecError:
            raise ValueError("no answer of the Bot API") from None


class Account:
    """A bot: its token, where its service is, and the library that speaks with it."""

    def __init__(self, token: str, base_url: str) -> None:
        log.hush()  # or the library would write the token as it starts
        self.updates = Updates()
        self._requests = HTTPXRequest(
            connection_pool_size=AT_ONCE * 2,
            read_timeout=READ_SECONDS,
            write_timeout=CONNECT_SECONDS,
            connect_timeout=CONNECT_SECONDS,
            pool_timeout=POOL_SECONDS,
        )
        self.origin = base_url.rstrip("/")
        self.bot = Bot(
            token,
            base_url=f"{self.origin}/bot",
            base_file_url=f"{self.origin}/file/bot",
            request=self._requests,
            get_updates_request=self.updates,
        )

    async def close(self) -> None:
        """Close all connections; the library's own end does so only after its begin."""
        await self._requests.shutdown()
        await self.updates.shutdown()

    def __repr__(self) -> str:
        """Return nothing of the token."""
        return "Account()"
