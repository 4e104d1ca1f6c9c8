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
from bot.cli.rehearse_words import REFUSED, coverage_lines, lines_of
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
from bot.service.rehearsal import Watch
from bot.service.rehearsal.coverage import Coverage, coverage_of
from bot.wiring import settle_memory

__all__ = ["Rehearsal", "Result", "play", "read_talks", "rehearse_talks"]

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


async def rehearse_talks(
    *paths: Path,
    coverage: Flag = False,
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
    coverage
        Say which steps and ways of the flows no talk went.
    update
        Write into the files of talks that fail what really happens.
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    settings = load_settings(config)
    settle_memory()  # what is read stays: rounds of the collector are half of reading
    rehearsals = read_talks(settings, list(paths))
    if not rehearsals:
        sys.stderr.write("no tests are there: a test stands in NAME.test.yaml\n")
        return 1
    with bar.shown("Playing talks") as told:
        watched: list[Watch] = []
        played = await play_together(rehearsals, told=told, watch=watched.append)
    results = await _updated(played) if update else [result_of(p) for p in played]
    seen = _coverage(rehearsals, watched) if coverage else None
    _show(results, seen, json=json)
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


def _coverage(
    rehearsals: Sequence[Rehearsal], watched: Sequence[Watch]
) -> list[Coverage]:
    """Return how much of every flow was seen; an update does not count again."""
    trod = watched[0].trod
    return [coverage_of(document, trod) for document in rehearsals[0].flows]


def _show(
    results: Sequence[Result], seen: Sequence[Coverage] | None, *, json: bool
) -> None:
    if json:
        found = [
            {**to_builtins(each), "passed": each.failure is None} for each in results
        ]
        whole: dict[str, object] = {"tests": found}
        if seen is not None:
            whole["coverage"] = [_as_json(each) for each in seen]
        sys.stdout.write(json_.dumps(whole, ensure_ascii=False) + "\n")
        return
    coloured = sys.stdout.isatty()
    for result in results:
        for line in lines_of(result, coloured=coloured):
            sys.stdout.write(f"{line}\n")
    for each in seen or ():
        for line in coverage_lines(each):
            sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _as_json(seen: Coverage) -> dict[str, object]:
    return {**seen._asdict(), "never": [each._asdict() for each in seen.never]}
