"""`voxpop migrate`: bring a database up to date, or move all of it to another one."""

import json as json_
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bot.errors import WrongUse

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


async def migrate(
    *,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    to: str | None = None,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Bring the database up to date, or move all that it holds to another one.

    Example: voxpop migrate --from sqlite:///voxpop.db --to postgresql://host/voxpop

    Both databases of a move have to be at rest, and the new one empty. All of it is
    there in the end, or nothing; the old one stays as it is.

    Parameters
    ----------
    from_
        The address of the database to move from.
    to
        The address of the one to move to.
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    if (from_ is None) != (to is None):
        raise WrongUse("A move takes both: voxpop migrate --from ADDRESS --to ADDRESS")
    if from_ is not None and to is not None:
        return await _move(from_, to, json=json)
    from bot.config import load_settings  # noqa: PLC0415 - `--help` need not load it
    from storage.moving import bring_up  # noqa: PLC0415 - likewise

    applied = await bring_up(load_settings(config).database_url())
    if json:
        sys.stdout.write(json_.dumps({"applied": applied}) + "\n")
        return 0
    for name in applied:
        sys.stdout.write(f"applied {name}\n")
    if not applied:
        sys.stdout.write("The database is up to date.\n")
    return 0


async def _move(source: str, target: str, *, json: bool) -> int:
    from rich.console import Console  # noqa: PLC0415 - `--help` need not load it
    from rich.table import Table  # noqa: PLC0415 - likewise

    from bot.cli.bar import shown  # noqa: PLC0415 - likewise
    from storage.moving import move  # noqa: PLC0415 - likewise

    with shown("Moving") as told:
        moved = await move(source, target, lambda t, n, of: told(n, of, t))
    if json:
        sys.stdout.write(json_.dumps({"tables": moved}) + "\n")
        return 0
    table = Table(box=None, pad_edge=False)
    table.add_column("Table")
    table.add_column("Rows", justify="right")
    for name, rows in moved.items():
        table.add_row(name, f"{rows:,}")
    Console(highlight=False).print(table)
    sys.stderr.write("All of it arrived; the counts of the reports agree.\n")
    return 0
