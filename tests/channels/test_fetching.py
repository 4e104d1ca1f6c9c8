"""A file is fetched from where it should be, and no more of it than there may be."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from bot.clock import now
from bot.errors import ChannelError, Throttled, Unreachable
from channels import fetching
from channels.fetching import Doors, fetch
from tests.channels.test_addresses import WITHIN

HOST = "files.example"
URL = f"https://{HOST}/file/bot123:canary/photo.jpg"
PUBLIC = "149.154.167.220"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def whole(url: str, largest: int = 1000, **options: object) -> bytes:
    """Return all of a file."""
    found = fetch(url, {HOST}, largest=largest, **options)  # type: ignore[arg-type]
    async with aclosing(found) as parts:
        return b"".join([part async for part in parts])


class Names:
    """A resolver whose answers change from one question to the next."""

    def __init__(self, *answers: Collection[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Collection[str]:
        """Return the next answer; the last one stays."""
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Far:
    """The far side: keeps what it was asked, and can be reached or not."""

    def __init__(self, *silent: str) -> None:
        self.asked: list[httpx.Request] = []
        self.silent = silent

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer with a file."""
        self.asked.append(request)
        if request.url.host in self.silent:
            raise httpx.ConnectError("no way")
        return httpx.Response(200, stream=httpx.ByteStream(b"photo"))

    def doors(self, names: Names) -> Doors:
        """Return the way there."""
        return Doors(names, httpx.MockTransport(self))


# ── where ────────────────────────────────────────────────────────────────────────


async def test_the_address_that_was_looked_at() -> None:
    """A name is asked for once; its address is asked, by the name it was meant for."""
    far, names = Far(), Names([PUBLIC], ["127.0.0.1"])
    assert await whole(URL, doors=far.doors(names)) == b"photo"
    assert names.asked == [(HOST, 443)]
    [request] = far.asked
    assert request.url.host == PUBLIC
    assert request.headers["host"] == HOST
    assert request.extensions["sni_hostname"] == HOST


async def test_a_name_that_leads_elsewhere_later() -> None:
    """Every fetch looks anew: once a name leads within, nothing is asked."""
    far, names = Far(), Names([PUBLIC], ["127.0.0.1"])
    await whole(URL, doors=far.doors(names))
    with pytest.raises(ChannelError, match="within") as raised:
        await whole(URL, doors=far.doors(names))
    assert not raised.value.retryable
    assert len(far.asked) == 1


@pytest.mark.parametrize("address", WITHIN)
async def test_one_address_within_is_enough(address: str) -> None:
    """Among good addresses a single one within refuses the name."""
    far = Far()
    with pytest.raises(ChannelError, match="within"):
        await whole(URL, doors=far.doors(Names([PUBLIC, address])))
    assert far.asked == []


async def test_another_address() -> None:
    """Where the first address cannot be reached the next one is asked."""
    other = "2001:67c:4e8:f004::9"
    far = Far(other)
    found = await whole(URL, doors=far.doors(Names([other, PUBLIC])))
    assert found == b"photo"
    assert [request.url.host for request in far.asked] == [other, PUBLIC]
    far = Far(other, PUBLIC)
    with pytest.raises(Unreachable):
        await whole(URL, doors=far.doors(Names([other, PUBLIC])))


