"""The door: connections that say nothing do not keep others out.

uvicorn waits without end for a request to begin, and accepts as many connections as
the system has room for. Here a connection has a few seconds to send its request's
head, and where too many are silent at once the one that came first is shown out.
"""

import asyncio
import resource
from collections import OrderedDict
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 10.0
SILENT: Final = 1_000
"""Connections that may be silent at once."""
MOST_FILES: Final = 65_536
SPARE_FILES: Final = 256
"""Files that are left for the database and all else."""


class Door(HttpToolsProtocol):
    """One connection, watched until the head of its request is there."""

    silent: ClassVar["OrderedDict[Door, None]"] = OrderedDict()
    most_open: ClassVar[int] = 10_000

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let a connection in, if there is room for it."""
        super().connection_made(transport)  # type: ignore[arg-type]  # as uvicorn has it
        if len(self.connections) > self.most_open and not self.silent:
            self.transport.abort()
            return
        self._watch()
        while len(self.silent) > SILENT or len(self.connections) > self.most_open:
            if not self.silent:
                break
            first, _ = self.silent.popitem(last=False)
            first.show_out()

    def on_message_begin(self) -> None:
        """Watch each further request of a kept connection, too."""
        super().on_message_begin()
        if self not in self.silent:
            self._watch()

    def on_headers_complete(self) -> None:
        """Go on without watching: the head is there."""
        self._heard()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._heard()
        super().connection_lost(exc)

    def show_out(self) -> None:
        """Close a connection that has nothing to say."""
        self._heard()
        self.transport.abort()

    def _watch(self) -> None:
        self.silent[self] = None
        self._patience = self.loop.call_later(HEAD_SECONDS, self.show_out)

    def _heard(self) -> None:
        self.silent.pop(self, None)
        self._patience.cancel()

    _patience: asyncio.TimerHandle


def room_for_files() -> int:
    """Raise the limit of open files as far as it goes; return how many sockets fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = hard == resource.RLIM_INFINITY
    most = max(soft, MOST_FILES if endless else min(hard, MOST_FILES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(most - SPARE_FILES, SPARE_FILES)
