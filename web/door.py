"""The door: connections that say nothing do not keep others out.

uvicorn waits without end for a request to begin or for a body that nobody asked for,
reads heads of any size, queues any number of requests on one connection, and accepts as
many connections as the system has room for. Here a connection has a few seconds to send
a request's head, which may be so large, and where too many are silent at once the one
that came first is shown out.
"""

import asyncio
import resource
from collections import OrderedDict
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 10.0
LARGEST_HEAD: Final = 64 * 1024
MOST_HEADERS: Final = 100
PIPELINED: Final = 16
"""Requests that may wait on one connection; browsers send the next one after the
answer."""
SILENT: Final = 4_000
"""Connections that may be silent at once: more than can come in the moment that it
takes to hear one out."""
MOST_FILES: Final = 65_536
SPARE_FILES: Final = 256
"""Files that are left for the database and all else."""


class TooMuch(Exception):
    """A head or a queue of requests that is larger than it may be."""


class Door(HttpToolsProtocol):
    """One connection, watched until the head of its request is there."""

    silent: ClassVar["OrderedDict[Door, None]"] = OrderedDict()
    most_open: ClassVar[int] = 10_000
    _patience: asyncio.TimerHandle | None = None
    _upgraded = False
    _head: int | None = None
    """Bytes of a head that is not complete, None where none has begun."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let a connection in, if there is room for it."""
        super().connection_made(transport)  # type: ignore[arg-type]  # as uvicorn has it
        self._watch()
        while len(self.silent) > SILENT or len(self.connections) > self.most_open:
            if not self.silent:
                break
            first, _ = self.silent.popitem(last=False)
            first.show_out()

    def data_received(self, data: bytes) -> None:
        """Take what came; what belongs to no request is not taken for long."""
        super().data_received(data)
        if self._upgraded:
            return
        if self._head is not None:
            self._head += len(data)
            self._watch()
            if self._head > LARGEST_HEAD:
                self.show_out()
        elif self.cycle is None or self.cycle.response_complete:
            self._watch()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, and leave nothing behind."""
        self._upgraded = True
        super().handle_websocket_upgrade()
        self.parser = None  # type: ignore[assignment]  # as uvicorn has it

    def on_message_begin(self) -> None:
        """Watch a further request of a kept connection until its head is here."""
        super().on_message_begin()
        self._head = 0

    def on_headers_complete(self) -> None:
        """Go on without watching: the head is there; refuse one of too many headers."""
        self._head = None
        if self._patience is not None:
            self._heard()
        if len(self.headers) > MOST_HEADERS:
            raise TooMuch
        super().on_headers_complete()
        if len(self.pipeline) > PIPELINED:
            self.show_out()
            raise TooMuch

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._heard()
        super().connection_lost(exc)

    def show_out(self) -> None:
        """Close a connection that has nothing to say."""
        self._heard()
        self.transport.abort()

    def _watch(self) -> None:
        if self not in self.silent:
            self.silent[self] = None
            self._patience = self.loop.call_later(HEAD_SECONDS, self.show_out)

    def _heard(self) -> None:
        self.silent.pop(self, None)
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def room_for_files() -> int:
    """Raise the limit of open files as far as it goes; return how many sockets fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = hard == resource.RLIM_INFINITY
    most = max(soft, MOST_FILES if endless else min(hard, MOST_FILES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(most - SPARE_FILES, SPARE_FILES)
