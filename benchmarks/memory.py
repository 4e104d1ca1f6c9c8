"""What open talks cost in memory: that of a process with none, 10,000 and 100,000.

The talks are begun through the inbox, a message each; their first questions went out,
and they wait for an answer. *SQLite* is what it says that it holds, nearly all of it
pages of the file, bounded by its settings; *mapped* are files that the process reads as
memory: programs, and the index of the write-ahead log.

Run: python benchmarks/memory.py
"""

import _sqlite3
import asyncio
import ctypes
import gc
import os
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.chat import CORES, Nowhere, on_loop, settings_of  # noqa: E402
from benchmarks.inbound import RAW, documents, visitor  # noqa: E402
from bot.clock import now  # noqa: E402
from bot.model.message import Inbound  # noqa: E402
from bot.wiring import House, opened, settle_memory  # noqa: E402

STAGES: Final = (0, 10_000, 100_000)
AT_ONCE: Final = 64
MIB: Final = 1024 * 1024
SQLITE: Final = ctypes.CDLL(_sqlite3.__file__)
SQLITE.sqlite3_memory_used.restype = ctypes.c_int64
Figures = dict[str, float]
"""MiB by whose they are."""


def memory() -> Figures:
    """Return how much memory this process has now."""
    gc.collect()
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    kilobytes = {name: int(fields[name].split()[0]) for name in ("VmRSS", "RssFile")}
    return {
        "process": kilobytes["VmRSS"] / 1024,
        "SQLite": SQLITE.sqlite3_memory_used() / MIB,
        "mapped": kilobytes["RssFile"] / 1024,
    }


async def begin(house: House, numbers: range) -> None:
    """Begin a talk with each of these visitors, and send them their question."""

    async def caller(first: int) -> None:
        for number in numbers[first::AT_ONCE]:
            said = Inbound(
                address=visitor(number),
                key=f"visitor-{number:06}-begin",
                at=now(),
                text="feedback",
                raw=RAW,
                language="en",
            )
            await house.inbox.take(said)

    stopping = asyncio.Event()
    sending = asyncio.create_task(house.outbox.run(stopping))
    async with asyncio.TaskGroup() as callers:
        for first in range(AT_ONCE):
            callers.create_task(caller(first))
    stopping.set()
    house.desk.stored.set()
    await sending
    await house.outbox.drain()


def check(file: Path, count: int) -> None:
    """End the run unless so many talks wait, each asked."""
    with sqlite3.connect(file) as db:
        (waiting,) = db.execute(
            "SELECT count(*) FROM sessions WHERE status = 'active'"
        ).fetchone()
        (asked,) = db.execute(
            "SELECT count(*) FROM outbox WHERE state = 'delivered'"
        ).fetchone()
    db.close()
    if (waiting, asked) != (count, count):
        raise SystemExit(f"{waiting} talks wait and {asked} were asked, not {count}")


async def grown(file: Path) -> list[Figures]:
    """Return the memory at each stage."""
    found = []
    async with opened(settings=settings_of(file), channels=[Nowhere()]) as house:
        await house.library.publish(documents(), now=now(), by="bench")
        settle_memory()
        before = 0
        for stage in STAGES:
            await begin(house, range(before, stage))
            check(file, stage)
            found.append(memory())
            before = stage
    return found


def main() -> None:
    """Begin the talks and print what they cost."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        file = Path(folder) / "talks.db"
        found = on_loop(lambda: grown(file), max(CORES))
    print(
        f"{'open talks':>10} {'process':>11} {'grown by':>11} {'of it SQLite':>13}"
        f" {'of it mapped':>13}"
    )
    for stage, figures in zip(STAGES, found, strict=True):
        more = {name: figures[name] - found[0][name] for name in figures}
        print(
            f"{stage:>10,} {figures['process']:>7.1f} MiB {more['process']:>7.1f} MiB"
            f" {more['SQLite']:>9.1f} MiB {more['mapped']:>9.1f} MiB"
        )


if __name__ == "__main__":
    main()