async def test_the_name_is_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answers at the address has to prove that it goes by the name."""
    monkeypatch.setattr(fetching, "is_public", lambda _: True)
    here, there = certified(tmp_path, HOST)
    ok = saying("HTTP/1.1 200 OK", "Content-Length: 5", body=b"photo")
    async with talking(ok, here) as base:
        port = base.rpartition(":")[2]
        inner = httpx.AsyncHTTPTransport(verify=there, limits=fetching.ONCE)
        way = Doors(Names(["127.0.0.1"]), inner)
        async with httpx.AsyncClient(transport=way, trust_env=False) as client:
            found = await client.get(f"https://{HOST}:{port}/x")
            assert found.content == b"photo"
            with pytest.raises(httpx.ConnectError, match=r"CERTIFICATE|certificate"):
                await client.get(f"https://other.example:{port}/x")


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what proves a name, and what believes that proof."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    proof = (
        x509.CertificateBuilder(who, who, key.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = Encoding.PEM
    hidden = key.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption())
    (folder / "pem").write_bytes(hidden + proof.public_bytes(pem))
    here = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    here.load_cert_chain(folder / "pem")
    return here, ssl.create_default_context(cafile=str(folder / "pem"))


async def test_no_such_name() -> None:
    """A name that leads nowhere today may lead somewhere tomorrow."""

    async def nowhere(_host: str, _port: int) -> Collection[str]:
        raise OSError

    with pytest.raises(Unreachable):
        await whole(URL, doors=Doors(nowhere))


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/x",
        f"https://{HOST}:8443/x",
        f"https://{HOST}.evil.example/x",
        "https://evil.example/x",
        f"https://{HOST}@evil.example/x",
        f"https://name:word@{HOST}/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://[::1]/x",
        "file:///etc/passwd",
        "/etc/passwd",
        "ftp://files.example/x",
        "https://",
        "https://files.example:x/",
        "",
        "http://127.0.0.1:8081/x",
        "http://127.0.0.2:8080/x",
        "https://127.0.0.1:8080/x",
    ],
)
async def test_hosts_of_others(url: str) -> None:
    """Only the service's hosts are asked, by https; beside them the operator's own."""
    far = Far()
    with pytest.raises(ChannelError) as raised:
        await whole(url, doors=far.doors(Names([PUBLIC])), own="http://127.0.0.1:8080")
    assert not raised.value.retryable
    assert far.asked == []


@pytest.mark.parametrize("literal", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1"])
async def test_literals(literal: str) -> None:
    """Even a host that is allowed is refused where this machine is meant."""
    with pytest.raises(ChannelError, match=r"within|no address") as raised:
        await anext(fetch(f"https://{literal}/x", {literal}))
    assert not raised.value.retryable


# ── what comes ───────────────────────────────────────────────────────────────────


@asynccontextmanager
async def talking(
    talk: Talk, proof: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Serve what a test says, and return the address."""
    open_: set[asyncio.Task[None] | None] = set()

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        open_.add(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=proof)
    async with server:
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            await asyncio.gather(*filter(None, open_))


