"""`voxpop backup`: one moment of the database in one file."""

import json as json_
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from bot.clock import now

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


async def backup(
    file: Path | None = None,
    /,
    *,
    replace: Flag = False,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Write all that the database holds to one file, also while Voxpop runs.

    Example: voxpop backup backups/

    The file has its name only when it is whole, checked and on the disk. Nobody but you
    may read it. Photos and files of the chat lie in `media`, which it does not hold.

    Parameters
    ----------
    file
        The file to make, or a folder for one that is named for the time.
    replace
        Put it in the place of a file that is there.
    json
        Print JSON instead of a line.
    config
        The settings to read instead of config.yaml in this folder.

    """
    from bot.cli.bar import shown  # noqa: PLC0415 - `--help` need not load the store
    from bot.config import load_settings  # noqa: PLC0415 - likewise
    from storage.backup import back_up  # noqa: PLC0415 - likewise

    url = load_settings(config).database_url()
    made = _named(file or Path(), url)
    began = time.monotonic()
    with shown(f"Writing {made}") as told:
        tables = await back_up(url, made, replace=replace, told=told)
    seconds = time.monotonic() - began
    size = made.stat().st_size
    if json:
        found = {
            "file": str(made),
            "bytes": size,
            "seconds": round(seconds, 3),
            "tables": tables,
        }
        sys.stdout.write(json_.dumps(found, ensure_ascii=False) + "\n")
        return 0
    sys.stdout.write(f"{made}\n")
    sys.stderr.write(f"{size / 1e6:,.1f} MB in {seconds:.1f} s: {held(tables)}\n")
    return 0


def held(tables: Mapping[str, int]) -> str:
    """Return what tables hold, in a few words."""
    names = {"contacts": "contacts", "inbound": "messages", "answers": "answers"}
    return ", ".join(f"{tables[key]:,} {name}" for key, name in names.items())


def _named(file: Path, url: str) -> Path:
    """Return the file to make: of a folder, one in it that is named for the time."""
    if not file.is_dir():
        return file
    ending = "db" if url.startswith("sqlite:") else "dump"
    return file / f"voxpop-{now():%Y%m%dT%H%M%SZ}.{ending}"
