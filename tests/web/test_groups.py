"""What guards the routes: names, headers, errors that tell nothing; and health."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from bot import log
from channels.web.chat import Page
from channels.web.routes import headers
from tests.channels.web.serving import PATIENCE, serving
from web import health
from web.groups import BARE, Group, Hosts, application


def fine(_request: Request) -> Response:
    """Answer."""
    return PlainTextResponse("fine")


def broken(_request: Request) -> Response:
    """Break, with words that somebody said."""
    raise ValueError("my secret words, ana@example.org")


def broken_late(_request: Request) -> Response:
    """Break in the middle of an answer."""

    def parts() -> Iterator[str]:
        yield "a part"
        raise ValueError("my secret words")

    return StreamingResponse(parts())


CHAT = headers(Page(brand="Acme", sites=("https://shop.example",)))


@pytest.fixture
def app() -> ASGIApp:
    """Return groups such as the server has."""
    log.configure()
    groups = [
        Group("/health", [Route("/health/live", fine)]),
        Group("/chat", [Route("/chat", fine), Route("/chat/broken", broken)], CHAT),
        Group("/", [Route("/late", broken_late)]),
    ]
    return application(groups, Hosts(["chat.example", "0.0.0.0"]))  # noqa: S104 - a name


def client_of(app: ASGIApp, name: str = "chat.example") -> httpx.AsyncClient:
    """Return a client that goes to an application by a name."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"http://{name}")


@pytest.fixture
def client(app: ASGIApp) -> httpx.AsyncClient:
    """Return a client that goes to the server by its name."""
    return client_of(app)


# ── names ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("chat.example", True),
        ("CHAT.Example.:443", True),
        ("localhost:8080", True),
        ("127.0.0.1:8080", True),
        ("192.168.1.7", True),
        ("[::1]:8080", True),
        ("[2001:db8::1]", True),
        ("", False),
        (":8080", False),
        ("evil.example", False),
        ("chat.example.evil.example", False),
        ("evil-chat.example", False),
        ("127.0.0.1.evil.example", False),
        ("127.0.0.1@evil.example", False),
        ("999.1.1.1", False),
        ("١٢٧.0.0.1", False),
        ("[evil.example]", False),
        ("[127.0.0.1]", False),
        ("[::1", False),
        ("[::1]evil", False),
    ],
)
def test_names(name: str, *, ours: bool) -> None:
    """Configured names, localhost and addresses are ours; nothing else is."""
    assert Hosts(["chat.example"]).own(name) is ours


async def test_another_name(client: httpx.AsyncClient) -> None:
    """Under another name nothing is served, and the operator is told the setting."""
    answer = await client.get("/chat", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "web.public_url" in answer.text
    assert answer.headers["content-security-policy"] == CHAT["Content-Security-Policy"]


async def said(app: ASGIApp, kind: str, path: str, host: bytes) -> list[Message]:
    """Return all that an application says to one request, or one socket."""
    found: list[Message] = []

    async def receive() -> Message:
        if kind == "http":
            await asyncio.Event().wait()  # it has no body, and stays
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        found.append(message)

    scope = {"type": kind, "method": "GET", "path": path, "headers": [(b"host", host)]}
    await app(scope, receive, send)
    return found


async def test_a_socket_under_another_name(app: ASGIApp) -> None:
    """Nor is a socket opened."""
    (refused,) = await said(app, "websocket", "/chat", b"evil.example")
    assert refused["type"] == "websocket.close"


# ── headers ──────────────────────────────────────────────────────────────────────────


def policy(text: str) -> dict[str, list[str]]:
    """Return a content security policy by directive."""
    parts = (part.split() for part in text.split(";"))
    return {name: values for name, *values in parts}


async def test_the_chats_headers(client: httpx.AsyncClient) -> None:
    """The page may load from its own place alone; only named sites may embed it."""
    answer = await client.get("/chat")
    found = policy(answer.headers["content-security-policy"])
    assert found == {
        "default-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'self'", "https://shop.example"],
    }
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/health/live", "/chatter", "/nothing", "/"])
async def test_bare_headers(client: httpx.AsyncClient, path: str) -> None:
    """All else may load nothing, be framed by nobody, and is what it says it is."""
    answer = await client.get(path)
    for name, value in BARE.items():
        assert answer.headers.get_list(name) == [value]


