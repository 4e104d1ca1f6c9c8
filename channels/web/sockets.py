"""The socket of a chat page: hello first, then one message after the other.

A message is read only when the one before it is stored, so that nobody can heap
messages up here, and a visitor's own messages keep their order.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from msgspec.structs import replace
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from bot.errors import Refused, StoreUnavailable
from channels.web import frames
from channels.web.chat import BUSY_SECONDS, Chat, TooFast
from channels.web.hub import BAD_FRAME, NO_HELLO, TOO_MUCH
from channels.web.requests import (
    FOREIGN,
    TOO_FAST,
    address_of,
    is_own,
    later,
    plain,
)
from channels.web.visitors import Visitor

HELLO_SECONDS: Final = 10.0
WAITING_FRAMES: Final = 200
"""Frames that wait for a slow reader; then its socket is closed, and what it missed is
fetched when it comes again."""
STRIKES: Final = 30
"""Messages beyond their rate after which a visitor's socket is closed."""
GOING_AWAY: Final = 1013


class Gone(Exception):
    """The page has closed its socket."""


class Socket:
    """One open socket of a page."""

    def __init__(self, chat: Chat, receive: Receive, send: Send, address: str) -> None:
        self.address = address
        self.handle: str | None = None
        self._chat = chat
        self._receive = receive
        self._send = send
        self._waiting: asyncio.Queue[frames.ToPage | int] = asyncio.Queue()
        self._closing = False
        self._strikes = 0
        self._held: list[frames.ToPage] | None = None
        """What came while a welcome is made, and goes after it."""

    def push(self, frame: frames.ToPage) -> bool:
        """Have a frame sent; False where the line is closing."""
        if self._waiting.qsize() >= WAITING_FRAMES:
            self.close(GOING_AWAY)
        if self._closing:
            return False
        held = self._held
        if held is None:
            self._waiting.put_nowait(frame)
        else:
            held.append(frame)
        return True

    def close(self, code: int) -> None:
        """Close the line with a code of ours, after what waits to be sent."""
        if not self._closing:
            self._closing = True
            self._waiting.put_nowait(code)

    async def serve(self) -> None:
        """Talk with the page until either side closes."""
        await self._receive()  # that it wants to connect
        await self._send({"type": "websocket.accept", "headers": []})
        if not self._chat.hub.admit(self):
            await self._send({"type": "websocket.close", "code": TOO_MUCH})
            return
        writing = asyncio.create_task(self._write())
        reading = asyncio.create_task(self._read())
        try:
            await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._closing = True
            self._chat.hub.leave(self)
            for task in (writing, reading):
                task.cancel()
            await asyncio.gather(writing, reading, return_exceptions=True)
        for task in (writing, reading):
            if not task.cancelled():
                task.result()  # what broke is not kept silent

    async def _write(self) -> None:
        """Send what waits, in its order, until the line is closed."""
        with suppress(OSError):
            while True:
                frame = await self._waiting.get()
                if isinstance(frame, int):
                    await self._send({"type": "websocket.close", "code": frame})
                    return
                await self._say(frame)
                self._waiting.task_done()

    async def _say(self, frame: frames.ToPage) -> None:
        text = frames.encode(frame).decode()
        await self._send({"type": "websocket.send", "text": text})

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = await self._next()
            visitor = await self._greet(hello)
            while visitor is not None:
                message = await self._next()
                if isinstance(message, frames.Hello):
                    visitor = await self._greet(message)
                else:
                    await self._take(visitor, message)
        except TimeoutError:
            self.close(NO_HELLO)
        except Refused:
            self.close(BAD_FRAME)
        except (Gone, OSError):
            return
        await self._hang_up()

    async def _hang_up(self) -> None:
        """Wait until the writer has closed the line."""
        await asyncio.Event().wait()

    async def _next(self) -> frames.FromPage:
        """Return what the page says next; raise Refused for anything but our frames."""
        received = await self._receive()
        if received["type"] == "websocket.disconnect":
            raise Gone
        text = received.get("text")
        if text is None:
            raise Refused("Only text is spoken here.")
        return frames.read(text)

    async def _greet(self, hello: frames.FromPage) -> Visitor | None:
        """Welcome a visitor, whose missed messages come first; None where it fails."""
        if not isinstance(hello, frames.Hello):
            raise Refused("A page says hello first.")
        self._held = []
        try:
            if self.handle is not None:  # the first is paid for by opening the socket
                self._chat.call(self.address)
            arrived = await self._chat.meet(hello, self.address)
            self._chat.hub.greet(self, arrived.visitor.handle)
            welcome = await self._chat.welcome(arrived)
            self._held = list(_news(self._held, welcome))
            self._release(welcome)
        except TooFast as error:
            self._release(frames.Later(None, error.seconds, "too_fast"))
        except StoreUnavailable:
            self._release(frames.Later(None, BUSY_SECONDS, "busy"))
        else:
            await self._waiting.join()  # who does not read it is not heard any further
            return arrived.visitor
        self.close(GOING_AWAY)
        return None

    def _release(self, first: frames.ToPage) -> None:
        """Send a frame, and after it what was held back meanwhile."""
        held, self._held = self._held or [], None
        for frame in (first, *held):
            self.push(frame)

    async def _take(self, visitor: Visitor, message: frames.Message) -> None:
        result = await self._chat.take(visitor, message, self.address, self)
        await self._say(result)
        if isinstance(result, frames.Later) and result.reason == "too_fast":
            self._strikes += 1
            if self._strikes >= STRIKES:
                self.close(TOO_MUCH)


def _news(
    held: Sequence[frames.ToPage], welcome: frames.Welcome
) -> Iterator[frames.ToPage]:
    """Yield frames without the entries that the welcome shows already."""
    shown = {entry.id for entry in welcome.messages}
    for frame in held:
        if isinstance(frame, frames.Messages):
            new = tuple(each for each in frame.messages if each.id not in shown)
            if new:
                yield replace(frame, messages=new)
        else:
            yield frame


class Sockets:
    """Serves sockets as plain ASGI: the messages of a talk pass few hands."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket from its opening to its end, if its page may speak here."""
        connection = HTTPConnection(scope)
        address = address_of(connection)
        if not is_own(connection):
            await plain(FOREIGN, 403)(scope, receive, send)
            return
        try:
            self._chat.call(address)
        except TooFast as error:
            await later(TOO_FAST, error.seconds)(scope, receive, send)
            return
        with suppress(OSError):  # gone before we could say a word
            await Socket(self._chat, receive, send, address).serve()
