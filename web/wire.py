"""One web socket on the wire: it is heard in small pieces, and takes its leave.

uvicorn hands all that was read at once to its parser, a quarter of a megabyte of the
smallest frames included, and meanwhile serves nobody else; it answers pings whether or
not anybody reads the answers; it gathers the parts of a message without end, keeps
a handshake that it could not read for ever, and ends, when told to, in mid-sentence.
"""

from typing import Any, Final

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent  # they have no public name
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import (
    WebSocketsSansIOProtocol,
)

PIECE: Final = 4 * 1024
"""Bytes that are parsed at once."""
FRAMES: Final = 500
"""Frames that a socket may send at once; a page sends one a message, and no pings."""
FRAMES_A_SECOND: Final = 50
PARTS: Final = 256
"""Frames that one message may be made of."""
TOO_MUCH: Final = 4429
"""The code that such a socket is closed with, as our pages know it."""


class Wire(WebSocketsSansIOProtocol):
    """One socket, kept from taking the time and the memory of the others."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **options)
        self._left: float = FRAMES
        self._since = self.loop.time()
        self._leaving = False

    def data_received(self, data: bytes) -> None:
        """Parse what came piece by piece, until it is too much."""
        if not self.handshake_initiated:
            super().data_received(data)
            if not self.handshake_initiated:
                self.transport.write(b"".join(self.conn.data_to_send()))
                self.transport.close()
            return
        for start in range(0, len(data), PIECE):
            if self.close_sent and self.transport.is_closing():
                return
            super().data_received(data[start : start + PIECE])

    def handle_events(self) -> None:
        """Take the frames of one piece, where they are not too many."""
        if self.handshake_initiated and not self._may_send(len(self.conn.events)):
            self.conn.fail(TOO_MUCH)
            self.handle_parser_exception()
            return
        super().handle_events()

    def _may_send(self, frames: int) -> bool:
        now = self.loop.time()
        self._left += (now - self._since) * FRAMES_A_SECOND
        self._left = min(FRAMES, self._left) - frames
        self._since = now
        return self._left >= 0 and len(self.frames) <= PARTS

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, and leave nothing behind."""
        super().connection_lost(exc)
        self.conn.parser.close()  # it knows us as we know it

    def shutdown(self) -> None:
        """Take leave once what was said so far is answered."""
        if self.close_sent or not self.handshake_complete:
            super().shutdown()
            return
        self._leaving = True
        self.transport.pause_reading()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1012})

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message; raise ClientDisconnected where the socket is closed.

        uvicorn calls that a fault of ours where it closed the socket itself.
        """
        await self.writable.wait()
        if self.close_sent and self.initial_response is None:
            raise ClientDisconnected
        await super().send(message)

    async def receive(self) -> ASGIReceiveEvent:
        """Return what came next; after the last of it the socket is closed."""
        message = await super().receive()
        last = message["type"] == "websocket.disconnect"
        if last and self._leaving and not (self.close_sent or self.disconnected):
            super().shutdown()
        return message
