"""`voxpop stuck drop`: messages that are stuck, given up."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bot.cli.stuck import Flag, meant, stuck_of, tell
from bot.errors import WrongUse
from bot.service.stuck import Came
from bot.wiring import opened


async def drop(
    *ids: int,
    all_: Annotated[bool, Parameter(name="--all", negative=())] = False,
    yes: Flag = False,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Give up messages that are stuck: what came with them never counts.

    Example: voxpop stuck drop 251658240000000

    They are kept, marked as dropped, until their text is forgotten. For more than one
    it asks first.

    Parameters
    ----------
    ids
        The ids of the messages, from `stuck list`.
    all_
        Drop all that is stuck.
    yes
        Do not ask.
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    async with opened(config, looking=True) as house:
        stuck = stuck_of(house)
        wanted = await meant(stuck, ids, every=all_)
        if len(wanted) > 1 and not yes and not _sure(len(wanted)):
            sys.stderr.write("Nothing was dropped.\n")
            return 1
        dropped = await stuck.drop(wanted)
    came = [Came(id_, "dropped") for id_ in dropped]
    absent = [] if all_ else [id_ for id_ in wanted if id_ not in set(dropped)]
    return tell(came, absent, json_=json)


def _sure(count: int) -> bool:
    """Ask whether so many are meant; raise WrongUse where nobody can answer."""
    if not sys.stdin.isatty():
        raise WrongUse(f"{count} messages would be dropped; say --yes to do so")
    sys.stderr.write(f"Drop {count} messages that people wrote? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
