"""Put a dump in the place of what a PostgreSQL database holds."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from bot.errors import StoreUnavailable, WrongUse
from storage.backup import AS_IT_IS, listed, must_be_ours
from storage.ends import counted
from storage.migrate import migrate
from storage.moving import must_be_quiet
from storage.postgres_end import PostgresEnd, open_server
from storage.programs import client, run

Ready = Callable[[str], Awaitable[None]]
"""Is given the address of the restored database before anybody else can open it."""


class Restored(Struct, frozen=True):
    """What a restore did: the rows of each table, and where the old ones are kept."""

    tables: dict[str, int]
    kept: str | None


def holding(rows: dict[str, int] | None) -> str:
    """Return what a database holds that stands in the way, as words."""
    if rows is None:
        return "cannot be read by this Voxpop"
    contacts, answers = rows.get("contacts", 0), rows.get("answers", 0)
    return f"holds something already (contacts: {contacts:,}, answers: {answers:,})"


_THINGS: Final = """
SELECT format('TABLE %I.%I', n.nspname, c.relname)
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = $1
 WHERE c.relkind = 'r'
   AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
 UNION ALL
SELECT format('FUNCTION %I.%I(%s)', n.nspname, p.proname,
              pg_get_function_identity_arguments(p.oid))
  FROM pg_proc AS p
  JOIN pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname = $1
 WHERE NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
"""
"""What a schema holds, but for what extensions brought."""


async def reload(
    url: str, file: Path, when: str, *, replace: bool, ready: Ready
) -> Restored:
    """Load a dump in one transaction; what was there waits in a schema of its own."""
    async with open_server(url) as server:
        await must_be_quiet(server)
        await listed(file, server)
        [[schema]] = await server.rows("SELECT current_schema()")
        rows = await _found(server)
        if rows != {} and not replace:
            raise WrongUse(
                f"The database {server.place} {holding(rows)}; say --replace to put "
                "the backup in its place: it is kept in a schema of its own."
            )
        beside = f"voxpop_before_{when.lower()}"
        await _send(server, schema, beside)
        try:
            tables = await _loaded(server, url, file, schema)
            await ready(url)
        except BaseException:
            await _drop(server, schema)
            await _send(server, beside, schema)
            await server.script(f"DROP SCHEMA {beside}")
            raise
        if rows == {}:
            await server.script(f"DROP SCHEMA {beside} CASCADE")
    return Restored(tables, f"the schema {beside}" if rows != {} else None)


async def _found(server: PostgresEnd) -> dict[str, int] | None:
    """Return the rows by table that has any, None where they are not ours to read."""
    try:
        rows = await counted(server)
    except StoreUnavailable:
        return None
    return {table: many for table, many in rows.items() if many}


async def _loaded(
    server: PostgresEnd, url: str, file: Path, schema: str
) -> dict[str, int]:
    program = await client("pg_restore", server)
    whole = ("--single-transaction", "--exit-on-error", f"--schema={schema}")
    await run([program, *AS_IT_IS, *whole, str(file)], url)
    tables = await must_be_ours(server)
    await migrate(server)
    return tables


async def _send(server: PostgresEnd, schema: str, other: str) -> None:
    """Move all that a schema holds to another one, which is made if need be."""
    async with server.writing():
        await server.script(f"CREATE SCHEMA IF NOT EXISTS {other}")
        for (thing,) in await server.rows(_THINGS, schema):
            await server.script(f"ALTER {thing} SET SCHEMA {other}")


async def _drop(server: PostgresEnd, schema: str) -> None:
    async with server.writing():
        for (thing,) in await server.rows(_THINGS, schema):
            await server.script(f"DROP {thing} CASCADE")
