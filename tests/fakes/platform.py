"""A push platform of ours: it takes messages by HTTP, and fails as real ones do.

It keeps what it received in order, with the instants at which each request was open, in
memory and in a file; it is meant to live in another process than the bot that talks to
it, so that it remembers what the bot does not survive.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from bot.clock import Chance

HEAD_END: Final = b"\r\n\r\n"
How = Literal["taken", "throttled", "refused", "reset", "broken"]
TAKEN: Final = frozenset({"taken", "reset", "broken"})
"""What reaches the phone: who is cut off after the platform took a message, or is told
of a fault by it, cannot know."""
CUT: Final = frozenset({"reset", "broken"})


class Knobs(Struct):
    """How often the platform fails in which way, as parts of one."""

    late: float = 0.0
    throttled: float = 0.0
    refused: float = 0.0
    reset: float = 0.0
    broken: float = 0.0
    quick_seconds: float = 0.02
    late_seconds: float = 1.5
    retry_after: int = 1


class Request(Struct):
    """One request: which message of whom, what became of it, and when it was open."""

    order: int
    id: int
    handle: str
    how: How
    opened: float
    closed: float | None = None

    def open_at(self, instant: float) -> bool:
        """Say whether the platform had not answered yet at an instant."""
        return self.opened <= instant and (self.closed is None or self.closed > instant)


class Platform:
    """The platform: its knobs, and the log of all it received."""

    def __init__(self, chance: Chance, log: Path) -> None:
        self.knobs = Knobs()
        self.requests: list[Request] = []
        self.port = 0
        self.closings = 0
        self._chance = chance
        self._log = log.open("a", encoding="utf-8")
        self._server: asyncio.Server | None = None

    @property
    def taken(self) -> list[Request]:
        """Return what reached phones, in order."""
        return [each for each in self.requests if each.how in TAKEN]

    async def open(self) -> None:
        """Listen, at the same port each time."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections from now on; those that were taken are answered still.

        Those that wait to be taken are reset by the system.
        """
        if self._server is not None:
            self._server.close()
            self.closings += 1
            self._server = None

    def end(self) -> None:
        """Close the log."""
        self._log.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            await self._answer(json.loads(await _body(reader)), writer)
        with suppress(OSError):
            writer.close()

    async def _answer(
        self, message: dict[str, str], writer: asyncio.StreamWriter
    ) -> None:
        knobs = self.knobs
        found = Request(
            len(self.requests),
            int(message["id"]),
            message["to"],
            self._lot(),
            time.monotonic(),
        )
        self.requests.append(found)
        self._write("open", found)
        late = self._chance.random() < knobs.late
        longest = knobs.late_seconds if late else knobs.quick_seconds
        try:
            await asyncio.sleep(self._chance.random() * longest)
        finally:
            found.closed = time.monotonic()
            self._write("close", found)
        if found.how == "reset":
            writer.transport.abort()
            return
        writer.write(_ANSWERS[found.how] % {b"after": b"%d" % knobs.retry_after})
        await writer.drain()

    def _lot(self) -> How:
        """Draw what becomes of a request."""
        drawn = self._chance.random()
        lots: list[tuple[How, float]] = [
            ("throttled", self.knobs.throttled),
            ("refused", self.knobs.refused),
            ("reset", self.knobs.reset),
            ("broken", self.knobs.broken),
        ]
        for how, part in lots:
            drawn -= part
            if drawn < 0:
                return how
        return "taken"

    def _write(self, what: str, found: Request) -> None:
        line = {
            "what": what,
            "order": found.order,
            "id": str(found.id),
            "to": found.handle,
            "how": found.how,
            "at": found.opened if what == "open" else found.closed,
        }
        self._log.write(json.dumps(line) + "\n")
        self._log.flush()


def _reply(status: bytes, *headers: bytes) -> bytes:
    lines = (b"HTTP/1.1 " + status, b"Content-Length: 0", b"Connection: close")
    return b"\r\n".join((*lines, *headers)) + HEAD_END


_ANSWERS: Final[dict[str, bytes]] = {
    "taken": _reply(b"200 OK"),
    "throttled": _reply(b"429 Too Many Requests", b"Retry-After: %(after)s"),
    "refused": _reply(b"503 Service Unavailable", b"Taken: no"),
    "broken": _reply(b"500 Internal Server Error"),
}


async def _body(reader: asyncio.StreamReader) -> bytes:
    """Return the body of one request."""
    head = await reader.readuntil(HEAD_END)
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return await reader.readexactly(int(value))
    raise ValueError("a request without a length")


@asynccontextmanager
async def listening(chance: Chance, log: Path) -> AsyncIterator[Platform]:
    """Open a platform, and close it after use."""
    platform = Platform(chance, log)
    await platform.open()
    try:
        yield platform
    finally:
        await platform.close()
        platform.end()
