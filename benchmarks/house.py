"""What the benchmarks share: a desk on the example settings, and the ways they tell."""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.clock import make_ids, now  # noqa: E402
from bot.config import load_settings, world_of  # noqa: E402
from bot.service.desk import Desk  # noqa: E402
from bot.service.library import Library  # noqa: E402
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
