"""What guards the routes: names, headers, errors that tell nothing; and health."""

import json
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocketDisconnect

from bot import log
from channels.web.chat import Page
from channels.web.routes import headers
from tests.channels.web.serving import serving
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

    def parts() -> object:
        yield "a part"
        raise ValueError("my secret words")

    return StreamingResponse(parts())  # type: ignore[arg-type]


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


@pytest.fixture
def client(app: ASGIApp) -> TestClient:
    """Return a client that goes to the server by its name."""
    return TestClient(app, base_url="http://chat.example")


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


def test_another_name(client: TestClient) -> None:
    """Under another name nothing is served, and the operator is told the setting."""
    answer = client.get("/chat", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "web.public_url" in answer.text
    assert answer.headers["content-security-policy"] == CHAT["Content-Security-Policy"]
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/chat", headers={"Host": "evil.example"}),
    ):
        pass


# ── headers ──────────────────────────────────────────────────────────────────────────


def policy(text: str) -> dict[str, list[str]]:
    """Return a content security policy by directive."""
    parts = (part.split() for part in text.split(";"))
    return {name: values for name, *values in parts}


def test_the_chats_headers(client: TestClient) -> None:
    """The page may load from its own place alone; only named sites may embed it."""
    answer = client.get("/chat")
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
def test_bare_headers(client: TestClient, path: str) -> None:
    """All else may load nothing, be framed by nobody, and is what it says it is."""
    answer = client.get(path)
    for name, value in BARE.items():
        assert answer.headers.get_list(name) == [value]


@pytest.mark.parametrize("path", ["/chat/broken", "/chat/nothing"])
def test_errors_are_guarded_too(app: ASGIApp, path: str) -> None:
    """An error's page is under the same policy as all of its group."""
    client = TestClient(app, base_url="http://localhost")
    found = client.get(path).headers.get_list("content-security-policy")
    assert found == [CHAT["Content-Security-Policy"]]


# ── what breaks ──────────────────────────────────────────────────────────────────────


def test_what_breaks(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    """The caller learns nothing, the log where it broke; nobody's words are in it."""
    answer = client.get("/chat/broken?q=ana@example.org")
    assert (answer.status_code, answer.text) == (500, "Something went wrong here.\n")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["error"]) == ("request_broke", "ValueError")
    assert line["path"] == "/chat/broken"
    assert "broken" in line["at"][-1]
    assert "secret" not in str(line)
    assert "ana@" not in str(line)


def test_what_breaks_late(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer that breaks in its middle is not made to look whole."""
    client.get("/late")
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
def test_health(hindrance: str | None, status: int, told: dict[str, str]) -> None:
    """Alive is who answers; ready is who can take messages in, else it says why not."""

    async def ready() -> str | None:
        return hindrance

    client = TestClient(
        application([Group("/health", health.routes(ready))], Hosts([]))
    )
    client.base_url = "http://localhost"
    assert client.get("/health/live").json() == {"status": "alive"}
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (status, told)


async def test_ready_until_told_to_stop(tmp_path: Path) -> None:
    """A real server is ready, until it is told to stop; alive it is to the end."""
    async with serving(tmp_path) as server:
        assert (await server.http.get("/health/ready")).status_code == 200
        server.found.stopping.set()
        answer = await server.http.get("/health/ready")
        assert (answer.status_code, answer.json()["reason"]) == (503, "shutting down")
        assert (await server.http.get("/health/live")).status_code == 200
