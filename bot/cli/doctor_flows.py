"""What `voxpop doctor` asks of flows: sound, and there where a channel names them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.cli.files import flow_files, read
from bot.cli.here import command
from bot.cli.lint import look
from bot.config import Settings
from bot.errors import VoxpopError, WrongUse
from bot.model.finding import Finding, Level
from bot.world import world_of
from flows.language.check import by_name
from flows.language.names import nearest, or_rather
from storage.moving import open_end

AREA: Final = "flows"


def flows(settings: Settings, config: Path | None) -> list[Finding]:
    """Return what lint says, in short."""
    folder = settings.flows
    try:
        found = look([folder], home=folder, world=world_of(settings), config=config)
    except WrongUse as error:
        return [Finding(AREA, "problem", str(error))]
    if not found.flows:
        told = f"{folder} holds no flow"
        mend = f"{command()} new makes one from a template"
        return [Finding(AREA, "warning", told, mend)]
    if not found.problems:
        many = "1 flow" if found.flows == 1 else f"{found.flows} flows"
        return [Finding(AREA, "ok", f"{many} in {folder}, and lint finds nothing")]
    level: Level = "problem" if found.errors else "warning"
    return [Finding(AREA, level, found.summary(), f"see {command()} lint")]


async def named(settings: Settings) -> list[Finding]:
    """Return which flows channels name that are not there; nothing where all are."""
    wanted = list(_wanted(settings))
    if not wanted:
        return []
    known = await asyncio.to_thread(_in_files, settings.flows)
    known |= await _published(settings.database_url())
    return [
        Finding(
            "channels",
            "problem",
            f"{setting}: there is no flow {name!r}{or_rather(nearest(name, known))}",
            "name one that is there, or write it",
        )
        for setting, name in wanted
        if name not in known
    ]


def _wanted(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield every flow that a channel names, with the setting that does."""
    for channel, part in settings.channels:
        if part.enabled:
            for name in [part.flow] if part.flow else []:
                yield f"channels.{channel}.flow", name
            for name in getattr(part, "allowed", ()):
                yield f"channels.{channel}.allowed", name


def _in_files(folder: Path) -> set[str]:
    documents, _, _ = read(flow_files(folder))
    return set(by_name(documents))


async def _published(url: str) -> set[str]:
    """Return the flows that are published; none where the database says nothing."""
    try:
        async with open_end(url, look=True) as end:
            if not await end.columns("current_revisions"):
                return set()
            rows = await end.rows("SELECT flow FROM current_revisions")
    except VoxpopError:
        return set()
    return {name for (name,) in rows}
