"""Who sees the figures, and who is told that there are none."""

import httpx
import pytest

from web import metrics
from web.groups import Group, Hosts, application

SECRET = "m" * 32
SHOWN = b"voxpop_workers 1.0\n"


async def figures() -> bytes:
    """Return some."""
    return SHOWN


def asking(
    address: str = "127.0.0.1",
    name: str = "127.0.0.1:8080",
    secret: str | None = SECRET,
) -> httpx.AsyncClient:
    """Return a client that asks a server by a name, from an address."""
    groups = [Group(metrics.PATH, metrics.routes(figures, secret))]
    app = application(groups, Hosts(["chat.example"]))
    transport = httpx.ASGITransport(app, client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url=f"http://{name}")


def bearing(secret: str) -> dict[str, str]:
    """Return the header that brings a secret."""
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("127.0.0.1", "127.0.0.1:8080"),
        ("::1", "[::1]:8080"),
        ("127.0.0.1", "localhost"),
    ],
)
async def test_a_program_of_this_machine(address: str, name: str) -> None:
    """Whoever asks directly, from this machine, sees them."""
    answer = await asking(address, name).get("/metrics")
    assert (answer.status_code, answer.content) == (200, SHOWN)
    assert answer.headers["content-type"] == metrics.FORMAT
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "header",
    ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP"],
)
async def test_somebody_behind_a_proxy(header: str) -> None:
    """What a proxy passes on does not come from this machine, whatever it says."""
    answer = await asking().get("/metrics", headers={header: "127.0.0.1"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("address", "name"),
    [("192.0.2.7", "127.0.0.1:8080"), ("127.0.0.1", "chat.example")],
)
async def test_somebody_else(address: str, name: str) -> None:
    """For others, and under the name that the world knows, there is no such page."""
    client = asking(address, name)
    answer, nowhere = await client.get("/metrics"), await client.get("/nowhere")
    assert (answer.status_code, answer.content) == (404, nowhere.content)
    assert answer.headers == nowhere.headers


async def test_a_bearer() -> None:
    """Who brings the secret sees them from anywhere, also through a proxy."""
    headers = {**bearing(SECRET), "X-Forwarded-For": "192.0.2.7"}
    answer = await asking("192.0.2.7", "chat.example").get("/metrics", headers=headers)
    assert (answer.status_code, answer.content) == (200, SHOWN)


@pytest.mark.parametrize("secret", [SECRET, None])
@pytest.mark.parametrize(
    "given", ["", "Bearer ", "Bearer None", f"Basic {SECRET}", f"Bearer {SECRET}x"]
)
async def test_a_wrong_secret(given: str, secret: str | None) -> None:
    """Another secret, or any where none is set, is as good as none."""
    client = asking("192.0.2.7", "chat.example", secret)
    answer = await client.get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 404


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_nothing_but_looking(verb: str) -> None:
    """There is nothing to be done with figures."""
    assert (await asking().request(verb, "/metrics")).status_code == 404
