"""The fake platform as a channel: what it answers becomes what the outbox must know."""

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from typing import Final

from bot.errors import ChannelError, Throttled, Unreachable
from bot.model.message import Delivery, State
from bot.model.rates import FREE, Rates

NAME: Final = "fake"
AT_ONCE: Final = 16
"""Requests that are open at once."""
HEAD_END: Final = b"\r\n\r\n"
CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 5.0


class PushChannel:
    """A channel that posts each message on a connection of its own."""

    name = NAME
    rates: Rates = FREE

    def __init__(
        self, port: int, *, at_once: int = AT_ONCE, patience: float = ANSWER_SECONDS
    ) -> None:
        self.at_once: int | None = at_once
        self._port = port
        self._patience = patience

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Post a message; it is unknown where no whole answer comes."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except (OSError, TimeoutError):
            raise Unreachable("The platform cannot be reached.") from None
        try:
            writer.write(_request(delivery))
            async with asyncio.timeout(self._patience):
                head = await reader.readuntil(HEAD_END)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return "unknown", None
        finally:
            with suppress(OSError):
                writer.close()
        return _outcome(head), str(delivery.id)


def _request(delivery: Delivery) -> bytes:
    text = {
        "id": str(delivery.id),
        "to": delivery.address.handle,
        "text": delivery.content.text,
    }
    body = json.dumps(text).encode()
    head = f"POST /messages HTTP/1.1\r\nHost: fake\r\nContent-Length: {len(body)}"
    return head.encode() + HEAD_END + body


def _outcome(head: bytes) -> State:
    """Return how far a message came, or raise what the platform complains of."""
    first, *lines = head.decode("latin-1").split("\r\n")
    status = int(first.split()[1])
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    if status == 200:
        return "sent"
    if status == 429:
        seconds = int(headers.get("retry-after", "1"))
        raise Throttled("The platform is busy.", timedelta(seconds=seconds))
    if headers.get("taken") == "no":
        raise ChannelError("Not taken.", code="unavailable", retryable=True)
    if status >= 500:
        return "unknown"
    raise ChannelError(f"The platform answered {status}.")
