"""`voxpop restore`: put a backup in the database's place."""

import json as json_
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from pydantic import SecretStr

from bot.cli.backup import held
from bot.clock import now

if TYPE_CHECKING:
    from bot.config import Settings
    from storage.reloading import Restored

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


async def restore(
    file: Path,
    /,
    *,
    replace: Flag = False,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Put a backup in the place of the database, while no Voxpop runs.

    Example: voxpop restore voxpop-20261123T120000Z.db --replace

    The file is checked first. Messages that were to leave since it was made may have
    done so, and are not sent again by themselves.

    Parameters
    ----------
    file
        The backup, as `voxpop backup` made it.
    replace
        Do so where the database holds something, which is kept beside it.
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    from bot.cli.bar import shown  # noqa: PLC0415 - `--help` need not load the store
    from bot.config import load_settings  # noqa: PLC0415 - likewise
    from storage.restoring import restore as put  # noqa: PLC0415 - likewise

    settings = load_settings(config)
    silent = _Silent(settings)
    with shown(f"Restoring {file}") as told:
        done = await put(
            settings.database_url(),
            file,
            now(),
            replace=replace,
            ready=silent.live_through,
            told=told,
        )
    if json:
        found = {"tables": done.tables, "unknown": silent.kept, "kept": done.kept}
        sys.stdout.write(json_.dumps(found, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(_told(file, done, silent.kept)) + "\n")
    return 0


class _Silent:
    """Lets a restored database live through the time since its backup."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self.kept = 0

    async def live_through(self, url: str) -> None:
        """Wake what is due in a database, and keep back what that says."""
        from bot.service.restored import live_through  # noqa: PLC0415 - see above
        from bot.wiring import opened  # noqa: PLC0415 - likewise

        there = self._settings.model_copy(update={"database": SecretStr(url)})
        async with opened(settings=there) as house:
            self.kept = await live_through(house.store, house.timers, house.desk.clock)


def _told(file: Path, done: "Restored", silent: int) -> list[str]:
    """Return what was done, a line each."""
    lines = [f"Restored {file}: {held(done.tables)}."]
    if silent:
        many = "1 message" if silent == 1 else f"{silent:,} messages"
        lines.append(
            f"{many} may have gone out since the backup: kept as unknown, not sent."
        )
    if done.kept:
        lines.append(f"What was there before is kept as {done.kept}.")
    return lines
