"""Attacks on a real server, from outside: everyone else is served, nothing is lost."""

import asyncio
import json
import resource
import socket
import sqlite3
import struct
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.channels.web.serving import serving
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e

HALF_OPEN: Final = 10_000
STRANGERS: Final = 2_000
PATIENCE: Final = 20.0
"""Seconds within which a visitor has to get each thing, whatever else goes on."""
ROOM: Final = 15 * 1024 * 1024
"""Bytes of memory that a second flood may need beyond the first of its kind."""
HEAD: Final = "Host: localhost\r\nX-Forwarded-For: {address}\r\n"
UPGRADE: Final = (
    "GET /chat/socket HTTP/1.1\r\n" + HEAD + "Connection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
GONE: Final = (
    ConnectionError,
    asyncio.IncompleteReadError,
    ConnectionClosed,
    InvalidStatus,
)
"""What an attacker is answered with who is shown out."""
_numbers = count(1)

Attack = Callable[[Running], Awaitable[None]]


@pytest.fixture(autouse=True, scope="module")
def _files() -> Iterator[None]:
    """Let these tests open as many sockets as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def server(shop: Path) -> Iterator[Running]:
    """Return a server that has to end in good order, with nothing to complain of."""
    with Running(shop) as running:
        yield running
        assert running.stop() == 0
        assert running.errors() == ""


# ── what is seen from outside ────────────────────────────────────────────────────────


def memory(server: Running) -> int:
    """Return the bytes that the server holds."""
    pages = Path(f"/proc/{server.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


def files(server: Running) -> int:
    """Return how many files the server has open."""
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))


async def becomes(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nothing could set an event
            await asyncio.sleep(0.05)


def address() -> str:
    """Return an address that nobody came from so far."""
    number = next(_numbers)
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def key() -> str:
    """Return a key for one more message."""
    return f"message-{next(_numbers):08}"


def inbound(server: Running, words: str = '%"type":"say"%') -> list[str]:
    """Return the keys of the messages that are stored, in their order."""
    found = server.rows(f"SELECT key FROM inbound WHERE raw LIKE '{words}' ORDER BY id")  # noqa: S608
    return [kept.partition(":")[2] for (kept,) in found]


# ── visitors ─────────────────────────────────────────────────────────────────────────


async def exchange(server: Running, sent: str | bytes) -> bytes:
    """Send a request, and return all that is answered until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(sent.encode() if isinstance(sent, str) else sent)
        async with asyncio.timeout(PATIENCE):
            return await reader.read()
    finally:
        writer.transport.abort()


def request(line: str, *more: str, body: str = "") -> str:
    """Return a request from an address of its own, after which the connection ends."""
    headers = [f"Content-Length: {len(body)}", "Connection: close", *more]
    head = HEAD.format(address=address()) + "".join(f"{each}\r\n" for each in headers)
    return f"{line} HTTP/1.1\r\n{head}\r\n{body}"


def socket_of(server: Running, forwarded: str | None = None) -> connect:
    """Return a socket that can be entered, from an address of its own."""
    return connect(
        f"ws://127.0.0.1:{server.port}/chat/socket",
        proxy=None,
        compression=None,
        additional_headers={"X-Forwarded-For": forwarded or address()},
    )


async def say(page: ClientConnection, **frame: Any) -> None:  # noqa: ANN401
    """Send one frame."""
    await page.send(json.dumps(frame))


async def hears(page: ClientConnection, *kinds: str) -> dict[str, Any]:
    """Return the next frame of one of these kinds."""
    while True:
        frame: dict[str, Any] = json.loads(await page.recv())
        if frame["type"] in kinds:
            return frame


async def greeted(page: ClientConnection, visitor: str | None = None) -> str:
    """Say hello, and return the visitor's id."""
    await say(page, type="hello", visitor=visitor)
    return str((await hears(page, "welcome"))["visitor"])


async def served(server: Running) -> None:
    """Be a visitor: get the page, open a socket, answer a question, all in time."""
    page = await exchange(server, request("GET /chat"))
    assert page.startswith(b"HTTP/1.1 200"), page[:200]
    async with asyncio.timeout(PATIENCE), socket_of(server) as line:
        await greeted(line)
        mine = key()
        await say(line, type="say", key=mine, text="9, and I mean it")
        stored = await hears(line, "stored")
        assert stored["key"] == mine


async def during(server: Running, attack: Awaitable[None], visitors: int = 4) -> None:
    """Have visitors come one after the other, in rows, as long as an attack goes."""
    attacking = asyncio.ensure_future(attack)

    async def row() -> None:
        while True:
            await served(server)
            if attacking.done():
                return

    await asyncio.gather(attacking, *(row() for _ in range(visitors)))


# ── attackers ────────────────────────────────────────────────────────────────────────


class Crowd:
    """Connections that are opened, told one thing, and then neither read nor ended."""

    def __init__(self, server: Running) -> None:
        self._place = ("127.0.0.1", server.port)
        self._held: list[socket.socket] = []

    async def grow(self, many: int, words: Callable[[], str] = str) -> None:
        """Open so many more."""
        for _ in range(0, many, 500):
            await asyncio.gather(*(self._open(words()) for _ in range(500)))

    async def _open(self, words: str) -> None:
        loop = asyncio.get_running_loop()
        found = socket.socket()
        found.settimeout(0)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._held.append(found)
        async with asyncio.timeout(PATIENCE):
            await loop.sock_connect(found, self._place)
            with suppress(ConnectionError):
                await loop.sock_sendall(found, words.encode())

    def __len__(self) -> int:
        return len(self._held)

    def leave(self) -> None:
        """Close all of them, without a goodbye."""
        for each in self._held:
            each.close()
        self._held.clear()


def framed(
    opcode: int, data: bytes = b"", *, final: bool = True, reserved: int = 0
) -> bytes:
    """Return a frame as a page's browser would send it, or would not."""
    size = len(data)
    first = bytes([final << 7 | reserved << 4 | opcode])
    if size < 126:
        return first + bytes([128 | size]) + bytes(4) + data
    return first + bytes([128 | 127]) + struct.pack("!Q", size) + bytes(4) + data


async def upgraded(
    server: Running,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a socket by hand, and say hello."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(UPGRADE.format(address=address()).encode())
    async with asyncio.timeout(PATIENCE):
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        writer.write(framed(1, b'{"type":"hello"}'))
        await reader.readuntil(b'{"type":"welcome"')
    return reader, writer


# ── connections that say nothing ─────────────────────────────────────────────────────


async def half_open(server: Running) -> None:
    """Open thousands of connections of three kinds, and hold them all."""
    crowd = Crowd(server)
    await crowd.grow(HALF_OPEN)
    await crowd.grow(HALF_OPEN - 2_000, lambda: "GET /chat HTTP/1.1\r\nHost: loc")
    assert len(crowd) == 2 * HALF_OPEN - 2_000
    crowd.leave()
    await crowd.grow(STRANGERS, lambda: UPGRADE.format(address=address()))
    await served(server)
    crowd.leave()


async def test_half_open(server: Running) -> None:
    """Thousands who say nothing keep nobody out; when they are gone, so is their cost.

    The test itself can open 20,000 files, so 18,000 connections are held at once.
    """
    await served(server)
    before = files(server)
    await during(server, half_open(server))
    await becomes(lambda: files(server) <= before + 3)
    first = memory(server)
    await during(server, half_open(server))
    await becomes(lambda: files(server) <= before + 3)
    await becomes(lambda: memory(server) <= first + ROOM)


# ── one who speaks without end ───────────────────────────────────────────────────────


class Told:
    """What one visitor sent, and what it was told became of it."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.kept: list[str] = []
        self.refused: list[str] = []
        self.visitor: str | None = None

    def hear(self, frame: dict[str, Any]) -> None:
        """Take an answer."""
        if frame["type"] == "stored":
            self.kept.append(frame["key"])
        elif frame.get("key"):
            self.refused.append(frame["key"])

    def check(self, stored: list[str]) -> None:
        """Assert that the store holds what was acknowledged, once and in its order."""
        mine = [each for each in stored if each in set(self.sent)]
        assert self.kept
        assert max(Counter(mine).values()) == 1
        assert set(self.kept) <= set(mine)
        assert not set(self.refused) & set(mine)
        assert mine == [each for each in self.sent if each in set(mine)]


async def pour(server: Running, told: Told, many: int) -> None:
    """Send as fast as it goes over sockets, coming back at once when shown out."""
    visitor, forwarded = None, address()
    for chunk in range(many // 400):
        with suppress(*GONE):
            async with asyncio.timeout(PATIENCE), socket_of(server, forwarded) as page:
                visitor = await greeted(page, None if chunk % 5 == 4 else visitor)
                told.sent += (keys := [key() for _ in range(400)])
                for each in keys:
                    await say(page, type="say", key=each, text="me again")
                while True:
                    told.hear(json.loads(await page.recv()))


async def test_ten_thousand_messages(server: Running) -> None:
    """Who sends thousands of messages a second keeps nobody waiting, and loses none."""
    told = Told()
    await during(server, pour(server, told, 12_000))
    assert len(told.sent) >= 10_000
    told.check(inbound(server))


async def post(
    server: Running, visitor: str, forwarded: str, told: Told, many: int
) -> None:
    """Post as fast as it goes over one connection that is kept."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for _ in range(many):
        mine = key()
        told.sent.append(mine)
        body = json.dumps({"type": "say", "key": mine, "text": "me again"})
        writer.write(
            f"POST /chat/messages HTTP/1.1\r\n{HEAD.format(address=forwarded)}"
            f"Authorization: Bearer {visitor}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        async with asyncio.timeout(PATIENCE):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            size = int(head.partition("content-length:")[2].partition("\r")[0])
            frame = json.loads(await reader.readexactly(size))
        told.hear({**frame, "key": frame.get("key") or mine})
    writer.close()


async def test_posts_without_end(server: Running) -> None:
    """The same by plain requests: nothing that is refused is stored."""
    told, forwarded = Told(), address()
    async with socket_of(server) as page:
        visitor = await greeted(page)
    await during(server, post(server, visitor, forwarded, told, 3_000))
    assert len(told.kept) + len(told.refused) == 3_000
    told.check(inbound(server))


async def test_nobody_reads(server: Running) -> None:
    """Who asks for a long talk again and again, and reads none of it, costs little."""
    async with asyncio.timeout(60), socket_of(server) as page:
        visitor = await greeted(page)
        for _ in range(15):
            await say(page, type="say", key=key(), text="\u0416" * 5_000)
            assert (await hears(page, "stored", "later"))["type"] == "stored"
        hello = json.dumps({"type": "hello", "visitor": visitor}).encode()
        before = memory(server)
        deaf = []
        for _ in range(5):
            reader, writer = await upgraded(server)
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(framed(1, hello) * 300)
            deaf.append((reader, writer))
        await during(server, asyncio.sleep(0))
        for _ in range(5):
            await say(page, type="say", key=key(), text="and I can talk meanwhile")
            await hears(page, "stored")
        assert memory(server) < before + 2 * ROOM
        for _, writer in deaf:
            writer.transport.abort()


# ── bodies and frames that lie ───────────────────────────────────────────────────────


def bodies() -> Iterable[tuple[str, bytes]]:
    """Yield requests that are not what they say, each with the answer it may get."""
    post = "POST /chat/visits HTTP/1.1\r\n" + HEAD.format(address=address())
    text = json.dumps({"type": "say", "key": key(), "text": "x" * 1_000_000})
    yield f"{post}Content-Length: 5\r\nConnection: close\r\n\r\n" + "x" * 50, b"400"
    yield (
        f"{post}Content-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}",
        b"413",
    )
    yield f"{post}Content-Length: 99999999999999999999999\r\n\r\n", b"400"
    yield f"{post}Content-Length: -1\r\n\r\n", b"400"
    yield f"{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", b"400"
    yield (
        f"{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"400",
    )
    yield f"{post}Transfer-Encoding: chunked\r\n\r\nno chunk at all", b"400"
    yield f"{post}Transfer-Encoding: chunked\r\n\r\n" + "1\r\nx\r\n" * 70_000, b"413"
    yield f"{post}Content-Length: 100\r\n\r\n" + '{"type":', b"408"
    yield f"GET /{'x' * 300_000} HTTP/1.1\r\n\r\n", b""
    yield "GET /chat HTTP/1.1\r\n" + "X: y\r\n" * 5_000 + "\r\n", b"400"
    yield "GET /chat HTTP/1.1\r\nX: " + "y" * 300_000, b""
    yield "GET /chat HTTP/1.1\r\nHost: localhost\r\n\r\n" * 500, b""
    yield UPGRADE.replace("GET", "POST").format(address=address()), b"405"
    many = "".join(f"X-{number}: y\r\n" for number in range(99))
    long = "X: " + "y" * 9_000 + "\r\n"
    for head in (many, long, "Content-Length: 5\r\n"):
        start = UPGRADE.format(address=address()).removesuffix("\r\n")
        yield f"{start}{head}\r\n", b""


async def lie(server: Running, sent: str, status: bytes) -> None:
    """Send what is no good request; it is answered or cut off, and soon."""
    with suppress(ConnectionError):
        answer = await exchange(server, sent)
        assert status in answer[:16], (sent[:200], answer[:200])


async def test_bodies_that_lie(server: Running) -> None:
    """Bodies and heads without end, without truth or without haste are given up."""
    await served(server)
    before = files(server)
    lies = [lie(server, sent, status) for sent, status in bodies()]

    async def slow() -> None:
        crowd = Crowd(server)
        start = "POST /chat/visits HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
        await crowd.grow(500, lambda: f"{start}X-Forwarded-For: {address()}\r\n\r\n{{")
        await asyncio.gather(*lies)
        crowd.leave()

    await during(server, slow(), visitors=2)
    await becomes(lambda: files(server) <= before + 3)


PING: Final = framed(9)
FRAMES: Final = {
    "a text of 1 MB": framed(1, b"x" * 1_000_000),
    "binary": framed(2, b'{"type":"hello"}'),
    "no UTF-8": framed(1, b"\xff\xfe{}"),
    "no JSON": framed(1, b"hello?"),
    "compressed": framed(1, b"\xaaV*\xa9,H\x05\x00", reserved=4),
    "reserved bits": framed(1, b"{}", reserved=1),
    "a strange opcode": framed(3, b"{}"),
    "a long ping": framed(9, b"x" * 126),
    "a ping in parts": framed(9, final=False),
    "parts of nothing": framed(0, b"{}"),
    "not masked": b"\x81\x02{}",
    "a length without end": b"\x81\xff" + b"\xff" * 12,
    "a close that is cut": framed(8, b"\x03"),
    "pings": PING * 200_000,
    "parts without end": framed(1, b"{", final=False)
    + framed(0, final=False) * 200_000,
    "hellos": framed(1, b'{"type":"hello"}') * 20_000,
    "large hellos": framed(1, b'{"type":"hello","zone":"' + b"x" * 60_000) * 50,
}


async def shown_out(server: Running, name: str) -> None:
    """Send what no page sends; it is told to close, or cut off, and soon."""
    reader, writer = await upgraded(server)
    with suppress(ConnectionError):
        writer.write(FRAMES[name])
        async with asyncio.timeout(PATIENCE):
            await writer.drain()
            heard = b""
            while b"\x88\x02" not in heard and (part := await reader.read(65_536)):
                heard = heard[-1:] + part
    writer.transport.abort()


async def test_frames_that_lie(server: Running) -> None:
    """What no browser sends closes the socket, and holds nobody else up."""
    await served(server)
    before, first = files(server), memory(server)

    async def all_of_them() -> None:
        for _ in range(2):
            await asyncio.gather(*(shown_out(server, name) for name in FRAMES))

    await during(server, all_of_them())
    await becomes(lambda: files(server) <= before + 3)
    await becomes(lambda: memory(server) <= first + 2 * ROOM)


# ── who one is, and what one asks for ────────────────────────────────────────────────


async def test_forged_ids(server: Running) -> None:
    """Forged ids by the thousand are nobody's, however long, and are not kept."""
    async with socket_of(server) as page:
        visitor = await greeted(page)
    start, _, signed = visitor.rpartition(".")
    flipped = "".join(chr(ord(letter) ^ 1) for letter in signed)
    forged = [f"{start}.{flipped}", start, visitor.swapcase(), "a.b.c", "x" * 30_000]
    before = memory(server)

    async def forge(name: str) -> None:
        bearer = f"Authorization: Bearer {name}"
        answer = await exchange(server, request("GET /chat/messages", bearer))
        assert answer.startswith(b"HTTP/1.1 401"), answer[:100]

    async def attack() -> None:
        for number in range(400):
            await asyncio.gather(*(forge(f"{name}{number}") for name in forged))

    await during(server, attack(), visitors=2)
    assert memory(server) <= before + ROOM
    for name in forged[:4]:
        async with asyncio.timeout(PATIENCE), socket_of(server) as page:
            assert await greeted(page, name) != visitor


PLACES: Final = (
    *("/chat/assets/x/..%2f..%2f..%2fconfig.yaml", "/chat/assets/../../config.yaml"),
    *("/chat/assets/x/..%5cchat.js", "/chat/assets/x/chat.js%00", "/chat/assets/x/"),
    *("/chat/media/..%2f..%2fvoxpop.db", "/chat/media/%2e%2e", "/../../etc/passwd"),
    *("//etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/chat/words/../../config.yaml"),
    *("/chat?flow=..%2f..%2fconfig", "/chat?flow=%0d%0aX-Evil:1", "/chat?flow=<b>"),
)


async def test_places_that_are_none(server: Running) -> None:
    """No path leads out of what is served, and what is asked for is never repeated."""
    for place in PLACES:
        answer = await exchange(server, request(f"GET {place}"))
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert answer[9:12] in {b"400", b"401", b"404"}, (place, answer[:100])
        assert b"x-evil" not in head
        assert b"root:" not in answer
        assert b"<b>" not in answer
    for query in ("language=%0d%0aX-Evil:1", "language=../../x", "embed=%3Cscript%3E"):
        for place in ("/chat", "/chat/words", "/chat/embed.js"):
            answer = await exchange(server, request(f"GET {place}?{query}"))
            assert answer.startswith(b"HTTP/1.1 200"), (place, query)
            assert b"x-evil" not in answer.lower()
    for name in ("http://[", "null", "https://evil.example", "x\u00e9"):
        evil = request("POST /chat/visits", f"Origin: {name}", body="{}")
        assert (await exchange(server, evil)).startswith(b"HTTP/1.1 403")
    for name in ("evil.example", "[x]", "", "localhost.evil.example", "127.0.0.1.x"):
        evil = request("GET /chat").replace("Host: localhost", f"Host: {name}")
        assert (await exchange(server, evil)).startswith(b"HTTP/1.1 421")


async def test_whoever_leaves_at_once(server: Running) -> None:
    """Who goes in mid-sentence leaves nothing behind, in the log neither."""
    await served(server)
    before = files(server)
    body = "POST /chat/visits HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
    for words in (body, UPGRADE.format(address="10.255.0.1"), ""):
        crowd = Crowd(server)
        for _ in range(2):
            await crowd.grow(500, lambda words=words: words)  # type: ignore[misc]
            crowd.leave()
    await served(server)
    await becomes(lambda: files(server) <= before + 3)


async def test_opening_the_page_for_ever(tmp_path: Path) -> None:
    """Thousands who only open the page, from everywhere, are bounded in number."""
    many, kept = 1_000, 300
    async with serving(tmp_path) as server:
        for _ in range(many // 50):
            came = await asyncio.gather(
                *(
                    server.http.post(
                        "/chat/visits",
                        json={"type": "hello"},
                        headers={"X-Forwarded-For": address()},
                    )
                    for _ in range(50)
                )
            )
            assert {answer.status_code for answer in came} == {200}
        gone = await server.found.visits.forget_silent(keep=kept)
    with closing(sqlite3.connect(tmp_path / "voxpop.db")) as db:
        ((left,),) = db.execute("SELECT count(*) FROM contacts").fetchall()
    assert (gone, left) == (many - kept, kept)


# ── stopping ─────────────────────────────────────────────────────────────────────────


async def test_stopping_under_siege(server: Running) -> None:
    """The server ends soon, whoever still holds on to it."""
    crowd = Crowd(server)
    slow = "POST /chat/visits HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
    await crowd.grow(500)
    await crowd.grow(500, lambda: "GET /chat HTTP/1.1\r\nHo")
    await crowd.grow(500, lambda: slow)
    await crowd.grow(500, lambda: UPGRADE.format(address=address()))
    _, writer = await upgraded(server)
    started = time.monotonic()
    assert await asyncio.to_thread(server.stop) == 0
    assert time.monotonic() - started < PATIENCE
    writer.transport.abort()
    crowd.leave()
    server.start()
    await served(server)


async def test_stopping_in_mid_sentence(server: Running) -> None:
    """What was being said at the end is kept or can be said again, and counts once."""
    told = [Told() for _ in range(20)]

    async def talk(mine: Told) -> None:
        with suppress(*GONE):
            async with asyncio.timeout(PATIENCE), socket_of(server) as page:
                mine.visitor = await greeted(page)
                mine.sent += (keys := [key() for _ in range(15)])
                for each in keys:
                    await say(page, type="say", key=each, text="a word")
                while True:
                    mine.hear(json.loads(await page.recv()))

    talking = [asyncio.ensure_future(talk(each)) for each in told]
    await becomes(lambda: sum(len(each.kept) for each in told) > 20)
    assert await asyncio.to_thread(server.stop) == 0
    await asyncio.gather(*talking)
    stored = set(inbound(server))
    assert stored == {each for one in told for each in one.kept}
    server.start()
    for mine in told:
        missing = [each for each in mine.sent if each not in stored]
        async with asyncio.timeout(PATIENCE), socket_of(server) as page:
            await greeted(page, mine.visitor)
            for each in (*mine.sent[:1], *missing[:5]):
                await say(page, type="say", key=each, text="a word")
                assert (await hears(page, "stored"))["key"] == each
    assert max(Counter(inbound(server)).values()) == 1
