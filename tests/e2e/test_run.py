"""`voxpop run` as an operator has it: where it listens, what it takes up, its end."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import PATIENCE, VOXPOP, Running

pytestmark = pytest.mark.e2e

GREETING = "Hello, how likely"
BROKEN = "answer: npss"


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Running]:
    """Return a server in an empty folder, not started yet."""
    running = Running(tmp_path)
    yield running
    running.kill()


def test_it_says_where_it_is(server: Running) -> None:
    """The first lines are the address of the chat and the flows that run."""
    text = "".join(server.lines)
    assert f"Chat:  {server.url}/chat" in text
    assert "Flows: nps, referral, welcome" in text
    assert server.errors() == ""
    assert server.get("/health/live")[0] == 200
    assert server.get("/health/ready") == (200, '{"status":"ready"}')


def test_flows_are_taken_up_on_save(server: Running) -> None:
    """A flow that is saved runs at once; a broken one leaves the last good one."""
    flow = server.shop / "flows" / "nps.yaml"
    good = flow.read_text(encoding="utf-8")
    flow.write_text(good.replace("how likely", "how very likely"), encoding="utf-8")
    server.heard("Published: nps")
    flow.write_text(good.replace("answer: nps", BROKEN), encoding="utf-8")
    (server.shop / "flows" / "delivery.yaml").write_text(
        "flow: delivery\nsteps:\n  hi: {say: Hello.}\n", encoding="utf-8"
    )
    server.heard("Published: delivery")
    assert "nps.yaml:24:13: error" in server.errors()
    assert "last good revision" in server.errors()
    draft = flow.with_suffix(".new")
    draft.write_text(good, encoding="utf-8")
    draft.rename(flow)  # as many editors save
    server.heard("Published: nps")


def test_a_folder_that_comes_later(bare: Running) -> None:
    """Without settings and flows it is up all the same, and takes up what comes."""
    bare.start()
    assert "none in flows" in "".join(bare.lines)
    assert bare.get("/chat")[0] == 200
    (bare.shop / "later").mkdir()
    (bare.shop / "later" / "hi.yaml").write_text(
        "flow: hi\nsteps:\n  hi: {say: Hello.}\n", encoding="utf-8"
    )
    (bare.shop / "later").rename(bare.shop / "flows")
    bare.heard("Published: hi")


def test_it_ends_in_good_order(server: Running) -> None:
    """SIGTERM and Ctrl-C end it with code 0, and it can be started again at once."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        assert server.stop(sign) == 0
        assert server.printed.endswith("Stopped.\n")
        server.start()
        assert server.get("/health/ready")[0] == 200
    assert server.errors() == ""


def run(shop: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Start a server that is expected to refuse."""
    return subprocess.run(
        [*VOXPOP, "run"],
        cwd=shop,
        env={**Running(shop).environment, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_a_named_port_that_is_taken(server: Running) -> None:
    """A port that is named and taken is an error that names it."""
    refused = run(server.shop, VOXPOP_WEB__PORT=str(server.port))
    assert refused.returncode == 2
    assert f"port {server.port} on 127.0.0.1 is taken" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_usual_port_that_is_taken(shop: Path) -> None:
    """Without a named port the next free one is used, and printed."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8080))
            taken.listen()
        except OSError:
            pass  # somebody else has it, which is as good
        with Running(shop, VOXPOP_WEB__PORT="") as running:
            line = next(line for line in running.lines if "Chat:" in line)
            port = int(line.rsplit(":", 1)[1].split("/")[0])
            assert 8080 < port < 8180


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("channels: {web: {flow: nsp}}", "channels.web.flow: there is no flow 'nsp'"),
        ("channels: {web: {allowed: [x]}}", "channels.web.allowed: there is no flow"),
    ],
)
def test_a_flow_that_is_not_there(shop: Path, settings: str, said: str) -> None:
    """A flow that the settings name and that is not there is told at the start."""
    (shop / "config.yaml").write_text(settings, encoding="utf-8")
    with Running(shop) as running:
        assert said in running.errors()


def test_without_a_chat(shop: Path) -> None:
    """The chat can be turned off; then there is none, and health goes on."""
    (shop / "config.yaml").write_text(
        "channels: {web: {enabled: no}}", encoding="utf-8"
    )
    with Running(shop) as running:
        assert "Chat:" not in "".join(running.lines)
        assert running.get("/chat")[0] == 404
        assert running.get("/health/ready")[0] == 200


def test_a_database_that_is_not_one(shop: Path) -> None:
    """What is wrong at the start is told in a sentence."""
    (shop / "voxpop.db").write_text("this is no database " * 100, encoding="utf-8")
    refused = run(shop)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr


def test_one_server_a_database(server: Running) -> None:
    """A second server on the same database is refused, until the first is gone."""
    refused = run(server.shop)
    assert refused.returncode == 1
    assert "Another voxpop run serves the database" in refused.stderr
    server.kill()
    with Running(server.shop) as second:
        assert second.get("/health/ready")[0] == 200
