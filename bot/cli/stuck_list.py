"""`voxpop stuck list`: the messages that could not be handled."""

import json as json_
import sys
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Final

from bot.cli.here import command
from bot.cli.stuck import Flag, as_json, line, stuck_of
from bot.cli.table import aligned
from bot.errors import WrongUse
from bot.model.changes import InboundRow
from bot.wiring import opened

LATEST: Final = 20
HEAD: Final = ("id", "when", "channel", "contact", "reason")


async def list_(
    *, limit: int = LATEST, json: Flag = False, config: Path | None = None
) -> int:
    """List the messages that could not be handled, newest first.

    Example: voxpop stuck list

    Each was acknowledged and is kept as it came. Times are the brand's.

    Parameters
    ----------
    limit
        How many are shown.
    json
        Print JSON instead of a table.
    config
        The settings to read instead of config.yaml in this folder.

    """
    if limit < 1:
        raise WrongUse(f"--limit {limit}: at least one has to be shown")
    async with opened(config, looking=True) as house:
        rows, count = await stuck_of(house).newest(limit)
        zone = house.desk.zone
    if json:
        shown = {
            "timezone": str(zone),
            "stuck": count,
            "messages": [as_json(row, zone) for row in rows],
        }
        sys.stdout.write(json_.dumps(shown, ensure_ascii=False) + "\n")
        return 0
    if not rows:
        sys.stderr.write("Nothing is stuck.\n")
        return 0
    lines = aligned([HEAD, *_cells(rows, zone)])
    sys.stdout.writelines(f"{each}\n" for each in lines)
    sys.stderr.write(_hint(count, len(rows)))
    return 0


def _cells(rows: Sequence[InboundRow], zone: tzinfo) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield (
            str(row.id),
            f"{row.received_at.astimezone(zone):%Y-%m-%d %H:%M}",
            line(row.channel),
            str(row.contact or "—"),
            line(row.error or ""),
        )


def _hint(count: int, shown: int) -> str:
    left = f"… and {count - shown:,} before: --limit {count}\n" if count > shown else ""
    return f"{left}What came: {command()} stuck show ID\n"
