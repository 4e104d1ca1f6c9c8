"""`voxpop doctor`: all that can be wrong, asked at once, and how to mend it."""

import asyncio
import json as json_
import sys
from collections.abc import Awaitable, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from msgspec.structs import asdict

from bot import log
from bot.cli.doctor_channels import channels, examined
from bot.cli.doctor_disk import room
from bot.cli.doctor_flows import flows, named
from bot.cli.doctor_media import media
from bot.cli.doctor_store import database
from bot.cli.doctor_web import web
from bot.cli.flow import Flag
from bot.cli.stuck import line
from bot.config import Settings, load_settings, reading
from bot.errors import InvalidSettings
from bot.model.finding import Finding

SECONDS: Final = 10.0
"""How long anything may take to answer."""
LONG_SECONDS: Final = 60.0
"""How long flows may take to be checked: there may be hundreds."""
COLOURS: Final = {"ok": "green", "warning": "yellow", "problem": "bold red"}

Check = tuple[str, float, Awaitable[list[Finding]]]


async def doctor(*, json: Flag = False, config: Path | None = None) -> int:
    """Ask all that can be wrong, and say how to mend it; changes nothing.

    Example: voxpop doctor

    Settings, flows, the database and its disk, files, the public address, and each
    service that is enabled. It leaves with 1 where there is a problem.

    Parameters
    ----------
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    found = await examine(config)
    problems = sum(each.level == "problem" for each in found)
    warnings = sum(each.level == "warning" for each in found)
    if json:
        shown = {
            "findings": [asdict(each) for each in found],
            "problems": problems,
            "warnings": warnings,
        }
        sys.stdout.write(json_.dumps(shown, ensure_ascii=False) + "\n")
    else:
        _print(found)
        sys.stderr.write(f"{_summary(problems, warnings)}\n")
    return 1 if problems else 0


async def examine(config: Path | None) -> list[Finding]:
    """Return all findings, in the order of what builds on what."""
    log.configure("critical")  # what libraries log of it is found below, too
    try:
        settings = load_settings(config)
    except InvalidSettings as error:
        mend = "mend it, and ask again: the rest depends on it"
        told = [Finding("settings", "problem", each) for each in error.mistakes]
        return [*told[:-1], Finding("settings", "problem", told[-1].words, mend)]
    file = config or reading.FILE
    words = f"{file} holds" if file.is_file() else "no config.yaml; the defaults hold"
    first = Finding("settings", "ok", words)
    checks = _checks(settings, config)
    found = await asyncio.gather(*(_bounded(*check) for check in checks))
    return [first, *chain.from_iterable(found)]


def _checks(settings: Settings, config: Path | None) -> list[Check]:
    """Return all that is asked, each with the seconds it may take."""
    own: list[tuple[str, Awaitable[list[Finding]]]] = [
        ("database", database(settings.database_url())),
        ("disk", asyncio.to_thread(room, settings)),
        ("media", media(settings, config)),
        ("web", web(settings)),
        ("channels", asyncio.to_thread(channels, settings)),
        ("channels", named(settings)),
        *examined(settings),
    ]
    linted = asyncio.to_thread(flows, settings, config)
    return [
        ("flows", LONG_SECONDS, linted),
        *((area, SECONDS, check) for area, check in own),
    ]


async def _bounded(
    area: str, seconds: float, check: Awaitable[list[Finding]]
) -> list[Finding]:
    """Return what a check finds; that it breaks, or does not end, is found, too."""
    try:
        async with asyncio.timeout(seconds):
            return await check
    except TimeoutError:
        told = f"no answer within {seconds:.0f} seconds"
        return [Finding(area, "problem", told, "ask again; see what is slow there")]
    except Exception as error:  # noqa: BLE001 - what breaks must not hide the rest
        told = f"this could not be asked: {type(error).__name__}"
        return [Finding(area, "problem", told, "this is a fault of ours; report it")]


def _print(found: Sequence[Finding]) -> None:
    from rich.console import Console  # noqa: PLC0415 - `--help` need not load it
    from rich.text import Text  # noqa: PLC0415 - likewise

    console = Console(highlight=False, soft_wrap=True)
    width = max(len(each.area) for each in found)
    for each in found:
        mend = f" → {line(each.mend)}" if each.mend else ""
        level = (f"{each.level:<7}", COLOURS[each.level])
        words = f"  {each.area:<{width}}  {line(each.words)}{mend}"
        console.print(Text.assemble(level, words))


def _summary(problems: int, warnings: int) -> str:
    """Return the end of it in a sentence.

    >>> _summary(0, 0), _summary(1, 2)
    ('All is well.', '1 problem, 2 warnings')
    """
    if not problems and not warnings:
        return "All is well."
    counts = ((problems, "problem"), (warnings, "warning"))
    return ", ".join(f"{n} {word}{'s' * (n != 1)}" for n, word in counts if n)