def saying(*lines: str, body: bytes = b"") -> Talk:
    """Return a talk of one answer."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return talk


async def fetched(talk: Talk, largest: int = 1000) -> bytes:
    """Return what is fetched from who talks so."""
    async with talking(talk) as base:
        return await whole(f"{base}/file", largest, own=base)


async def test_a_file() -> None:
    """A file comes as it is."""
    talk = saying("HTTP/1.1 200 OK", "Content-Length: 5", body=b"photo")
    assert await fetched(talk) == b"photo"


async def test_announced_too_large() -> None:
    """What says that it is too large is not read."""
    with pytest.raises(ChannelError, match="too large") as raised:
        await fetched(saying("HTTP/1.1 200 OK", "Content-Length: 1001"))
    assert not raised.value.retryable


async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Talk without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"64\r\n" + b"x" * 100 + b"\r\n")
        await writer.drain()


async def test_without_an_end() -> None:
    """What comes without an end is cut off where it is too much."""
    with pytest.raises(ChannelError, match="too large"):
        await fetched(endless)


async def test_more_than_announced() -> None:
    """What comes after the announced end is no part of the file."""
    talk = saying("HTTP/1.1 200 OK", "Content-Length: 5", body=b"photo" + b"x" * 9999)
    assert await fetched(talk) == b"photo"


async def test_less_than_announced() -> None:
    """What breaks off is not taken for a file, and is tried again."""
    with pytest.raises(ChannelError, match="silent") as raised:
        await fetched(saying("HTTP/1.1 200 OK", "Content-Length: 9", body=b"photo"))
    assert raised.value.retryable


async def test_packed() -> None:
    """A file that is packed could become any size, and is not unpacked."""
    packed = saying("HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: 0")
    with pytest.raises(ChannelError, match="packed"):
        await fetched(packed)


async def test_sent_elsewhere() -> None:
    """A redirect is not followed, wherever it leads."""
    asked: list[str] = []

    async def within(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        asked.append("within")

    async with talking(within) as base:
        moved = saying("HTTP/1.1 302 Found", f"Location: {base}/x", "Content-Length: 0")
        with pytest.raises(ChannelError, match="302") as raised:
            await fetched(moved)
    assert (asked, raised.value.retryable) == ([], False)


@pytest.mark.parametrize(
    ("status", "again"),
    [(404, False), (401, False), (410, False), (408, True), (500, True), (503, True)],
)
async def test_answers(status: int, again: bool) -> None:  # noqa: FBT001 - a table
    """What passes is tried again, and what will not is not."""
    with pytest.raises(ChannelError, match=str(status)) as raised:
        await fetched(saying(f"HTTP/1.1 {status} So", "Content-Length: 0"))
    assert raised.value.retryable == again


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7), ("9999999999", 60), ("86400", 3600), ("soon", 60), ("-1", 60)],
)
async def test_slow_down(said: str, seconds: int) -> None:
    """A service may ask for a pause, within reason."""
    talk = saying("HTTP/1.1 429 No", f"Retry-After: {said}", "Content-Length: 0")
    with pytest.raises(Throttled) as raised:
        await fetched(talk)
    assert raised.value.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize("size", ["x", "-5", "5, 6", "9" * 5000])
async def test_sizes_that_make_no_sense(size: str) -> None:
    """A size that is none ends the fetch."""
    with pytest.raises(ChannelError):
        await fetched(saying("HTTP/1.1 200 OK", f"Content-Length: {size}"))


@pytest.mark.parametrize("limit", ["SILENCE", "SECONDS"])
async def test_who_dawdles(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who falls silent, or sends a byte now and then, is not waited for."""
    monkeypatch.setattr(fetching, limit, 0.2)
    gone = asyncio.Event()

    async def slow(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
        while not gone.is_set():
            if limit == "SECONDS":
                writer.write(b"x")
                await writer.drain()
            with suppress(TimeoutError):
                async with asyncio.timeout(0.01):
                    await gone.wait()

    async with talking(slow) as base:
        try:
            with pytest.raises(ChannelError, match="silent") as raised:
                await whole(f"{base}/file", own=base)
        finally:
            gone.set()
    assert raised.value.retryable


async def test_who_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes the question and says nothing is not waited for either."""
    monkeypatch.setattr(fetching, "SECONDS", 0.1)

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    with pytest.raises(ChannelError, match="silent"):
        await fetched(silent)


async def test_nobody_there() -> None:
    """Where nobody listens it is tried again later."""
    async with talking(saying()) as base:
        pass
    with pytest.raises(Unreachable):
        await whole(f"{base}/file", own=base)


async def test_nothing_of_the_address_is_told() -> None:
    """An address may hold a token, so no error shows it, nor what it came from."""
    for doors in (
        Far().doors(Names(["127.0.0.1"])),
        Far(PUBLIC).doors(Names([PUBLIC])),
        Doors(Names([PUBLIC]), httpx.MockTransport(lambda _: httpx.Response(404))),
    ):
        with pytest.raises(ChannelError) as raised:
            await whole(URL, doors=doors)
        assert "canary" not in f"{raised.value}{raised.value.__cause__}"
        assert raised.value.__cause__ is None


async def test_left_half_way() -> None:
    """Whoever has seen enough may leave; the connection is closed."""
    left = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nphoto")
        await writer.drain()
        assert await reader.read() == b""
        left.set()

    async with talking(talk) as base:
        async with aclosing(fetch(f"{base}/file", (), own=base)) as parts:
            assert await anext(parts) == b"photo"
        async with asyncio.timeout(5):
            await left.wait()
