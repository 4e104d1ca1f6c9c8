"""How long a message waits until it is stored for good, at half of what saturates.

First 64 callers in a closed loop show what load saturates. Then messages arrive at half
of that rate, whether or not earlier ones are answered, and each is timed from the
instant at which it should have arrived to its commit. The replies go out meanwhile.
The first messages warm up, and are not timed.
*inbox* is the inbound path without a network, on one core together with what sends;
*requests* are the web chat's over loopback, the server on one core and the visitors on
another. Half are taps and half typed words.

Run: python benchmarks/latency.py
"""

import asyncio
import os
import shutil
import statistics
import sys
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter
from typing import Final

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import chat  # noqa: E402
from benchmarks.house import at_share, syncs  # noqa: E402
from benchmarks.inbound import TYPED, message, waiting  # noqa: E402
from bot.wiring import opened, settle_memory  # noqa: E402

ROUNDS: Final = 3
WARM: Final = 200
SHARES: Final = {"p50": 0.50, "p95": 0.95, "p99": 0.99, "max": 1.0}
Send = Callable[[int], Awaitable[object]]
"""Send the message of this number and return once it is stored."""


async def at_rate(rate: float, count: int, send: Send) -> list[float]:
    """Send so many messages at a fixed rate and return how long each one took.

    The first ones warm up: they come before, all at once, and are not timed.
    """
    await asyncio.gather(*(send(place) for place in range(WARM)))
    count -= WARM
    took = [0.0] * count
    start = perf_counter()

    async def one(place: int) -> None:
        await send(WARM + place)
        took[place] = perf_counter() - start - place / rate

    async with asyncio.TaskGroup() as tasks:
        for place in range(count):
            early = start + place / rate - perf_counter()
            if early > 0:
                await asyncio.sleep(early)
            tasks.create_task(one(place))
    return took


async def inbox(file: Path, rate: float) -> list[float]:
    """Return how long messages took through the inbox at a rate."""
    settings = chat.settings_of(file)
    channels = [chat.Nowhere()]
    async with opened(settings=settings, channels=channels, worker=True) as house:
        talks = await waiting(house.desk)
        said = [
            message(*talk, number, tapped=place % 2 == 1)
            for number in range(len(TYPED))
            for place, talk in enumerate(talks)
        ]
        settle_memory()
        stopping = asyncio.Event()
        sending = asyncio.create_task(house.outbox.run(stopping))
        took = await at_rate(rate, len(said), lambda n: house.inbox.take(said[n]))
        stopping.set()
        house.desk.stored.set()
        await sending
    return took


async def requests(port: int, talks: list[chat.Talk], rate: float) -> list[float]:
    """Return how long messages took over HTTP; a free connection takes the next."""
    texts = [
        chat.request(chat.frames(place, session)[number], token)
        for number in range(len(TYPED))
        for place, ((_, session), token) in enumerate(
            zip(talks, chat.tokens(talks), strict=True)
        )
    ]
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(64)]
    free = deque(lines)  # by turns, so that the server sees none idle and closes it

    async def send(place: int) -> None:
        line = (
            free.popleft() if free else await asyncio.open_connection("127.0.0.1", port)
        )
        await chat.by_request(line, texts[place])
        free.append(line)

    took = await at_rate(rate, len(texts), send)
    for _, writer in free:
        writer.close()
    return took


def one_round(fresh: Callable[[str], Path]) -> dict[str, tuple[float, list[float]]]:
    """Return the saturating rate and the times at half of it, each way."""
    here, there = min(chat.CORES), max(chat.CORES)
    most = chat.on_loop(lambda: chat.inbound(fresh("a"), replying=True), there)
    half = most / 2
    took = chat.on_loop(lambda: inbox(fresh("b"), half), there)
    found = {"inbox": (most, took)}

    most = chat.on_loop(
        lambda: chat.networked(fresh("c"), there, chat.over_requests), here
    )
    half = most / 2

    async def timed(port: int, talks: list[chat.Talk]) -> list[float]:
        return await requests(port, talks, half)

    took = chat.on_loop(lambda: chat.networked(fresh("d"), there, timed), here)
    return {**found, "requests": (most, took)}


def main() -> None:
    """Run the rounds and print what each way took."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        start = folder / "start.db"
        asyncio.run(chat.ready(start))

        def fresh(name: str) -> Path:
            file = folder / f"{name}.db"
            for old in folder.glob(f"{name}.db*"):
                old.unlink()
            shutil.copy(start, file)
            return file

        rounds, disk = [], syncs(folder)
        for _ in range(ROUNDS):
            rounds.append(one_round(fresh))
            disk += syncs(folder)
    columns = " ".join(f"{share:>9}" for share in SHARES)
    print(f"{'':9} {'saturates at':>13} {'half':>9} {columns}")
    for way in rounds[0]:
        most = statistics.median(one[way][0] for one in rounds)
        cells = told([one[way][1] for one in rounds])
        print(f"{way:9} {most:>11,.0f}/s {most / 2:>7,.0f}/s {cells}")
    print(f"{'one fsync of this disk':>33} {told([disk])}")


def told(rounds: list[list[float]]) -> str:
    """Return the rounds' medians in milliseconds, and the longest of all."""
    cells = []
    for share in SHARES.values():
        each = [at_share(took, share) for took in rounds]
        seconds = max(each) if share == 1 else statistics.median(each)
        cells.append(f"{seconds * 1000:>6.2f} ms")
    return " ".join(cells)


if __name__ == "__main__":
    main()
