"""What the inbound path does as contacts, stored answers and flows grow a hundredfold.

Two databases that differ in one of these take the same messages by turns: 64 callers,
each waiting for its commit, half taps and half typed words, on one core. What was
stored before is real rows, many times over, in every table that a message touches
(`filled.py`); messages come from contacts all over them. *By processor* counts the
seconds that the process ran instead of those that passed: it leaves the disk out, and
whatever else the machine did.

Run: python benchmarks/growth.py [contacts|answers|flows …]
"""

import asyncio
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.chat import on_loop  # noqa: E402
from benchmarks.filled import fill  # noqa: E402
from benchmarks.house import desk_on  # noqa: E402
from benchmarks.inbound import (  # noqa: E402
    CALLERS,
    TYPED,
    call,
    documents,
    prepare,
    waiting,
)
from bot.service.inbound import Inbox  # noqa: E402
from bot.wiring import settle_memory  # noqa: E402
from flows.language.document import FlowDocument, load_flow  # noqa: E402
from storage import SqlStore  # noqa: E402
from storage.sqlite import open_sqlite  # noqa: E402

ROUNDS: Final = 7
CORE: Final = max(os.sched_getaffinity(0))
EACH: Final = 1_000
"""Contacts that write in a round."""
CONTACTS: Final = (1_000, 100_000)
ANSWERS: Final = (100_000, 10_000_000)
FLOWS: Final = (5, 500)
ROOM: Final = 1_500
"""Bytes of disk an answer, with all that goes with it."""
Part = Callable[[int], tuple[Path, Sequence[int]]]
"""By the number of a round: a database, and which of its contacts write."""
Round = tuple[tuple[float, float], tuple[float, float]]
"""What the small database and the big one reach: by the clock, by the processor."""


async def throughput(file: Path, numbers: Sequence[int]) -> tuple[float, float]:
    """Return messages a second of these contacts, and a second of the processor."""
    async with open_sqlite(str(file)) as driver:
        desk = desk_on(SqlStore(driver))
        await desk.library.refresh()
        talks = await waiting(desk, numbers)
        inbox = Inbox(desk)
        settle_memory()
        taking = asyncio.create_task(inbox.run())
        start, busy = perf_counter(), process_time()
        shares = (talks[caller::CALLERS] for caller in range(CALLERS))
        await asyncio.gather(*(call(inbox, share) for share in shares))
        took, used = perf_counter() - start, process_time() - busy
        taking.cancel()
        with suppress(asyncio.CancelledError):
            await taking
    messages = len(talks) * len(TYPED)
    return messages / took, messages / used


def spread(file: Path, contacts: int) -> Part:
    """Return a part where other contacts write each round, evenly from all of them."""
    step = contacts // (EACH * ROUNDS)
    return lambda number: (
        file,
        range(number * step, contacts, step * ROUNDS)[:EACH],
    )


# ── the pairs ────────────────────────────────────────────────────────────────────────


def more_contacts(folder: Path) -> tuple[Part, Part]:
    """Make databases of few contacts and one of many, each with an open talk."""
    few, many = CONTACTS
    small = [folder / f"few-{number}.db" for number in range(ROUNDS)]
    for file in small:
        asyncio.run(prepare(file, few))
    big = folder / "many.db"
    asyncio.run(prepare(big, many))
    return lambda number: (small[number], range(EACH)), spread(big, many)


def more_answers(folder: Path) -> tuple[Part, Part]:
    """Make a database of few stored answers and one of many, of as many contacts."""
    if shutil.disk_usage(folder).free < max(ANSWERS) * ROOM:
        raise SystemExit("there is too little room on this disk; set BENCH_DIR")
    contacts = CONTACTS[1]
    files = [folder / f"{count}.db" for count in ANSWERS]
    asyncio.run(prepare(files[0], contacts))
    last = range(contacts - CALLERS, contacts)
    on_loop(lambda: throughput(files[0], last), CORE)  # rows to copy
    shutil.copy(files[0], files[1])
    for file, count in zip(files, ANSWERS, strict=True):
        start = perf_counter()
        fill(file, count)
        size, took = file.stat().st_size / 2**30, perf_counter() - start
        print(f"  {count:,} answers: {size:.1f} GiB, {took:.0f} s", flush=True)
    return spread(files[0], contacts), spread(files[1], contacts)


def more_flows(folder: Path) -> tuple[Part, Part]:
    """Make a database of few flows and one of many, the talks in all of them."""
    contacts = EACH * ROUNDS
    files = [folder / f"{count}.db" for count in FLOWS]
    for file, count in zip(files, FLOWS, strict=True):
        copies = [copy(number) for number in range(count)]
        names = [each.flow.flow for each in copies if each.flow]
        asyncio.run(prepare(file, contacts, copies, names))
    return spread(files[0], contacts), spread(files[1], contacts)


def copy(number: int) -> FlowDocument:
    """Return the example's survey under another name and with other keywords."""
    source = documents()[0].source.decode()
    for word in ("flow: nps", "feedback", "survey]", "encuesta", "opinar"):
        if word not in source:
            raise SystemExit(f"the example has no {word!r} any more")
        end = "]" if word.endswith("]") else ""
        changed = f"{word.removesuffix(']')}_{number}{end}"
        source = source.replace(word, changed, 1)
    return load_flow(f"nps_{number}.yaml", source.encode())


PAIRS: Final = {
    "contacts": (CONTACTS, more_contacts),
    "answers": (ANSWERS, more_answers),
    "flows": (FLOWS, more_flows),
}


def main() -> None:
    """Measure the pairs that were asked for, or all."""
    lines = []
    for name in sys.argv[1:] or PAIRS:
        sizes, make = PAIRS[name]
        with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
            small, big = make(Path(folder))
            rounds = [one_round(small, big, number) for number in range(ROUNDS)]
        lines.append(told(name, sizes, rounds))
        print(lines[-1], flush=True)


def one_round(small: Part, big: Part, number: int) -> Round:
    """Return what the small database and the big one reach."""
    first = on_loop(lambda: throughput(*small(number)), CORE)
    return first, on_loop(lambda: throughput(*big(number)), CORE)


def told(name: str, sizes: tuple[int, int], rounds: Sequence[Round]) -> str:
    """Return one row."""
    small, big = (
        statistics.median(rate for rate, _ in part)
        for part in zip(*rounds, strict=True)
    )
    ratio = statistics.median(b / a for (a, _), (b, _) in rounds)
    by_processor = statistics.median(b / a for (_, a), (_, b) in rounds)
    return (
        f"{name:9} {sizes[0]:>9,}: {small:>7,.0f}/s   {sizes[1]:>11,}: {big:>7,.0f}/s"
        f"   ratio {ratio:.2f}   by processor {by_processor:.2f}"
    )


if __name__ == "__main__":
    main()
