"""`voxpop stuck retry`: messages that are stuck, handled as if they came now."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bot.cli.bar import shown
from bot.cli.stuck import Flag, meant, stuck_of, tell
from bot.service.stuck import Came
from bot.wiring import opened


async def retry(
    *ids: int,
    all_: Annotated[bool, Parameter(name="--all", negative=())] = False,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Handle messages that are stuck as if they came now.

    Example: voxpop stuck retry --all

    What cannot be handled stays stuck, with the new reason. What the bot says to it
    goes out by the voxpop run that serves this database.

    Parameters
    ----------
    ids
        The ids of the messages, from `stuck list`.
    all_
        Take all that is stuck, oldest first.
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    came: list[Came] = []
    absent: list[int] = []
    async with opened(config, looking=True) as house:
        stuck = stuck_of(house)
        wanted = await meant(stuck, ids, every=all_)
        with shown("Retrying") as told:
            for done, id_ in enumerate(wanted, 1):
                result = await stuck.retry(id_)
                if result is not None:
                    came.append(result)
                elif not all_:  # others may have been faster
                    absent.append(id_)
                told(done, len(wanted))
        await house.bell.due()
    return tell(came, absent, json_=json)
