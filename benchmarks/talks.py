"""How many talks of test files are played a second, and where the time goes.

The talks are those of `flows/nps.test.yaml`, over and over, in files of 500. *Alone* is
a house of its own for each talk, as a talk is played by itself; *together* all of them
meet one house. *Reading* is reading the files, also of flows. The whole command is
`voxpop test` as an operator calls it, its start included.

Run: python benchmarks/talks.py [TALKS]
"""

import asyncio
import cProfile
import pstats
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import Final

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.cli.rehearse import play, read_talks  # noqa: E402
from bot.cli.rehearsing import Rehearsal, play_together  # noqa: E402
from bot.config import load_settings  # noqa: E402
from bot.wiring import settle_memory  # noqa: E402

TALKS: Final = 5_000
A_FILE: Final = 500
ALONE: Final = 100
PARTS: Final = {
    "bot/engine": "engine",
    "bot/understanding": "engine",
    "bot/service/rehearsal": "rehearsal",
    "bot/service": "service",
    "storage": "storage",
    "bot/clock.py": "service",
}


def lay_out(folder: Path, count: int) -> None:
    """Write so many talks, and the flows they are about."""
    (folder / "flows").mkdir()
    (folder / "config.yaml").write_bytes((ROOT / "config.yaml").read_bytes())
    for name in ("nps", "referral", "welcome"):
        source = (ROOT / "flows" / f"{name}.yaml").read_bytes()
        (folder / "flows" / f"{name}.yaml").write_bytes(source)
    text = (ROOT / "flows" / "nps.test.yaml").read_text(encoding="utf-8")
    head, tests = text.split("tests:\n", 1)
    times = A_FILE // tests.count("- name:")
    for number in range(count // A_FILE):
        file = folder / "flows" / f"nps{number}.test.yaml"
        file.write_text(f"{head}tests:\n{tests * times}", encoding="utf-8")


async def together(rehearsals: list[Rehearsal]) -> int:
    """Play talks together; return how many failed."""
    return sum(each.failure is not None for each in await play_together(rehearsals))


async def alone(rehearsals: list[Rehearsal]) -> int:
    """Play each talk in a house of its own; return how many failed."""
    return sum([(await play(each)).failure is not None for each in rehearsals])


def told(what: str, count: int, seconds: float) -> None:
    """Print one figure."""
    print(f"{what:24}{count / seconds:8,.0f} talks/s{seconds:10.2f} s")


def parts(rehearsals: list[Rehearsal]) -> Counter[str]:
    """Return the share of each part of the code in playing talks together."""
    profile = cProfile.Profile()
    profile.runcall(asyncio.run, together(rehearsals))
    took: Counter[str] = Counter()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # not in its types
    for (file, _, name), (_, _, own, _, _) in stats.items():
        named = next((n for path, n in PARTS.items() if f"/{path}" in file), "other")
        took["SQLite" if "poll" in name or "sqlite" in file else named] += own
    return took


def main() -> None:
    """Measure, print, and fail where a talk does."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TALKS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder, count)
        settings = load_settings(folder / "config.yaml", environ={})
        settle_memory()
        start = perf_counter()
        rehearsals = read_talks(settings, [])
        told("reading", count, perf_counter() - start)
        failed = 0
        start = perf_counter()
        failed += asyncio.run(alone(rehearsals[:ALONE]))
        told("playing, alone", ALONE, perf_counter() - start)
        start = perf_counter()
        failed += asyncio.run(together(rehearsals))
        told("playing, together", count, perf_counter() - start)
        start = perf_counter()
        command = [str(Path(sys.executable).with_name("voxpop")), "test"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603
        told("the whole command", count, perf_counter() - start)
        took = parts(rehearsals)
    whole = sum(took.values())
    print("\nwhere the time of playing goes, as a profile has it")
    for what, seconds in took.most_common():
        print(f"{what:24}{seconds / whole:8.0%}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
