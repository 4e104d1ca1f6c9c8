"""Who comes in: ports, connections that say nothing or too much, and leave-taking."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bot.errors import WrongUse
from web import binding, door, wire
from web.binding import bind
from web.door import Door, room_for_files
from web.server import Server

PATIENCE = 10.0
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


# ── ports ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port that somebody listens at."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_the_port_that_was_named(taken: int) -> None:
    """A configured port that is taken is an error, which names it and the way out."""
    with pytest.raises(WrongUse, match=rf"port {taken} on 127.0.0.1 .*set web\.port"):
        bind("127.0.0.1", taken)


def test_the_next_port(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a configured port the first free one is taken, from 8080 upwards."""
    assert binding.FIRST == 8080
    monkeypatch.setattr(binding, "FIRST", taken)
    with bind("127.0.0.1", None) as found:
        assert taken < found.getsockname()[1] < taken + binding.TRIES


def test_no_port_at_all(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all of them are taken, that is said."""
    monkeypatch.setattr(binding, "FIRST", taken)
    monkeypatch.setattr(binding, "TRIES", 1)
    with pytest.raises(WrongUse, match="all ports"):
        bind("127.0.0.1", None)


@pytest.mark.parametrize(
    ("host", "words"),
    [("no-such-host.invalid", "cannot be found"), ("192.0.2.1", "cannot listen at")],
)
def test_a_host_that_is_not_ours(host: str, words: str) -> None:
    """Where the host is not of this machine, the error names it."""
    with pytest.raises(WrongUse, match=words) as error:
        bind(host, 0)
    assert host in str(error.value)


def test_whoever_does_not_read() -> None:
    """The system ends connections that are not read from, and holds little unread."""
    with bind("127.0.0.1", 0) as found:
        held = found.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        assert held <= 4 * binding.READ_AT_ONCE
        option = getattr(socket, "TCP_USER_TIMEOUT", None)
        if option is not None:
            patience = found.getsockopt(socket.IPPROTO_TCP, option)
            assert patience == binding.UNREAD_SECONDS * 1_000


def test_room_for_files() -> None:
    """There is room for sockets, and some is left for the database."""
    assert room_for_files() >= door.SPARE_FILES


# ── connections ──────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[tuple[Server, int]]:
    """Serve an application; yield its server and its port."""
    listening = bind("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server = Server(app, listening, [])
    running = asyncio.create_task(server.run())
    try:
        yield server, port
    finally:
        server.stop()
        await running


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer requests at once, and sockets with what they say."""
    if scope["type"] == "http":
        await PlainTextResponse("hello")(scope, receive, send)
        return
    line = WebSocket(scope, receive, send)
    await line.accept()
    async for words in line.iter_text():
        await line.send_text(words)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Return the port of a server that says hello."""
    async with serving(hello) as (_, found):
        yield found


async def ask(port: int, *words: bytes) -> bytes:
    """Say something, and return what is said until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = b""
    try:
        async with asyncio.timeout(PATIENCE):
            for each in words:
                writer.write(each)
                await writer.drain()
            while part := await reader.read(65_536):
                heard += part
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()
    return heard


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give connections no time at all."""
    monkeypatch.setattr(door, "HEAD_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("words", [b"", b"G", GET[:-1], b"POST / HTTP/1.1\r\nA: b"])
async def test_whoever_says_nothing(port: int, words: bytes) -> None:
    """A connection has a few seconds to say what it wants."""
    assert await ask(port, words) == b""


@pytest.mark.usefixtures("impatient")
async def test_bodies_that_nobody_asked_for(port: int) -> None:
    """What comes after the answer is not listened to for long."""
    start = b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(start)
    async with asyncio.timeout(PATIENCE):
        await reader.readuntil(b"hello")
        writer.write(b"more")
        with pytest.raises(asyncio.IncompleteReadError):
            await reader.readexactly(1)
    writer.close()


async def test_too_many_say_nothing(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many silent connections the first is shown out, and the others stay."""
    monkeypatch.setattr(door, "SILENT", 1)
    first, one = await asyncio.open_connection("127.0.0.1", port)
    second, other = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(PATIENCE):
        assert await first.read() == b""
        other.write(GET)
        await second.readuntil(b"hello")
    for writer in (one, other):
        writer.transport.abort()


async def test_no_room(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every place is taken by one who talks, a newcomer is turned away."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(PATIENCE):
        writer.write(UPGRADE + b"\r\n")
        await reader.readuntil(b"\r\n\r\n")
        monkeypatch.setattr(Door, "most_open", 1)
        assert await ask(port) == b""
        assert not Door.silent
    writer.transport.abort()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (b"X: y\r\n" * 200, b"400"),
        (b"X: " + b"y" * 300_000, b""),
        (b"X: y\r\n" * 90, b"200"),
    ],
    ids=["many", "large", "some"],
)
async def test_large_heads(port: int, words: bytes, answer: bytes) -> None:
    """A request's head may be only so large."""
    start = b"GET / HTTP/1.1\r\nConnection: close\r\n"
    assert (await ask(port, start, words, b"\r\n"))[9:12] == answer


