"""Several workers on one PostgreSQL, as an operator has them: killed and renewed."""

import asyncio
import json
import os
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from storage import open_store
from tests.databases import fresh_database, psql
from tests.e2e.running import PATIENCE, VOXPOP, Running
from tests.examples import lay_out

pytestmark = [pytest.mark.e2e, pytest.mark.postgres]

SAYS: Final = ("3", "It came late", "no")
"""What an unhappy visitor says to the three questions of the survey."""
HEARS: Final = (
    ("likely are you",),
    ("sorry", "went wrong"),
    ("write to you",),
    ("Thank you for helping",),
)
"""What they are shown: at first, and after each answer."""
BROKEN: Final = (httpx.NetworkError, httpx.RemoteProtocolError)
"""A connection that ended before there was an answer."""
_numbers = count(1)


class Crew(Running):
    """A server with two workers, on a database of its own."""

    command = (*VOXPOP, "run", "--workers", "2")

    def __init__(self, shop: Path, **environment: str) -> None:
        self.database = fresh_database()
        super().__init__(shop, VOXPOP_DATABASE=self.database, **environment)
        self.visitors: list[Visitor] = []
        """All who answered the whole survey."""
        self.http = httpx.AsyncClient(
            base_url=self.url,
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=PATIENCE,
            trust_env=False,
        )

    def workers(self) -> list[int]:
        """Return the numbers of its processes that serve, or are about to."""
        place = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(each) for each in place.read_text(encoding="ascii").split()]

    def ask(self, query: str) -> str:
        """Return what a query finds in the database."""
        return psql(self.database, query)

    async def differences(self) -> list[Any]:
        """Return where the counts of reports differ from the answers."""
        async with open_store(self.database) as store:
            return list(await store.recount())


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a folder with the example flows and settings, and nothing else."""
    return lay_out(tmp_path)


@pytest.fixture
def crew(shop: Path) -> Iterator[Crew]:
    """Return two workers that serve."""
    with Crew(shop) as crew:
        yield crew


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Return two workers that have to outlive whatever is done to them here."""
    with Crew(lay_out(tmp_path_factory.mktemp("shop"))) as crew:
        yield crew
        assert crew.stop() == 0


def lives(process: int) -> bool:
    """Say whether a process runs: one that ended may still wait to be buried."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


async def becomes(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nothing could set an event
            await asyncio.sleep(0.02)


# ── visitors ─────────────────────────────────────────────────────────────────────────


class Visitor:
    """Somebody at an address of their own, who has a new connection each time."""

    def __init__(self, crew: Crew) -> None:
        number = next(_numbers)
        self._crew = crew
        self._headers = {"X-Forwarded-For": f"10.8.{number >> 8}.{number & 255}"}
        self.token = ""
        self.stored: list[str] = []
        """The keys of all that was acknowledged."""

    async def call(self, path: str, frame: dict[str, Any]) -> dict[str, Any]:
        """Ask until an answer comes; only a connection may break, never an answer."""
        headers = {**self._headers, "Authorization": f"Bearer {self.token or 0}"}
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    answer = await self._crew.http.post(
                        path, json=frame, headers=headers
                    )
                except BROKEN:
                    await asyncio.sleep(0)
                    continue
                assert answer.status_code == 200, answer.text
                found: dict[str, Any] = answer.json()
                return found

    async def come(self) -> None:
        """Open the page without a socket."""
        welcome = await self.call("/chat/visits", {"type": "hello"})
        self.token = welcome["visitor"]

    async def say(self, text: str) -> None:
        """Say something, as often as it takes."""
        key = f"message-{next(_numbers):08}"
        frame = {"type": "say", "key": key, "text": text}
        stored = await self.call("/chat/messages", frame)
        assert (stored["type"], stored["key"]) == ("stored", key)
        self.stored.append(key)

    @asynccontextmanager
    async def page(self) -> AsyncIterator["Page"]:
        """Open a socket and say hello."""
        place = f"ws://127.0.0.1:{self._crew.port}/chat/socket"
        headers = self._headers
        async with connect(place, proxy=None, additional_headers=headers) as opened:
            page = Page(opened)
            await opened.send('{"type": "hello"}')
            self.token = (await page.receive())["visitor"]
            yield page


class Page:
    """One open socket, and all that it was shown."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.shown: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        """Return the next frame."""
        async with asyncio.timeout(PATIENCE):
            frame: dict[str, Any] = json.loads(await self._connection.recv())
        self.shown += [e for e in frame.get("messages", []) if e["from"] == "bot"]
        return frame

    async def hears(self, *words: str) -> None:
        """Wait until each of these words was shown."""
        while not all(any(w in e["text"] for e in self.shown) for w in words):
            await self.receive()


async def talk(crew: Crew) -> Visitor:
    """Answer the whole survey by plain requests."""
    visitor = Visitor(crew)
    await visitor.come()
    for words in SAYS:
        await visitor.say(words)
    return visitor


@asynccontextmanager
async def talks(crew: Crew, at_once: int) -> AsyncIterator[None]:
    """Let people answer, so many at the same time, while the context lasts."""
    before = len(crew.visitors)
    done = asyncio.Event()

    async def come_and_go() -> None:
        while not done.is_set():
            crew.visitors.append(await talk(crew))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(come_and_go())
        await becomes(lambda: len(crew.visitors) - before > at_once)
        yield
        done.set()


async def check(crew: Crew) -> None:
    """Assert that all that visitors said is in once, and was answered once."""
    await becomes(lambda: crew.ask(WAITING) == "0")
    handled = crew.ask(
        "SELECT split_part(key, ':', 2) FROM inbound WHERE state = 'handled'"
        ' AND raw LIKE \'%"type":"say"%\''
    ).splitlines()
    assert Counter(handled) == Counter(k for each in crew.visitors for k in each.stored)
    assert crew.ask("SELECT count(*) FROM inbound WHERE state <> 'handled'") == "0"
    answers = crew.ask(
        "SELECT step, count(*), count(DISTINCT contact) FROM answers"
        " WHERE standing = 'counted' GROUP BY step ORDER BY step"
    ).splitlines()
    many = len(crew.visitors)
    steps = ("callback", "recover", "score")
    assert answers == [f"{step}|{many}|{many}" for step in steps]
    said = sum(len(words) for words in HEARS)
    assert crew.ask(
        "SELECT DISTINCT n, texts FROM (SELECT count(*) AS n,"
        " count(DISTINCT content) AS texts FROM outbox"
        " WHERE contact IN (SELECT contact FROM answers) GROUP BY contact) AS each"
    ) == (f"{said}|{said}")
    assert await crew.differences() == []


ARRIVED: Final = "SELECT count(*) FROM outbox WHERE state = 'delivered'"
WAITING: Final = "SELECT count(*) FROM outbox WHERE state IN ('due', 'claimed')"


# ── what happens to them ─────────────────────────────────────────────────────────────


async def test_messages_and_sockets_at_different_workers(lasting: Crew) -> None:
    """Each reply reaches the visitor's socket once, whichever worker took the words."""

    async def answer() -> list[dict[str, Any]]:
        visitor = Visitor(lasting)
        async with visitor.page() as page:
            for said, heard in zip(("", *SAYS), HEARS, strict=True):
                if said:
                    await visitor.say(said)
                await page.hears(*heard)
            lasting.visitors.append(visitor)
            return page.shown

    before = int(lasting.ask(ARRIVED))
    shown = await asyncio.gather(*(answer() for _ in range(6)))
    for log in shown:
        assert len({entry["id"] for entry in log}) == len(log)
        assert len(log) == sum(len(words) for words in HEARS)
    await becomes(lambda: int(lasting.ask(ARRIVED)) - before == sum(map(len, shown)))
    await check(lasting)


