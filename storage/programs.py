"""PostgreSQL's own programs, which dump a database and load a dump."""

import asyncio
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from bot.errors import StoreUnavailable
from storage.postgres_end import PostgresEnd
from storage.postgres_errors import shown


async def client(name: str, server: PostgresEnd) -> str:
    """Return one of PostgreSQL's own programs, no older than a server.

    Raises StoreUnavailable where there is none.
    """
    [[number]] = await server.rows("SHOW server_version_num")
    wanted = int(number) // 10_000
    program = await _found(name, wanted)
    version = await run([program, "--version"])
    major = int(version.split()[2].split(".")[0])
    if major < wanted:
        raise StoreUnavailable(
            f"{name} is of version {major}, and the server of {wanted}; "
            f"install the package postgresql-client-{wanted}, or put the folder of "
            f"its {name} first in PATH."
        )
    return program


async def _found(name: str, version: int | None = None) -> str:
    program = await asyncio.to_thread(shutil.which, name)
    if program is None:
        package = f"postgresql-client-{version}" if version else "postgresql-client"
        raise StoreUnavailable(
            f"{name} is not there, which PostgreSQL brings; "
            f"install the package {package}, or put its folder into PATH."
        )
    return program


async def run(command: Sequence[str], url: str | None = None) -> str:
    """Run one of PostgreSQL's programs and return what it says.

    The password goes by the environment, where other users do not see it. Raises
    StoreUnavailable with its last words where it fails.
    """
    environment = dict(os.environ)
    where: list[str] = []
    if url is not None:
        address, password = parted(url)
        where = [f"--dbname={address}"]
        if password is not None:
            environment["PGPASSWORD"] = password
    process = await asyncio.create_subprocess_exec(
        *command,
        *where,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, complained = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        lines = complained.decode(errors="replace").strip().splitlines()
        name = Path(command[0]).name
        place = shown(url) if url else "the file"
        raise StoreUnavailable(
            f"{name} could not do its work on {place}: {lines[-1] if lines else '?'}"
        )
    return said.decode(errors="replace")


def parted(url: str) -> tuple[str, str | None]:
    """Return an address without its password, and the password.

    >>> parted("postgresql://ann:s%40t@db.example/voxpop?sslmode=require")
    ('postgresql://ann@db.example/voxpop?sslmode=require', 's@t')
    >>> parted("postgresql:///voxpop?host=/run&password=secret")
    ('postgresql:///voxpop?host=%2Frun', 'secret')
    """
    parts = urlsplit(url)
    who, at, where = parts.netloc.rpartition("@")
    user, colon, secret = who.partition(":")
    password = unquote(secret) if colon else None
    given = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in given:
        if name == "password":
            password = value
    rest = urlencode([p for p in given if p[0] != "password"], quote_via=quote, safe="")
    query = f"?{rest}" if rest else ""
    return f"postgresql://{user}{at}{where}{parts.path}{query}", password
