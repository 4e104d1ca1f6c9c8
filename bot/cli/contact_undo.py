"""`voxpop contact undo`: a join is taken back."""

import json as json_
import sys
from pathlib import Path

from bot.cli.flow import Flag
from bot.service import joining
from bot.wiring import opened


async def undo(join: int, /, *, json: Flag = False, config: Path | None = None) -> int:
    """Undo a join: each is who they were before, but for what was said meanwhile.

    Example: voxpop contact undo 251967044816896

    Joins can be undone in any order.

    Parameters
    ----------
    join
        The number of the join, as contact joins shows it.
    json
        Print JSON instead of a line.
    config
        The settings to read instead of config.yaml in this folder.

    """
    async with opened(config, looking=True) as house:
        await joining.undo(house.desk, join)
    if json:
        sys.stdout.write(json_.dumps({"undone": str(join)}) + "\n")
    else:
        sys.stdout.write(f"Join {join} is undone.\n")
    return 0
