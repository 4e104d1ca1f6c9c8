"""Taking up flows whenever one is saved."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from watchfiles import Change, awatch

from bot.cli.publishing import publish, tell
from bot.errors import Problem, StoreUnavailable
from bot.wiring import House

DEBOUNCE_MS: Final = 200
"""Saves that come within this time of one another are taken up together."""
STEP_MS: Final = 50
LOOK_MS: Final = 500
"""How often the folder is looked at although nothing was saved in it."""
TROUBLE_SECONDS: Final = 10.0
MISSING_SECONDS: Final = 1.0
"""How often we look whether a folder that is not there has come."""


async def watch(house: House, told: list[Problem]) -> None:
    """Publish flows within a second of their being saved, until cancelled.

    What was saved before the watching began is looked for once at its beginning; of
    the errors that are `told` already nothing is said again.
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


async def _watch(house: House, folder: Path, told: list[Problem]) -> list[Problem]:
    """Publish what is saved for as long as the folder is there."""
    missed = True
    async for changes in _saves(folder):
        if changes or missed:
            told = await _publish_again(house, told)
            missed = False
        if not await asyncio.to_thread(folder.is_dir):
            break
    return told


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


async def _publish_again(house: House, told: list[Problem]) -> list[Problem]:
    """Publish what changed; tell of errors that were not told before."""
    try:
        names, errors = await publish(house, "save")
    except StoreUnavailable as error:
        sys.stderr.write(f"Nothing was published: {error}\n")
        return told
    if errors != told:
        tell(errors)
    if told and not errors:
        sys.stdout.write("All flows are well again.\n")
    if names:
        sys.stdout.write(f"Published: {', '.join(names)}\n")
    sys.stdout.flush()
    return errors
