"""NPS by month over ten million answers: how long the report takes.

The answers are of two years, 20 flows and three channels (`filled.py`). *report* is
what `voxpop report --by month` does from the open database to the scores, with the
funnel that stands beside them; *answers* is the bare query over the answers themselves.
The histograms are compared with a recount first.

Run: python benchmarks/reports.py [answers]
"""

import asyncio
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Final

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.filled import fill  # noqa: E402
from benchmarks.inbound import CONTACTS, prepare, voxpop  # noqa: E402
from bot.clock import now  # noqa: E402
from bot.model.report import Cut, Report  # noqa: E402
from bot.service import reports  # noqa: E402
from storage import SqlStore, open_store  # noqa: E402

ANSWERS: Final = 10_000_000
ROUNDS: Final = 15
RAW_ROUNDS: Final = 2
FLOW: Final = "flow_3"
ROOM: Final = 400
"""Bytes of disk an answer, with its index and the temporary ones."""
RAW: Final = """
SELECT substr(day, 1, 7), flow, step, value, count(*)
  FROM answers
 WHERE standing = 'counted' AND kind = 'nps' AND flow BETWEEN ? AND ?
 GROUP BY 1, 2, 3, 4
"""


async def made(store: SqlStore, flow: str | None) -> Report:
    """Return the report by month."""
    return await reports.report(
        store.reports,
        Cut(flow=flow, start=None, end=None, by=("month",), people=False),
        questions=[],
        now=now(),
        timezone="UTC",
    )


async def timed(
    work: Callable[[], Awaitable[object]], rounds: int
) -> tuple[list[float], object]:
    """Return how many seconds each round took, and what the last one gave."""
    took: list[float] = []
    found: object = None
    for _ in range(rounds):
        start = perf_counter()
        found = await work()
        took.append(perf_counter() - start)
    return took, found


def scored(report: object) -> int:
    """Return how many answers stand in a report's scores."""
    if not isinstance(report, Report):
        raise SystemExit("there is no report")
    return sum(row.figure.n for row in report.scores)


async def measure(file: Path) -> None:
    """Print how long it takes, for one flow and for all."""
    async with open_store(f"sqlite:///{file}") as store:
        differing = await store.recount()
        if differing:
            raise SystemExit(f"{len(differing)} cells differ from a recount")
        print(f"{'':34} {'median':>10} {'worst':>10} {'ratio':>7}   answers")
        for name, flow in (("one flow", FLOW), ("all flows", None)):
            await made(store, flow)  # the pages that the figures are about

            async def report(flow: str | None = flow) -> Report:
                return await made(store, flow)

            took, found = await timed(report, ROUNDS)
            base = statistics.median(took)
            told(f"report, {name}", took, base, scored(found))
            took, count = raw(file, flow)
            told(f"GROUP BY over answers, {name}", took, base, count)
            if count != scored(found):
                raise SystemExit("the two do not agree")


def raw(file: Path, flow: str | None) -> tuple[list[float], int]:
    """Return how long the bare query takes, and how many answers it counted."""
    took = []
    count = 0
    with closing(sqlite3.connect(file)) as db:
        for _ in range(RAW_ROUNDS):
            start = perf_counter()
            rows = db.execute(RAW, (flow or "", flow or "\U0010ffff")).fetchall()
            took.append(perf_counter() - start)
            count = sum(n for *_, n in rows)
    return took, count


def told(name: str, took: list[float], base: float, count: int) -> None:
    """Print one row."""
    middle, worst = statistics.median(took), max(took)
    print(
        f"{name:34} {middle * 1000:>7.1f} ms {worst * 1000:>7.1f} ms"
        f" {middle / base:>7.1f}   {count:,}",
        flush=True,
    )


def main() -> None:
    """Fill a database and print the table."""
    answers = int(sys.argv[1]) if sys.argv[1:] else ANSWERS
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        if shutil.disk_usage(folder).free < answers * ROOM:
            raise SystemExit("there is too little room on this disk; set BENCH_DIR")
        file = Path(folder) / "answers.db"
        asyncio.run(prepare(file))
        asyncio.run(voxpop(file))
        start = perf_counter()
        fill(file, answers, ("answers",))
        print(
            f"{answers:,} answers of {CONTACTS:,} contacts, filled in"
            f" {perf_counter() - start:.0f} s, {file.stat().st_size / 2**20:,.0f} MiB"
        )
        asyncio.run(measure(file))


if __name__ == "__main__":
    main()
