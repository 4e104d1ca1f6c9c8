"""The processes that are killed, and the databases that go away under them."""

import asyncio
import os
import pwd
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.databases import fresh_database, programs, psql, server
from tests.e2e.running import free_port
from tests.examples import ROOT
from tests.torture import shop, victim
from tests.torture.checker import SENDING, Kill
from tests.torture.database import FILE, rows

START_SECONDS: Final = 60.0
COMMAND: Final = [sys.executable, "-m", victim.__name__]


class Database:
    """A database of the torture's own: an SQLite file, or one on a real PostgreSQL."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.engine = engine
        self.aways: list[tuple[float, float]] = []
        postgres = engine == "postgresql"
        self.url = fresh_database() if postgres else f"{FILE}{folder / 'voxpop.db'}"

    async def go_away(self, seconds: float) -> None:
        """Be away for a while: locked by another program, or stopped."""
        start = time.monotonic()
        await self._away(seconds)
        self.aways.append((start, time.monotonic()))

    async def _away(self, seconds: float) -> None:
        if self.engine == "postgresql":
            await asyncio.to_thread(_stop)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(_start)
            return
        with sqlite3.connect(self.url.removeprefix(FILE), isolation_level=None) as db:
            with suppress(sqlite3.OperationalError):
                db.execute("PRAGMA busy_timeout = 5000")
                db.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            db.rollback()
        db.close()

    async def cut(self) -> None:
        """Cut all connections, where there are any."""
        if self.engine == "postgresql":
            start = time.monotonic()
            words = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await asyncio.to_thread(psql, self.url, words)
            self.aways.append((start, time.monotonic()))


def _control(*words: str) -> None:
    """Call pg_ctl on the server of the tests, as the user that it belongs to."""
    folder = _folder()
    root = os.geteuid() == 0
    options = {"user": pwd.getpwuid(folder.stat().st_uid).pw_name} if root else {}
    subprocess.run(
        [programs() / "pg_ctl", "-D", folder, "-w", "-s", *words],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=START_SECONDS,
        cwd="/",
        **options,  # type: ignore[call-overload]
    )


_known: list[Path] = []


def _folder() -> Path:
    if not _known:
        url = server().format("postgres")
        _known.append(Path(psql(url, "SHOW data_directory")))
    return _known[0]


def _stop() -> None:
    _control("stop", "-m", "immediate")


def _start() -> None:
    folder = _folder()
    sockets = server().partition("host=")[2]
    words = f'-h "" -k {sockets}'
    _control("start", "-o", words, "-l", str(folder / "log"))


class Victim:
    """One server, at the same port whenever it is started."""

    def __init__(self, config: Path, platform: int) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = [str(config), str(self.port), str(platform)]
        self._errors = config.with_name("victim.log")
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, again where its database is away still; wait until it is up."""
        async with asyncio.timeout(START_SECONDS):
            while not await self._tried():  # noqa: ASYNC110 - it cannot be told
                await asyncio.sleep(0.2)

    async def _tried(self) -> bool:
        environment = {k: v for k, v in os.environ.items() if k[:7] != "VOXPOP_"}
        with self._errors.open("a", encoding="utf-8") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *(*COMMAND, *self._arguments),
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip() == victim.UP

    def limit_files(self, size: int) -> None:
        """Let files of it grow to so many bytes and no further, as a full disk does."""
        assert self._process is not None
        _, hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, hard))

    @property
    def alive(self) -> bool:
        """Say whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> float:
        """Kill it as a power cut would; return the instant."""
        assert self._process is not None
        at = time.monotonic()
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        return at


class Victims:
    """Some servers on one database and one platform, and how they were killed."""

    def __init__(
        self, folder: Path, database: Database, platform: int, count: int
    ) -> None:
        config = shop.lay_out(folder, database.url)
        self._database = database
        self.all = [Victim(config, platform) for _ in range(count)]
        self.kills: list[Kill] = []

    @property
    def urls(self) -> Sequence[str]:
        """Return where they are."""
        return [each.url for each in self.all]

    async def start(self) -> None:
        """Start all of them."""
        for each in self.all:
            await each.start()

    async def kill(self, which: Victim) -> None:
        """Kill one, keep what it was sending by its books, and start it again."""
        at = await which.kill()
        sending = frozenset(row[0] for row in await rows(self._database.url, SENDING))
        self.kills.append(Kill(at, sending))
        await which.start()

    async def end(self) -> None:
        """Kill all of them."""
        for each in self.all:
            if each.alive:
                await each.kill()
