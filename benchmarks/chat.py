"""How many messages a second come in for good over a socket and over plain requests.

*inbound* is the inbound path without a network, as `benchmarks/inbound.py` measures it.
*socket* and *requests* are the same messages through the server that `voxpop run`
starts: real sockets on loopback, 64 messages under way at once, each counted when the
server says that it is stored, while the replies go out beside it. *inbound, replying*
is the inbound path without a network while its replies go out, too: the difference to
the first is what answering costs, the difference to the others what the network does.

The server has one core to itself, the visitors are played on another.

Run: python benchmarks/chat.py
"""

import asyncio
import base64
import json
import multiprocessing
import os
import shutil
import statistics
import struct
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import uvloop  # noqa: E402
from pydantic import SecretStr  # noqa: E402

from benchmarks.inbound import (  # noqa: E402
    CONTACTS,
    TAPPED,
    TYPED,
    call,
    prepare,
    waiting,
)
from bot.config import Settings, load_settings  # noqa: E402
from bot.model.message import Delivery, State  # noqa: E402
from bot.model.rates import FREE, Rates  # noqa: E402
from bot.serving import served  # noqa: E402
from bot.wiring import opened, settle_memory  # noqa: E402
from channels.web.limits import Limits, Rate  # noqa: E402
from channels.web.visitors import Visitor, Visitors  # noqa: E402
from web.binding import bind  # noqa: E402
from web.server import Server  # noqa: E402

AT_ONCE: Final = 64
ROUNDS: Final = 5
CORES: Final = os.sched_getaffinity(0)
KEY: Final = "a key of the benchmark's own"
MESSAGES: Final = CONTACTS * len(TYPED)
ENDLESS: Final = Rate(10**9, 10**9)
LIMITS: Final = Limits(
    messages_of_address=ENDLESS,
    calls_of_address=ENDLESS,
    visitors_of_address=ENDLESS,
    sockets_of_address=10**6,
    strangers=10**6,
)
T = TypeVar("T")
Talk = tuple[str, int]
"""A visitor's handle and their talk."""
Target = Callable[[Path, Connection, int], None]
"""What serves a database in a process of its own, on one core."""


def settings_of(file: Path) -> Settings:
    """Return the example settings on a database of the benchmark's."""
    settings = load_settings(ROOT / "config.yaml", environ={})
    web = settings.web.model_copy(update={"secret": SecretStr(KEY)})
    database = SecretStr(f"sqlite:///{file}")
    return settings.model_copy(update={"database": database, "web": web})


# ── without a network ────────────────────────────────────────────────────────────────


class Nowhere:
    """A channel whose messages arrive at once."""

    name = "web"
    at_once: int | None = None
    rates: Rates = FREE

    async def send(self, _delivery: Delivery) -> tuple[State, str | None]:
        """Deliver the message."""
        return "delivered", None


async def inbound(file: Path, *, replying: bool) -> float:
    """Return messages a second of the inbound path, its replies going out or not."""
    settings, channels = settings_of(file), [Nowhere()]
    async with opened(settings=settings, channels=channels, worker=True) as house:
        talks = await waiting(house.desk)
        settle_memory()
        stopping = asyncio.Event()
        sending = asyncio.create_task(house.outbox.run(stopping)) if replying else None
        start = perf_counter()
        shares = (talks[caller::AT_ONCE] for caller in range(AT_ONCE))
        await asyncio.gather(*(call(house.inbox, share) for share in shares))
        took = perf_counter() - start
        stopping.set()
        house.desk.stored.set()
        if sending is not None:
            await sending
    return MESSAGES / took


# ── the server ───────────────────────────────────────────────────────────────────────


def serve(file: Path, pipe: Connection, core: int) -> None:
    """Serve in a process of its own until told to stop."""
    os.sched_setaffinity(0, {core})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(file, pipe))


async def _serve(file: Path, pipe: Connection) -> None:
    settings = settings_of(file)
    listening = bind("127.0.0.1", 0)
    async with served(None, settings, LIMITS) as found:
        server = Server(await found.app(LIMITS), listening, [])
        talks = await waiting(found.house.desk)
        pipe.send((listening.getsockname()[1], [(a.handle, s) for a, s in talks]))
        settle_memory()
        asyncio.get_running_loop().add_reader(pipe.fileno(), server.stop)
        await found.run(server.run)


@asynccontextmanager
async def server(
    file: Path, core: int, target: Target = serve
) -> AsyncIterator[tuple[int, list[Talk]]]:
    """Run a server; yield its port and who has a talk."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=target, args=(file, theirs, core)
    )
    process.start()
    try:
        yield await asyncio.to_thread(ours.recv)
    finally:
        ours.send("stop")
        await asyncio.to_thread(process.join)


# ── the visitors ─────────────────────────────────────────────────────────────────────

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def tokens(talks: Sequence[Talk]) -> list[str]:
    """Return each visitor's signed id."""
    visitors = Visitors(KEY, lambda: 0)
    return [visitors.token(Visitor(handle)) for handle, _ in talks]


def frames(place: int, session: int) -> list[bytes]:
    """Return what a visitor sends, every other one by tap."""
    said: list[dict[str, object]] = [
        {"type": "say", "key": f"key-{n:05}", "text": text}
        for n, text in enumerate(TYPED)
    ]
    if place % 2:
        said = [
            {
                "type": "tap",
                "key": f"key-{n:05}",
                "talk": str(session),
                "step": step,
                "options": options,
            }
            for n, (step, options) in enumerate(TAPPED)
        ]
    return [json.dumps(frame).encode() for frame in said]


