"""Torture Voxpop for some minutes, and say what came of it.

Run: python -m tests.torture --minutes 10 --engine sqlite --workers 1
"""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bot.clock import seeded
from tests.torture.ordeal import Result, go_through, ordeal, table

ROUND_SECONDS: Final = 40.0


async def torture(
    folder: Path, engine: str, workers: int, minutes: float, seed: int
) -> list[Result]:
    """Go through rounds until the time is over, or one has violations."""
    results: list[Result] = []
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end:
        number = len(results)
        chance = seeded(seed + number)
        place = folder / f"round-{number}"
        place.mkdir()
        seconds = min(ROUND_SECONDS, max(end - time.monotonic() - 10, 5))
        async with ordeal(place, engine, workers, chance) as one:
            results.append(await go_through(one, chance, seconds=seconds))
            if results[-1].violations:
                sys.stdout.write(f"See {place} and {one.database.url}\n")
                break
        sys.stdout.write(f"round {number}: {results[-1].acked:,} messages, well\n")
        sys.stdout.flush()
    return results


def main() -> int:
    """Torture, print a table, and return 1 where anything was violated."""
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    given = parser.parse_args()
    if given.engine == "sqlite" and given.workers > 1:
        parser.error("several workers need PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    sys.stdout.write(f"seed {given.seed}, in {folder}\n")
    sys.stdout.flush()
    results = asyncio.run(
        torture(folder, given.engine, given.workers, given.minutes, given.seed)
    )
    found = [words for result in results for words in result.violations]
    sys.stdout.write(f"{table(results)}\n")
    sys.stdout.writelines(f"violation: {words}\n" for words in found[:50])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
