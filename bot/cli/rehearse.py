"""`voxpop test`: play the talks that flows must get right."""

import json as json_
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec import to_builtins
from msgspec.structs import replace

from bot.cli import bar
from bot.cli.rehearse_update import key_of, update as update_files
from bot.cli.rehearse_words import REFUSED, lines_of
from bot.cli.rehearsing import (
    Played,
    Rehearsal,
    Result,
    play,
    play_together,
    read_talks,
    result_of,
)
from bot.config import load_settings
from bot.errors import WrongUse

__all__ = ["Rehearsal", "Result", "play", "read_talks", "rehearse_talks"]

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


async def rehearse_talks(
    *paths: Path,
    update: Flag = False,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Play the talks in *.test.yaml on a virtual clock, through the real engine.

    Example: voxpop test flows

    Parameters
    ----------
    paths
        Files or folders; without any, the folder of the flows.
    update
        Write into the files of talks that fail what really happens.
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    rehearsals = read_talks(load_settings(config), list(paths))
    if not rehearsals:
        raise WrongUse("no tests are there: a test stands in NAME.test.yaml")
    with bar.shown("Playing talks") as told:
        played = await play_together(rehearsals, told=told)
    results = await _updated(played) if update else [result_of(p) for p in played]
    _show(results, json=json)
    failed = sum(result.failure is not None for result in results)
    sys.stderr.write(f"{len(results) - failed} passed, {failed} failed\n")
    return 1 if failed else 0


async def _updated(played: Sequence[Played]) -> list[Result]:
    """Bring the files up to date; what could not be is told with its reason."""
    found = await update_files(played)
    results: list[Result] = []
    for each in found.played:
        key, result = key_of(each.rehearsal), result_of(each)
        if key in found.refused:
            failure = f"{REFUSED}{found.refused[key]}\n{result.failure}"
            result = replace(result, failure=failure)
        results.append(replace(result, updated=key in found.changed))
    return results


def _show(results: Sequence[Result], *, json: bool) -> None:
    if json:
        found = [
            {**to_builtins(each), "passed": each.failure is None} for each in results
        ]
        sys.stdout.write(json_.dumps({"tests": found}, ensure_ascii=False) + "\n")
        return
    coloured = sys.stdout.isatty()
    for result in results:
        for line in lines_of(result, coloured=coloured):
            sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
