"""`voxpop contact join`: an operator says that two are one person."""

import json as json_
import sys
from pathlib import Path

from bot.cli.contact import named
from bot.cli.flow import Flag, author, say
from bot.cli.here import command
from bot.cli.plain import clean
from bot.service import joining
from bot.service.joining import Declined
from bot.wiring import opened


async def join(
    contact: str,
    other: str,
    /,
    *,
    by: str | None = None,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Say that two addresses belong to one person.

    Example: voxpop contact join crm:4711 telegram:123456

    Nothing is moved: what each said stays theirs, and the join can be undone.

    Parameters
    ----------
    contact
        An address of the one, such as crm:4711.
    other
        An address of the other.
    by
        Who says so; without it, your login name.
    json
        Print JSON instead of a line.
    config
        The settings to read instead of config.yaml in this folder.

    """
    who = author(by)
    a, b = named(contact), named(other)
    async with opened(config, looking=True) as house:
        made = await joining.join(house.desk, a, b, by=who)
    if isinstance(made, Declined):
        say(f"{clean(f'{a} and {b}')} were not joined: {made.reason}")
        return 1
    if json:
        sys.stdout.write(json_.dumps({"join": str(made.id)}) + "\n")
    else:
        undo = f"{command()} contact undo {made.id}"
        sys.stdout.write(f"{a} and {b} are one person now. To undo it: {undo}\n")
    return 0
