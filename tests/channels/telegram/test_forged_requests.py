"""Whatever anybody posts to the webhook: refused or stored, and never an error."""

import asyncio
import resource
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio

from channels import http
from channels.telegram.webhook import LARGEST
from tests.channels.telegram import updates
from tests.channels.telegram.shop import SECRET, Shop, hurry, payload, shop
from tests.channels.telegram.updates import CANARY
from tests.fakes.telegram import SECRET_HEADER

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEEP: Final = 100_000
HUGE: Final = 100 * 1024 * 1024
OURS: Final = SECRET.encode()
NAME: Final = SECRET_HEADER.encode()
HEADERS: Final[Mapping[str, tuple[int, list[bytes]]]] = {
    "none": (401, []),
    "empty": (403, [b""]),
    "wrong": (403, [b"x" * len(OURS)]),
    "a byte more": (403, [OURS + b"x"]),
    "a byte less": (403, [OURS[:-1]]),
    "another bot's": (403, [b"Zm9yZ2VkIHNlY3JldCBvZiBhbm90aGVyIGJvdA"]),
    "other letters": (403, [OURS.upper()]),
    "no ASCII": (403, [b"\xc3\xa9\xff" + OURS]),
    "twice": (403, [OURS, OURS]),
    "one of two": (403, [b"x", OURS]),
}
NOTHING: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "no UTF-8": payload(updates.text("nine"))[:-2] + b"\xff}}",
    "no JSON": b"update_id=1",
    "a list": b"[" + payload(updates.text(CANARY)) + b"]",
    "a number": b"5",
    "null": b"null",
    "deep": b'{"update_id":1,"message":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep and open": b'{"update_id":' + b"[" * DEEP,
    **{
        f"update_id {value}": f'{{"update_id":{value},"message":{{}}}}'.encode()
        for value in ('"870001"', "-1", "0", "1.5", "1e3", "true", "null", "[]", 2**70)
    },
    "no update_id": b'{"message":{}}',
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_shop(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Shop]:
    """Return a shop that many knock at."""
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        patch.setattr(http, "BODY_SECONDS", 0.3)
        async with shop(tmp_path_factory.mktemp("shop"), "webhook") as opened:
            yield opened


async def post(
    opened: Shop,
    content: bytes,
    secrets: list[bytes],
    method: str = "POST",
) -> int:
    """Post to the webhook; return the status of an answer that tells nothing."""
    headers = [(NAME, each) for each in secrets]
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        answer = await client.request(
            method, opened.fake.updates.url, content=content, headers=headers
        )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers
    assert len(answer.text) < 40
    assert CANARY not in answer.text
    assert SECRET not in answer.text
    return answer.status_code


@pytest.mark.parametrize("case", HEADERS)
async def test_strangers(open_shop: Shop, case: str) -> None:
    """Who does not bring just our secret is refused, and nothing is stored."""
    before = open_shop.sizes()
    status, secrets = HEADERS[case]
    assert await post(open_shop, payload(updates.text(CANARY)), secrets) == status
    assert open_shop.sizes() == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
async def test_methods(open_shop: Shop, method: str) -> None:
    """The webhook is posted to, and nothing else."""
    before = open_shop.sizes()
    assert await post(open_shop, b"", [OURS], method) == 405
    assert open_shop.sizes() == before


@pytest.mark.parametrize("case", NOTHING)
async def test_no_updates(open_shop: Shop, case: str) -> None:
    """What is no update is refused, and nothing is stored."""
    before = open_shop.sizes()
    assert await post(open_shop, NOTHING[case], [OURS]) == 400
    assert open_shop.sizes() == before


# ── bodies ───────────────────────────────────────────────────────────────────────────


async def test_an_endless_body(open_shop: Shop) -> None:
    """A body of 100 MB in pieces is refused early, and memory does not grow by it."""
    before, memory = open_shop.sizes(), largest_memory()
    piece, left = b"10000\r\n" + b"x" * 65_536 + b"\r\n", 0
    async with knocking(open_shop, "Transfer-Encoding: chunked") as (reader, writer):
        answer = asyncio.create_task(reader.readuntil(b"\r\n"))
        with suppress(ConnectionError):
            while left < HUGE:
                writer.write(piece)
                left += len(piece)
                await writer.drain()
                if left > LARGEST * 20:
                    assert answer.done()
        assert b" 413 " in await answer
    assert largest_memory() - memory < LARGEST * 16
    assert open_shop.sizes() == before


@pytest.mark.parametrize(
    ("length", "sent", "status"),
    [
        (LARGEST + 1, 0, 413),
        (10**15, 5, 413),
        (100, 0, 400),
        (100, 99, 400),
    ],
)
async def test_lengths(open_shop: Shop, length: int, sent: int, status: int) -> None:
    """What is announced as too large is not waited for; what never comes, not long."""
    before = open_shop.sizes()
    async with knocking(open_shop, f"Content-Length: {length}") as (reader, writer):
        writer.write(b" " * sent)
        assert f" {status} ".encode() in await reader.readuntil(b"\r\n")
    assert open_shop.sizes() == before


async def test_a_body_cut_off(open_shop: Shop) -> None:
    """A body whose connection ends before it does is not taken for whole."""
    before = open_shop.sizes()
    whole = payload(updates.text(CANARY))
    async with knocking(open_shop, f"Content-Length: {len(whole) + 1}") as (_, writer):
        writer.write(whole)
        await writer.drain()
    ann = open_shop.person(5001)
    await ann.say("/start")
    await ann.hears("how likely are you")
    assert open_shop.ask("SELECT 1 FROM inbound WHERE raw LIKE ?", f"%{CANARY}%") == []
    assert open_shop.sizes()["inbound"] == before["inbound"] + 1


@asynccontextmanager
async def knocking(
    opened: Shop, *headers: str
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Begin a request with our secret, by hand."""
    where = urlsplit(opened.fake.updates.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    given = [f"Host: {where.netloc}", f"{SECRET_HEADER}: {SECRET}", *headers]
    writer.write("\r\n".join([f"POST {where.path} HTTP/1.1", *given, "", ""]).encode())
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def largest_memory() -> int:
    """Return the most bytes that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
