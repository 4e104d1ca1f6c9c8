"""Taking up flows whenever one is saved."""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from watchfiles import awatch

from bot.cli.publishing import publish, tell
from bot.errors import Problem, StoreUnavailable
from bot.wiring import House

DEBOUNCE_MS: Final = 200
"""Saves that come within this time of one another are taken up together."""
STEP_MS: Final = 50
MISSING_SECONDS: Final = 1.0
"""How often we look whether a folder that is not there has come."""


async def watch(house: House) -> None:
    """Publish flows within a second of their being saved, until cancelled."""
    told: list[Problem] = []
    while True:
        folder = house.settings.flows
        if not folder.is_dir():
            await asyncio.sleep(MISSING_SECONDS)
            continue
        async for changes in awatch(folder, debounce=DEBOUNCE_MS, step=STEP_MS):
            if not _are_flows(changes):
                continue
            told = await _publish_again(house, told)
            if not folder.is_dir():
                break


def _are_flows(changes: Iterable[tuple[object, str]]) -> bool:
    return any(Path(path).suffix in {".yaml", ".yml"} for _, path in changes)


async def _publish_again(house: House, told: list[Problem]) -> list[Problem]:
    try:
        names, errors = await publish(house, "save")
    except StoreUnavailable as error:
        sys.stderr.write(f"Nothing was published: {error}\n")
        return told
    if names:
        sys.stdout.write(f"Published: {', '.join(names)}\n")
        sys.stdout.flush()
    if errors != told:
        tell(errors)
    return errors
