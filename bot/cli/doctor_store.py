"""What `voxpop doctor` asks of the database: reached, up to date, writable, whose."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from bot import clock
from bot.cli.here import command
from bot.errors import StoreUnavailable, VoxpopError
from bot.model.finding import Finding
from storage.alone import FILE, served
from storage.ends import End
from storage.migrate import missing
from storage.moving import open_end
from storage.rows import micros

AREA: Final = "database"


async def database(url: str) -> list[Finding]:
    """Return what is well with a database, and what is not; nothing of it changes."""
    if _is_to_be_made(url):
        told = f"{url.removeprefix(FILE)} is made by the first command that needs it"
        return [Finding(AREA, "ok", told)]
    try:
        async with open_end(url) as end:
            return await _open(end, url)
    except VoxpopError as error:
        return [Finding(AREA, "problem", str(error))]


def _is_to_be_made(url: str) -> bool:
    """Say whether there is no file yet, and a folder for it."""
    place = Path(url.removeprefix(FILE))
    return url.startswith(FILE) and not place.exists() and place.parent.is_dir()


async def _open(end: End, url: str) -> list[Finding]:
    todo = len(await missing(end))
    found = [await _written(end), Finding(AREA, "ok", await _served(end, url))]
    if todo:
        steps = "a step" if todo == 1 else f"{todo} steps"
        told = f"{end.place} is {steps} behind this Voxpop"
        mend = f"{command()} migrate, or the next command that needs it"
        found.append(Finding(AREA, "warning", told, mend))
    return found


class _TakenBack(Exception):
    """Ends a transaction of which nothing is to stay."""


async def _written(end: End) -> Finding:
    """Return whether something can be written, which is taken back at once."""
    try:
        with suppress(_TakenBack):
            await _write(end)
    except StoreUnavailable as error:
        return Finding(AREA, "problem", str(error))
    return Finding(AREA, "ok", f"{end.place} answers, and can be written to")


async def _write(end: End) -> None:
    async with end.writing():
        if await end.columns("kept"):
            await end.add("kept", ["name", "value"], [("doctor", "")])
        raise _TakenBack


async def _served(end: End, url: str) -> str:
    """Return who serves a database now."""
    holders = await _holders(end)
    if holders:
        return f"served now by {', '.join(holders)}"
    if served(url):
        return "served now by a voxpop run"
    return "nobody serves it now: voxpop run does"


async def _holders(end: End) -> list[str]:
    """Return the processes that have a lease on anything, as people name them."""
    if not await end.columns("leases"):
        return []
    now = micros(clock.now())
    rows = await end.rows(
        f"SELECT DISTINCT holder FROM leases WHERE until > {now:d} ORDER BY holder"  # noqa: S608 - a number
    )
    return [_name(holder) for (holder,) in rows]


def _name(holder: str) -> str:
    """Return a holder of leases as people name it.

    >>> _name("shop:4711:9f2c")
    'process 4711 on shop'
    """
    host, _, process = holder.rpartition(":")[0].rpartition(":")
    return f"process {process} on {host}"
