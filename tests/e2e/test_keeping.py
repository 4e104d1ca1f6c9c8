"""A backup of a server in the middle of talks, and life after the database is lost."""

import asyncio
import json
import sqlite3
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.running import PATIENCE, VOXPOP, Running
from tests.e2e.test_floods import becomes, greeted, hears, key, say, socket_of

pytestmark = pytest.mark.e2e

ROWS = 8
"""Visitors who talk at the same time."""


def voxpop(server: Running, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in the shop's folder."""
    return subprocess.run(
        [*VOXPOP, *arguments],
        cwd=server.shop,
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def look(file: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds in a database."""
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        return db.execute(query).fetchall()


class Crowd:
    """Visitors who come, answer and leave, one after the other in some rows."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self.stored: list[str] = []
        """The keys that we were told are stored."""
        self.visitors: list[str] = []
        """Those whose answer is stored."""
        self._enough = asyncio.Condition()

    async def during(self, deed: Callable[[], Awaitable[None]]) -> None:
        """Have visitors come before, while and after something is done."""
        rows = [asyncio.create_task(self._row()) for _ in range(ROWS)]
        try:
            await self._more(40)
            await deed()
            await self._more(40)
        finally:
            for row in rows:
                row.cancel()
            await asyncio.wait(rows)

    async def _more(self, many: int) -> None:
        wanted = len(self.visitors) + many
        async with asyncio.timeout(PATIENCE), self._enough:
            await self._enough.wait_for(lambda: len(self.visitors) >= wanted)

    async def _row(self) -> None:
        while True:
            async with socket_of(self._server) as page:
                visitor = await greeted(page)
                await self._tell(page, "9")
                async with self._enough:
                    self.visitors.append(visitor)
                    self._enough.notify_all()

    async def _tell(self, page: Any, text: str) -> None:  # noqa: ANN401 - a socket
        mine = key()
        await say(page, type="say", key=mine, text=text)
        while (await hears(page, "stored"))["key"] != mine:
            pass
        self.stored.append(mine)


async def backed_up(server: Running, made: Path) -> list[str]:
    """Back up a server in mid-talk; return visitors who had answered before."""
    crowd = Crowd(server)
    stored: list[str] = []
    answered: list[str] = []

    async def back_up() -> None:
        stored.extend(crowd.stored)
        answered.extend(crowd.visitors)
        done = await asyncio.to_thread(voxpop, server, "backup", str(made), "--json")
        assert done.returncode == 0, done.stderr
        tables = json.loads(done.stdout)["tables"]
        assert look(made, "SELECT count(*) FROM inbound") == [(tables["inbound"],)]

    await crowd.during(back_up)
    keys = look(made, "SELECT key FROM inbound")
    kept = {each.rpartition(":")[2] for (each,) in keys}
    assert set(stored) <= kept
    assert set(crowd.stored) - kept, "nothing came after the backup"
    assert look(made, "PRAGMA integrity_check") == [("ok",)]
    return answered


def restored(server: Running, made: Path) -> None:
    """Restore a backup in the place of a database that is lost."""
    (server.shop / "voxpop.db").write_bytes(b"\xff" * 10_000)
    refused = voxpop(server, "restore", str(made))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "say --replace" in refused.stderr
    done = voxpop(server, "restore", str(made), "--replace")
    assert done.returncode == 0, done.stderr
    recount = voxpop(server, "rebuild")
    assert (recount.returncode, recount.stderr) == (0, "0 differences\n")


async def goes_on(server: Running, visitor: str) -> None:
    """Have a visitor come back and say something more."""
    async with asyncio.timeout(PATIENCE), socket_of(server) as page:
        await say(page, type="hello", visitor=visitor)
        welcome = await hears(page, "welcome")
        assert welcome["visitor"] == visitor
        assert "9" in [entry.get("text") for entry in welcome["messages"]]
        mine = key()
        await say(page, type="say", key=mine, text="the fast delivery")
        assert (await hears(page, "stored"))["key"] == mine


async def test_a_lost_database(server: Running) -> None:
    """What was stored when a backup began is in it, and talks go on from there.

    What a provider sent long ago is forgotten once the server is up again.
    """
    made = server.shop / "made.db"
    visitor, *_ = await backed_up(server, made)
    scores = look(made, "SELECT count(*) FROM answers WHERE key = 'score'")
    server.kill()
    restored(server, made)
    old = "(1, 'web', 'x', 'x:1', 1, 0, 'old words', 'handled', NULL)"
    look(server.shop / "voxpop.db", f"INSERT INTO inbound VALUES {old}")  # noqa: S608 - a row of ours
    server.start()
    await becomes(
        lambda: server.rows("SELECT raw FROM inbound WHERE id = 1") == [("",)]
    )
    assert [(server.report()["n"],)] == scores
    await goes_on(server, visitor)
    running = voxpop(server, "restore", str(made), "--replace")
    assert running.returncode == 1
    assert "Another voxpop run serves the database" in running.stderr
    assert server.stop() == 0
    complaints = [line for line in server.errors().splitlines() if '"level"' in line]
    assert [line for line in complaints if '"info"' not in line] == []