@pytest.mark.parametrize("path", ["/chat/broken", "/chat/nothing"])
async def test_errors_are_guarded_too(app: ASGIApp, path: str) -> None:
    """An error's page is under the same policy as all of its group."""
    answer = await client_of(app, "localhost").get(path)
    found = answer.headers.get_list("content-security-policy")
    assert found == [CHAT["Content-Security-Policy"]]


# ── what breaks ──────────────────────────────────────────────────────────────────────


async def test_what_breaks(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """The caller learns nothing, the log where it broke; nobody's words are in it."""
    answer = await client.get("/chat/broken?q=ana@example.org")
    assert (answer.status_code, answer.text) == (500, "Something went wrong here.\n")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["error"]) == ("request_broke", "ValueError")
    assert line["path"] == "/chat/broken"
    assert "broken" in line["at"][-1]
    assert "secret" not in str(line)
    assert "ana@" not in str(line)


async def test_what_breaks_late(
    app: ASGIApp, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer that breaks in its middle is not made to look whole."""
    start, *parts = await said(app, "http", "/late", b"localhost")
    assert start["status"] == 200
    assert all(part["more_body"] for part in parts)
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "request_broke"
    assert "secret" not in str(line)


# ── health ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("hindrance", "status", "told"),
    [
        (None, 200, {"status": "ready"}),
        ("shutting down", 503, {"status": "not ready", "reason": "shutting down"}),
    ],
)
async def test_health(hindrance: str | None, status: int, told: dict[str, str]) -> None:
    """Alive is who answers; ready is who can take messages in, else it says why not."""

    async def ready() -> str | None:
        return hindrance

    groups = [Group("/health", health.routes(ready))]
    client = client_of(application(groups, Hosts([])), "localhost")
    assert (await client.get("/health/live")).json() == {"status": "alive"}
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (status, told)


async def test_many_ask_at_once() -> None:
    """However many ask, one look at the store at a time tells all of them."""
    looks: asyncio.Queue[asyncio.Event] = asyncio.Queue()

    async def ready() -> str | None:
        look = asyncio.Event()
        looks.put_nowait(look)
        await look.wait()
        return None

    groups = [Group("/health", health.routes(ready))]
    client = client_of(application(groups, Hosts([])), "localhost")
    for _ in range(2):
        asking = [asyncio.ensure_future(client.get("/health/ready")) for _ in range(9)]
        (await looks.get()).set()
        answers = await asyncio.gather(*asking)
        assert {answer.status_code for answer in answers} == {200}
        assert looks.empty()


async def test_a_locked_store(tmp_path: Path) -> None:
    """While nothing can be stored the server is not ready, and it is again after it."""
    async with serving(tmp_path) as server:
        lock = sqlite3.connect(tmp_path / "voxpop.db", isolation_level=None)
        with closing(lock):
            lock.execute("BEGIN IMMEDIATE")
            answer = await server.http.get("/health/ready")
            assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
            assert (await server.http.get("/health/live")).status_code == 200
            lock.execute("ROLLBACK")
        async with asyncio.timeout(PATIENCE):
            while (await server.http.get("/health/ready")).status_code != 200:
                pass


async def test_ready_until_told_to_stop(tmp_path: Path) -> None:
    """A real server is ready, until it is told to stop; alive it is to the end."""
    async with serving(tmp_path) as server:
        assert (await server.http.get("/health/ready")).status_code == 200
        server.found.stopping.set()
        answer = await server.http.get("/health/ready")
        assert (answer.status_code, answer.json()["reason"]) == (503, "shutting down")
        assert (await server.http.get("/health/live")).status_code == 200
