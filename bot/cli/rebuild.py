"""`voxpop rebuild`: count all answers anew, and say where the counts differ."""

import json as json_
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


async def rebuild(
    *,
    json: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
    config: Path | None = None,
) -> int:
    """Count all answers anew, and say where the counts of the reports differ.

    Example: voxpop rebuild

    Parameters
    ----------
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    from bot.wiring import opened  # noqa: PLC0415 - `--help` need not load the store

    async with opened(config, looking=True) as house:
        differences = await house.store.recount()
    if json:
        found = [
            {**cell._asdict(), "stored": stored, "counted": counted}
            for cell, stored, counted in differences
        ]
        sys.stdout.write(json_.dumps({"differences": found}, ensure_ascii=False) + "\n")
    else:
        for cell, stored, counted in differences:
            place = f"{cell.day} {cell.flow}.{cell.step} {cell.channel} {cell.language}"
            told = f"the reports count {stored}, the answers are {counted}"
            sys.stdout.write(f"{place} {cell.value}: {told}\n")
    many = "difference" if len(differences) == 1 else "differences"
    sys.stderr.write(f"{len(differences)} {many}\n")
    return 1 if differences else 0
