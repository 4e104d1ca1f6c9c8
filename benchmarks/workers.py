"""How much more two workers take in on one PostgreSQL than one, each a process.

Every worker answers its own share of the same talks through the whole inbound path, 64
callers each. The server and the workers share the machine's cores: where there are two
in all, a second worker takes from the server what it gives.

Run: python benchmarks/workers.py
"""

import asyncio
import multiprocessing
import os
import statistics
import sys
import tempfile
from contextlib import suppress
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import uvloop  # noqa: E402

from benchmarks import postgres  # noqa: E402
from benchmarks.house import desk_on  # noqa: E402
from benchmarks.inbound import (  # noqa: E402
    CALLERS,
    CONTACTS,
    MESSAGES,
    call,
    check,
    prepare,
    waiting,
)
from bot.service.inbound import Inbox  # noqa: E402
from bot.wiring import settle_memory  # noqa: E402
from storage import open_store  # noqa: E402

MOST: int = 2
ROUNDS = 5


def work(url: str, number: int, count: int, met: Barrier) -> None:
    """Answer one worker's share of the talks, once all are ready."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(url, range(number, CONTACTS, count), met))


async def _work(url: str, numbers: range, met: Barrier) -> None:
    async with open_store(url) as store:
        desk = desk_on(store)
        await desk.library.refresh()
        talks = await waiting(desk, numbers)
        inbox = Inbox(desk)
        settle_memory()
        taking = asyncio.create_task(inbox.run())
        await asyncio.to_thread(met.wait)
        shares = (talks[caller::CALLERS] for caller in range(CALLERS))
        await asyncio.gather(*(call(inbox, share) for share in shares))
        await asyncio.to_thread(met.wait)
        taking.cancel()
        with suppress(asyncio.CancelledError):
            await taking


def rate(server: postgres.Server, start: str, count: int) -> float:
    """Return messages a second that so many workers take in together."""
    url = server.make(start)
    spawning = multiprocessing.get_context("spawn")
    met = spawning.Barrier(count + 1)
    workers = [
        spawning.Process(target=work, args=(url, number, count, met))
        for number in range(count)
    ]
    for worker in workers:
        worker.start()
    met.wait()
    began = perf_counter()
    met.wait()
    took = perf_counter() - began
    for worker in workers:
        worker.join()
    check(asyncio.run(postgres.counted(url)))
    return MESSAGES / took


def main() -> None:
    """Run one worker and two by turns, and print the medians."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        own = os.sched_getaffinity(0)
        with postgres.server(Path(folder)) as server:
            start = server.make()
            asyncio.run(prepare(start))
            rates: list[list[float]] = []
            for number in range(1, ROUNDS + 1):
                rates.append([rate(server, start, n) for n in range(1, MOST + 1)])
                one, two = rates[-1]
                print(
                    f"round {number}: one {one:7,.0f}/s   two {two:7,.0f}/s", flush=True
                )
    one, two = (statistics.median(column) for column in zip(*rates, strict=True))
    ratio = statistics.median(b / a for a, b in rates)
    print(
        f"median:  one {one:7,.0f}/s   two {two:7,.0f}/s   ratio {ratio:.2f}"
        f"   on {len(own)} cores, the server's among them"
    )


if __name__ == "__main__":
    main()
