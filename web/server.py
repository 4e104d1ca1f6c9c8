"""uvicorn inside the bot's own loop: it stops when it is told to, and drains first."""

import logging
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from web.door import Door, room_for_files
from web.wire import Wire

DRAIN_SECONDS: Final = 10
LARGEST_FRAME: Final = 64 * 1024
PING_SECONDS: Final = 20.0


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


class Server:
    """Serves one application on one listening socket."""

    def __init__(
        self, app: ASGIApp, listening: socket.socket, proxies: Sequence[str]
    ) -> None:
        Door.most_open = room_for_files()
        for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "websockets"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._listening = listening
        self._server = _Server(
            uvicorn.Config(
                app,
                http=Door,
                ws=Wire,
                ws_max_size=LARGEST_FRAME,
                ws_per_message_deflate=False,
                ws_ping_interval=PING_SECONDS,
                ws_ping_timeout=PING_SECONDS,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                forwarded_allow_ips=list(proxies),
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )

    async def run(self) -> None:
        """Serve until told to stop; then answer what is under way, and close."""
        await self._server.serve(sockets=[self._listening])

    def stop(self) -> None:
        """Take no new connection, and end once the open ones are answered."""
        self._server.should_exit = True
