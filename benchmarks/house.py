"""What the benchmarks share: a desk on the example settings, and what they tell."""

import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.clock import make_ids, now  # noqa: E402
from bot.config import load_settings  # noqa: E402
from bot.service.desk import Desk  # noqa: E402
from bot.service.library import Library  # noqa: E402
from bot.world import world_of  # noqa: E402
from storage import SqlStore  # noqa: E402


def desk_on(store: SqlStore) -> Desk:
    """Return what the service works with, on the example settings."""
    settings = load_settings(ROOT / "config.yaml", environ={})
    return Desk(
        store=store,
        library=Library(store),
        clock=now,
        new_id=make_ids(),
        world=world_of(settings),
        zone=ZoneInfo(settings.brand.timezone),
    )


def at_share(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed.

    >>> at_share([3, 1, 2, 4], 0.5), at_share([3, 1, 2, 4], 0.99)
    (2, 4)
    """
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


def syncs(folder: Path, count: int = 200) -> list[float]:
    """Return how many seconds the disk took, each time, to keep 4 KiB for good."""
    took = []
    file = os.open(folder / "synced", os.O_WRONLY | os.O_CREAT)
    try:
        for _ in range(count):
            start = perf_counter()
            os.write(file, bytes(4096))
            os.fsync(file)
            took.append(perf_counter() - start)
    finally:
        os.close(file)
    return took
