"""`voxpop stuck show`: one message that could not be handled, as it came."""

import json as json_
import sys
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

from bot.cli.here import command
from bot.cli.plain import clean
from bot.cli.stuck import Flag, as_json, line, stuck_of
from bot.model.changes import InboundRow
from bot.wiring import opened


async def show(id_: int, /, *, json: Flag = False, config: Path | None = None) -> int:
    """Show one message: why it is stuck, and what came.

    Example: voxpop stuck show 251658240000000

    What came was written by others, and may be private. Signs that would steer a
    terminal are left out of it; with --json it is as it came.

    Parameters
    ----------
    id_
        The id of the message, from `stuck list`.
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    async with opened(config, looking=True) as house:
        row = await stuck_of(house).one(id_)
        zone = house.desk.zone
    if row is None:
        sys.stderr.write(f"No message has the id {id_}: {command()} stuck list\n")
        return 1
    if json:
        shown = as_json(row, zone) | {"key": row.key, "raw": row.raw}
        sys.stdout.write(json_.dumps(shown, ensure_ascii=False) + "\n")
        return 0
    sys.stdout.writelines(f"{each}\n" for each in _lines(row, zone))
    return 0


def _lines(row: InboundRow, zone: tzinfo) -> Iterator[str]:
    yield f"State:    {row.state}"
    yield f"Reason:   {line(row.error or '—')}"
    yield f"Channel:  {line(row.channel)}"
    yield f"When:     {row.received_at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
    yield f"Contact:  {row.contact or 'nobody we know'}"
    yield ""
    yield clean(row.raw) or "(What came is forgotten.)"