async def test_many_requests_at_once(port: int) -> None:
    """A few requests may wait on one connection, and are answered in turn; not many."""
    last = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert (await ask(port, GET * 9 + last)).count(b"hello") == 10
    assert (await ask(port, GET * 500 + last)).count(b"hello") < 500


# ── sockets ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "more",
    [
        b"".join(b"X-%d: y\r\n" % number for number in range(95)),
        b"X: " + b"y" * 9_000 + b"\r\n",
        b"Content-Length: 5\r\n",
    ],
    ids=["many headers", "a long one", "a body"],
)
async def test_handshakes(port: int, more: bytes) -> None:
    """A handshake that cannot be read ends the connection, and is not kept for ever."""
    answer = await ask(port, UPGRADE + more * 2 + b"\r\n")
    assert b"101" not in answer[:16]


def framed(opcode: int, data: bytes = b"", *, final: bool = True) -> bytes:
    """Return a short frame as a browser sends it."""
    return struct.pack("!BBI", final << 7 | opcode, 128 | len(data), 0) + data


@pytest.mark.parametrize(
    "words",
    [framed(9), framed(10), framed(1, b"x"), framed(0, final=False)],
    ids=["pings", "pongs", "words", "parts"],
)
async def test_frames_without_end(port: int, words: bytes) -> None:
    """Who sends frames without end is shown out, with the code for it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(PATIENCE):
        writer.write(UPGRADE + b"\r\n")
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        begun = framed(1, b"x", final=False) if words[0] == 0 else b""
        writer.write(begun + words * 600)
        heard = await reader.read()
    assert heard.endswith(b"\x88\x02" + wire.TOO_MUCH.to_bytes(2, "big"))
    writer.close()


async def test_words_for_one_who_was_shown_out() -> None:
    """Who answers a socket that was closed meanwhile is told that nobody is there."""
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        line = WebSocket(scope, receive, send)
        await line.accept()
        while (await line.receive())["type"] != "websocket.disconnect":
            pass
        try:
            await send({"type": "websocket.send", "text": "too late"})
        except OSError:
            told.set_result(1)

    async with serving(slow) as (_, port), asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(UPGRADE + b"\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(framed(9) * 600)
        assert await told
        writer.transport.abort()


async def test_a_talk_goes_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends no more than a page does may do so as long as they like."""
    monkeypatch.setattr(wire, "FRAMES_A_SECOND", 1_000_000)
    async with connect(f"ws://127.0.0.1:{port}/", proxy=None) as line:
        for number in range(3 * wire.FRAMES):
            await line.send(str(number))
            assert await line.recv() == str(number)
        await line.send("x" * 60_000)
        assert len(await line.recv()) == 60_000


async def test_the_last_word_is_answered() -> None:
    """Told to stop, the server answers the message under way, and closes then."""
    heard, going = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        line = WebSocket(scope, receive, send)
        await line.accept()
        async for words in line.iter_text():
            heard.set()
            await going.wait()
            await line.send_text(f"{words} is stored")

    async with (
        serving(slow) as (server, port),
        connect(f"ws://127.0.0.1:{port}/", proxy=None) as line,
        asyncio.timeout(PATIENCE),
    ):
        await line.send("a word")
        await heard.wait()
        server.stop()
        await closed(port)
        going.set()
        assert await line.recv() == "a word is stored"
        with pytest.raises(ConnectionClosed):
            await line.recv()
        assert line.close_code == 1012


async def closed(port: int) -> None:
    """Wait until nobody listens at a port any more."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:
            return
        writer.transport.abort()


async def test_the_last_request_is_answered() -> None:
    """The same for a request that is under way."""
    heard, going = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        heard.set()
        await going.wait()
        await PlainTextResponse(body + b" is stored")(scope, receive, send)

    async with serving(slow) as (server, port), asyncio.timeout(PATIENCE):
        post = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\na word"
        asking = asyncio.ensure_future(ask(port, post))
        await heard.wait()
        server.stop()
        await closed(port)
        going.set()
        assert (await asking).endswith(b"a word is stored")
