"""Looks into a database from outside, as an operator with a shell would."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import asyncpg

FILE: Final = "sqlite:///"
Rows = Sequence[tuple[Any, ...]]
TABLES: Final = (
    *("contacts", "addresses", "inbound", "sessions", "answers", "counts", "events"),
    *("outbox", "cases", "tags", "consents", "plans", "revisions", "kept", "leases"),
    "current_revisions",
)


async def rows(url: str, query: str) -> Rows:
    """Return what a query finds."""
    if url.startswith(FILE):
        with closing(sqlite3.connect(url.removeprefix(FILE), timeout=10)) as db:
            return db.execute(query).fetchall()
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def damage(url: str) -> list[str]:
    """Return what is wrong with the database itself: nothing, where all is well."""
    if url.startswith(FILE):
        found = await rows(url, "PRAGMA integrity_check")
        broken = await rows(url, "PRAGMA foreign_key_check")
        said = [str(line) for (line,) in found if line != "ok"]
        return said + [f"a broken reference: {row}" for row in broken]
    return await _damage_of_indexes(url)


async def _damage_of_indexes(url: str) -> list[str]:
    """Read every table whole, and check that each index has each of its rows."""
    connection = await asyncpg.connect(url)
    try:
        for table in TABLES:
            await connection.fetchval(f"SELECT count(t.*::text) FROM {table} AS t")  # noqa: S608 - names of ours
        await connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        await connection.execute(
            "SELECT bt_index_check(c.oid, true) FROM pg_index AS i "
            "JOIN pg_class AS c ON c.oid = i.indexrelid "
            "JOIN pg_am AS a ON a.oid = c.relam AND a.amname = 'btree' "
            "JOIN pg_namespace AS n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND i.indisvalid"
        )
    except asyncpg.PostgresError as error:
        return [f"{type(error).__name__}: {error}"]
    finally:
        await connection.close()
    return []


def files(url: str) -> list[Path]:
    """Return the files that the database lies in, where they are ours to copy."""
    place = Path(url.removeprefix(FILE))
    return sorted(place.parent.glob(place.name + "*")) if url.startswith(FILE) else []