async def over_sockets(port: int, talks: list[Talk]) -> float:
    """Return messages a second where every visitor has a socket open already."""
    lines = [await _hello(port, token) for token in tokens(talks)]
    texts = [
        [_masked(frame) for frame in frames(place, session)]
        for place, (_, session) in enumerate(talks)
    ]
    took = await _timed(lines, texts, _by_socket)
    for _, writer in lines:
        writer.close()
    return MESSAGES / took


async def over_requests(port: int, talks: list[Talk]) -> float:
    """Return messages a second over connections that are kept open."""
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(AT_ONCE)]
    texts = [
        [request(frame, token) for frame in frames(place, session)]
        for place, ((_, session), token) in enumerate(
            zip(talks, tokens(talks), strict=True)
        )
    ]
    shared = [lines[place % AT_ONCE] for place in range(len(talks))]
    took = await _timed(shared, texts, by_request)
    for _, writer in lines:
        writer.close()
    return MESSAGES / took


async def _timed(
    lines: Sequence[Line],
    texts: Sequence[Sequence[bytes]],
    send: Callable[[Line, bytes], Awaitable[None]],
) -> float:
    async def visitors(first: int) -> None:
        for place in range(first, len(lines), AT_ONCE):
            for text in texts[place]:
                await send(lines[place], text)

    start = perf_counter()
    await asyncio.gather(*(visitors(first) for first in range(AT_ONCE)))
    return perf_counter() - start


async def _hello(port: int, token: str) -> Line:
    line = await asyncio.open_connection("127.0.0.1", port)
    reader, writer = line
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /chat/socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    hello = {"type": "hello", "visitor": token, "after": "9000000000000000000"}
    writer.write(_masked(json.dumps(hello).encode()))
    await _frame(reader, b'"welcome"')
    return line


async def _by_socket(line: Line, text: bytes) -> None:
    reader, writer = line
    writer.write(text)
    await _frame(reader, b'"stored"')


async def _frame(reader: asyncio.StreamReader, wanted: bytes) -> bytes:
    """Return the next frame that holds some bytes (RFC 6455, from server to client)."""
    while True:
        _, length = await reader.readexactly(2)
        if length == 126:  # noqa: PLR2004 - the length follows in two bytes
            (length,) = struct.unpack("!H", await reader.readexactly(2))
        elif length == 127:  # noqa: PLR2004 - in eight
            (length,) = struct.unpack("!Q", await reader.readexactly(8))
        body = await reader.readexactly(length)
        if wanted in body:
            return body


def _masked(body: bytes) -> bytes:
    """Return a text frame as a client sends it; the mask is all zeros."""
    length = len(body)
    head = (
        struct.pack("!BB", 0x81, 0x80 | length)
        if length < 126  # noqa: PLR2004
        else struct.pack("!BBH", 0x81, 0x80 | 126, length)
    )
    return head + bytes(4) + body


def request(body: bytes, token: str) -> bytes:
    """Return a request that posts one message."""
    return (
        "POST /chat/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def by_request(line: Line, text: bytes) -> None:
    """Send a request and return once the server says that it is stored."""
    reader, writer = line
    writer.write(text)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(head.decode())
    _, _, rest = head.lower().partition(b"content-length: ")
    await reader.readexactly(int(rest.partition(b"\r\n")[0]))


# ── the figures ──────────────────────────────────────────────────────────────────────


def on_loop(main: Callable[[], Coroutine[None, None, T]], core: int) -> T:
    """Run something on the loop that the server has, on one core."""
    os.sched_setaffinity(0, {core})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())


async def networked(
    file: Path, core: int, over: Callable[[int, list[Talk]], Awaitable[T]]
) -> T:
    """Return what the visitors reach against a server of its own."""
    async with server(file, core) as (port, talks):
        return await over(port, talks)


async def ready(file: Path) -> None:
    """Make a database in which every visitor was asked, and nothing waits to go out."""
    await prepare(file)
    async with opened(settings=settings_of(file), channels=[Nowhere()]) as house:
        await house.outbox.drain()


def one_round(start: Path, folder: Path) -> dict[str, float]:
    """Return messages a second of each way in, all on the same data."""
    here, there = min(CORES), max(CORES)

    def fresh(name: str) -> Path:
        file = folder / f"{name}.db"
        for old in folder.glob(f"{name}.db*"):
            old.unlink()
        shutil.copy(start, file)
        return file

    return {
        "inbound": on_loop(lambda: inbound(fresh("a"), replying=False), there),
        "inbound, replying": on_loop(lambda: inbound(fresh("b"), replying=True), there),
        "socket": on_loop(lambda: networked(fresh("c"), there, over_sockets), here),
        "requests": on_loop(lambda: networked(fresh("d"), there, over_requests), here),
    }


def main() -> None:
    """Run the rounds and print the medians."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        start = folder / "start.db"
        asyncio.run(ready(start))
        rounds = []
        for number in range(1, ROUNDS + 1):
            rates = one_round(start, folder)
            rounds.append(rates)
            print(f"round {number}: {told(rates)}", flush=True)
    middle = {
        way: statistics.median(rates[way] for rates in rounds) for way in rounds[0]
    }
    print(f"median:  {told(middle)}")


def told(rates: dict[str, float]) -> str:
    """Return the figures on one line, each beside its share of the inbound path."""
    base = rates["inbound"]
    return "   ".join(
        f"{way} {rate:,.0f}/s ({rate / base:.2f})" for way, rate in rates.items()
    )


if __name__ == "__main__":
    main()
