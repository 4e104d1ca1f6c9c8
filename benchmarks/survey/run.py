"""Put one bot through the survey, on one core, and say what it did.

    python -m benchmarks.survey.run <bot> <messages at once> <contacts>

A run prints one line of JSON: messages a second, the same by the seconds that the
process ran (without those of a database server), and a note where there is one.
"""

import asyncio
import gc
import importlib
import json
import os
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import Any, Final

import uvloop

from benchmarks.survey import talk

BOTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "conversation": ("telegram_bot", {"pickled": False}),
    "conversation-pickled": ("telegram_bot", {"pickled": True}),
    "aiogram": ("aiogram_fsm", {"durable": False}),
    "aiogram-redis": ("aiogram_fsm", {"durable": True}),
    "telebot": ("telebot_states", {}),
    "voxpop-pushed": ("voxpop", {"at_once": None}),
    "voxpop-provider": ("voxpop", {"at_once": 64}),
    "voxpop-acked": ("voxpop", {"acked": True}),
}
"""Each by its module and how that opens it."""


async def run(bot: str, at_once: int, contacts: int) -> dict[str, object]:
    """Return how many messages a second a bot answered."""
    name, options = BOTS[bot]
    module = importlib.import_module(f"benchmarks.survey.{name}")
    first, measured = talk.warm(contacts)
    replies = talk.Replies()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        async with module.opened(replies, Path(folder), **options) as opened:
            await talk.drive(opened.say, replies, first, at_once)
            gc.collect()
            busy = process_time()
            took = await talk.drive(opened.say, replies, measured, at_once)
            used = process_time() - busy
            note = await opened.finish() if opened.finish else ""
    messages = contacts * talk.MESSAGES
    return {"rate": messages / took, "by_processor": messages / used, "note": note}


def main() -> None:
    """Run on the last core there is."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    bot, at_once, contacts = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(run(bot, int(at_once), int(contacts)))))


if __name__ == "__main__":
    main()