async def test_a_worker_is_killed(lasting: Crew) -> None:
    """Nothing is lost or doubled when a worker dies in the midst, and another comes."""
    before, said = lasting.workers(), lasting.errors()
    async with talks(lasting, at_once=6):
        os.kill(before[0], signal.SIGKILL)
        await becomes(lambda: len(set(lasting.workers()) - set(before)) == 1)
    await check(lasting)
    assert lasting.errors().removeprefix(said).startswith("A worker ended (SIGKILL); ")


async def test_workers_are_renewed(lasting: Crew) -> None:
    """SIGHUP replaces all workers, and nobody is turned away."""
    before, said = lasting.workers(), lasting.errors()
    async with talks(lasting, at_once=4):
        os.kill(lasting.pid, signal.SIGHUP)
        await asyncio.to_thread(lasting.heard, "All workers are new.")
    await check(lasting)
    assert len(lasting.workers()) == 2
    assert not set(lasting.workers()) & set(before)
    assert lasting.errors() == said


async def test_a_renewal_while_a_worker_starts(lasting: Crew) -> None:
    """Who is just starting is renewed too, and nobody sits at one place twice."""
    old = lasting.workers()
    os.kill(old[0], signal.SIGKILL)
    await becomes(lambda: len(set(lasting.workers()) - set(old)) == 1)
    before = lasting.workers()
    os.kill(lasting.pid, signal.SIGHUP)
    await asyncio.to_thread(lasting.heard, "All workers are new.")
    assert len(lasting.workers()) == 2
    assert not set(lasting.workers()) & set(before)


def test_systemd_is_told(shop: Path) -> None:
    """Whoever started them hears once that they are ready, when all of them are."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind(str(shop / "notify"))
        ears.settimeout(PATIENCE)
        with Crew(shop, NOTIFY_SOCKET=str(shop / "notify")) as crew:
            assert ears.recv(64) == b"READY=1"
            assert len(crew.workers()) == 2
            ears.settimeout(0)
            with pytest.raises(BlockingIOError):
                ears.recv(64)


async def test_they_stop_together(crew: Crew) -> None:
    """SIGTERM ends all processes in good order, also in the midst of a renewal."""
    os.kill(crew.pid, signal.SIGHUP)
    await becomes(lambda: len(crew.workers()) == 3)
    workers = crew.workers()
    assert await asyncio.to_thread(crew.stop) == 0
    assert [each for each in workers if lives(each)] == []
    assert crew.printed.endswith("Stopped.\n")
    assert crew.errors() == ""


async def test_they_leave_with_the_first_process(crew: Crew) -> None:
    """Where the first process is killed, all end, also one that is just starting."""
    os.kill(crew.pid, signal.SIGHUP)
    await becomes(lambda: len(crew.workers()) == 3)
    workers = crew.workers()
    crew.kill()
    await becomes(lambda: not any(map(lives, workers)))


@pytest.mark.parametrize(
    ("database", "code", "words"),
    [
        ("sqlite:///voxpop.db", 2, "several workers need PostgreSQL"),
        ("postgresql://localhost:1/none", 1, "cannot be reached"),
    ],
)
def test_they_cannot_start(shop: Path, database: str, code: int, words: str) -> None:
    """What hinders the start is told once, in a sentence."""
    refused = subprocess.run(
        Crew.command,
        cwd=shop,
        env={**Running(shop).environment, "VOXPOP_DATABASE": database},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert refused.returncode == code
    [line] = refused.stderr.splitlines()
    assert words in line
    assert refused.stdout == ""
