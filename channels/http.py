"""Requests of services that call us: read within bounds, answered in few words."""

import asyncio
from typing import Final

from starlette.types import Receive, Scope, Send

BODY_SECONDS: Final = 10.0
"""How long a request may take to arrive."""


class TooLarge(Exception):
    """The request's body is larger than it may be."""


class Broken(Exception):
    """The request ended before its body did, or took too long to arrive."""


async def body(scope: Scope, receive: Receive, largest: int) -> bytes:
    """Return a request's body of so many bytes at most; raise TooLarge or Broken."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > largest:
            raise TooLarge
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(receive, largest)
    except TimeoutError:
        raise Broken from None


async def _read(receive: Receive, largest: int) -> bytes:
    read, more = bytearray(), True
    while more:
        message = await _message(receive)
        read += message.get("body", b"")
        if len(read) > largest:
            raise TooLarge
        more = bool(message.get("more_body"))
    return bytes(read)


async def _message(receive: Receive) -> dict[str, bytes]:
    message = await receive()
    if message["type"] != "http.request":
        raise Broken
    return dict(message)


_WORDS: Final = {
    200: b"",
    400: b"This cannot be read.\n",
    401: b"Say who you are.\n",
    403: b"You are not who may call here.\n",
    405: b"This is only posted to.\n",
    408: b"The request did not arrive in time.\n",
    413: b"This is too large.\n",
    503: b"Not now; send it again soon.\n",
}


_PLAIN: Final = (b"content-type", b"text/plain; charset=utf-8")


async def answer(send: Send, status: int, again_seconds: int | None = None) -> None:
    """Answer with a status and a sentence, nothing of the request in it."""
    words = _WORDS[status]
    headers = [(b"content-length", b"%d" % len(words)), _PLAIN]
    if again_seconds is not None:
        headers.append((b"retry-after", b"%d" % again_seconds))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})
