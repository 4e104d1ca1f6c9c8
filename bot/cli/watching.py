"""Taking up flows whenever one is saved."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from watchfiles import Change, awatch

from bot.cli.files import flow_files
from bot.cli.publishing import Found, publish, tell
from bot.errors import StoreUnavailable
from bot.wiring import House

Stamps = Mapping[str, tuple[int, int, int]]

DEBOUNCE_MS: Final = 200
"""Saves that come within this time of one another are taken up together."""
STEP_MS: Final = 50
LOOK_MS: Final = 500
"""How often the folder is looked at although nothing was saved in it."""
TROUBLE_SECONDS: Final = 10.0
MISSING_SECONDS: Final = 1.0
"""How often we look whether a folder that is not there has come."""


async def watch(house: House, told: Found) -> None:
    """Publish flows within a second of their being saved, until cancelled.

    What was saved before the watching began is looked for once at its beginning; of
    what is `told` already nothing is said again.
    """
    folder = house.settings.flows
    while True:
        await _come(folder)
        try:
            told = await _watch(house, folder, told)
        except OSError as error:
            why = error.strerror or error
            sys.stderr.write(f"{folder} cannot be watched ({why}); trying again.\n")
            await asyncio.sleep(TROUBLE_SECONDS)


async def _watch(house: House, folder: Path, told: Found) -> Found:
    """Publish what is saved for as long as the folder is there."""
    seen: Stamps | None = None
    async for changes in _saves(folder):
        stamps = await asyncio.to_thread(_stamps, folder)
        if changes or stamps != seen:
            told = await _publish_again(house, told)
            seen = stamps
        if not await asyncio.to_thread(folder.is_dir):
            break
    return told


def _stamps(folder: Path) -> Stamps:
    """Return what tells one state of the flows from another, without reading them.

    It follows links, of whose ends nobody tells us, and finds what is saved on a disk
    in the network.
    """
    found: dict[str, tuple[int, int, int]] = {}
    for file in flow_files(folder):
        with suppress(OSError):
            stat = file.stat()
            found[str(file)] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return found


def _saves(folder: Path) -> AsyncIterator[set[tuple[Change, str]]]:
    """Yield what was saved, and nothing now and then."""
    return awatch(
        folder,
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )


async def _come(folder: Path) -> None:
    """Wait until a folder is there."""
    while not await asyncio.to_thread(folder.is_dir):  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(MISSING_SECONDS)


async def _publish_again(house: House, told: Found) -> Found:
    """Publish what changed; tell of what was not told before."""
    try:
        found = await publish(house, "save")
    except StoreUnavailable as error:
        sys.stderr.write(f"Nothing was published: {error}\n")
        return told
    new = found.errors != told.errors
    left = [line for line in found.left if line not in told.left]
    tell(Found(errors=found.errors if new else (), left=left))
    if told.errors and not found.errors:
        sys.stdout.write("All flows are well again.\n")
    if found.names:
        sys.stdout.write(f"Published: {', '.join(found.names)}\n")
    sys.stdout.flush()
    return found
