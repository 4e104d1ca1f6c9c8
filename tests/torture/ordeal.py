"""One round: people talk, things break at random, all comes to rest, and is checked."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct, field
from msgspec.structs import asdict

from bot.clock import Chance
from tests.fakes.platform import Knobs, Platform, listening
from tests.torture import shop, victim
from tests.torture.checker import WAITING, Evidence, Figures, violations
from tests.torture.database import rows
from tests.torture.phones import Phones
from tests.torture.victims import Database, Victims

PEOPLE: Final = 24
REST_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 0.2
UNKNOWN: Final = (
    *("cut", "open_at_kills", "just_answered"),
    *("answered_while_away", "never_left"),
)
"""The figures of why messages are unknown."""
FAULTS: Final = (
    "away",
    "cut",
    "deaf",
    "late",
    "throttled",
    "refused",
    "reset",
    "broken",
)


class Result(Struct):
    """What happened in a round, and what was not as it must be."""

    kills: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    acked: int = 0
    doubles: int = 0
    refusals: int = 0
    figures: Figures = field(default_factory=Figures)
    violations: list[str] = field(default_factory=list)


class Ordeal:
    """All that takes part in a round."""

    def __init__(
        self, database: Database, platform: Platform, victims: Victims, phones: Phones
    ) -> None:
        self.database = database
        self.platform = platform
        self.victims = victims
        self.phones = phones
        self.faults: dict[str, int] = dict.fromkeys(FAULTS, 0)

    async def break_one(self, chance: Chance) -> None:
        """Kill a server, or have the database or the platform fail for a while."""
        if chance.random() < 0.5:
            await self.victims.kill(chance.choice(self.victims.all))
            return
        await self.fail(chance.choice([n for n in FAULTS if self._fits(n)]), chance)

    async def fail(self, name: str, chance: Chance) -> None:
        """Have the database or the platform fail for a while in a way that is named."""
        self.faults[name] += 1
        if name == "away":
            await self.database.go_away(0.5 + chance.random() * 3)
        elif name == "cut":
            await self.database.cut()
        elif name == "deaf":
            await self.platform.close()
            await asyncio.sleep(chance.random())
            await self.platform.open()
        else:
            setattr(self.platform.knobs, name, 0.3)
            await asyncio.sleep(chance.random())
            self.platform.knobs = Knobs()

    def _fits(self, name: str) -> bool:
        return name != "cut" or self.database.engine == "postgresql"

    async def rest(self) -> None:
        """Wait until nothing is on its way any more."""
        self.platform.knobs = Knobs()
        async with asyncio.timeout(REST_SECONDS):
            while True:
                [(waiting,)] = await rows(self.database.url, WAITING)
                if not waiting:
                    return
                await asyncio.sleep(LOOK_SECONDS)

    async def result(self) -> Result:
        """Return what happened, once all is at rest."""
        evidence = Evidence(
            self.database.url,
            self.phones,
            self.platform.requests,
            self.victims.kills,
            self.platform.closings,
            self.database.aways,
            victim.PATIENCE,
        )
        figures = Figures()
        found = await violations(evidence, figures)
        phones = self.phones
        return Result(
            kills=len(self.victims.kills),
            faults=self.faults,
            sent=phones.sent,
            acked=phones.acked,
            doubles=phones.doubles,
            refusals=phones.refusals,
            figures=figures,
            violations=found,
        )


@asynccontextmanager
async def ordeal(
    folder: Path, engine: str, workers: int, chance: Chance
) -> AsyncIterator[Ordeal]:
    """Start a platform and the servers, and end them after use."""
    async with listening(chance, folder / "platform.jsonl") as platform:
        database = Database(engine, folder)
        victims = Victims(folder / "shop", database, platform.port, workers)
        phones = Phones(victims.urls, chance)
        try:
            await victims.start()
            yield Ordeal(database, platform, victims, phones)
        finally:
            await phones.close()
            await victims.end()


async def go_through(
    one: Ordeal,
    chance: Chance,
    *,
    breaks: int = 10**9,
    seconds: float = 10**9,
    only: str | None = None,
) -> Result:
    """Let people talk while things break so often or so long; check what it left."""
    end = time.monotonic() + seconds
    breaking = True
    talking = [
        asyncio.create_task(one.phones.talk(shop.TALKS, lambda: breaking))
        for _ in range(PEOPLE)
    ]
    done = 0
    while done < breaks and time.monotonic() < end:
        await asyncio.sleep(0.2 + chance.random() * 0.6)
        await (one.fail(only, chance) if only else one.break_one(chance))
        done += 1
    breaking = False
    await asyncio.gather(*talking)
    await one.rest()
    return await one.result()


def table(results: Sequence[Result]) -> str:
    """Return what happened in all rounds, as lines for people."""
    total: dict[str, int] = {}

    def add(name: str, count: int) -> None:
        total[name] = total.get(name, 0) + count

    for result in results:
        add("kills", result.kills)
        for name, count in result.faults.items():
            add(f"faults: {name}", count)
        add("requests with messages", result.sent)
        add("messages acknowledged", result.acked)
        add("messages sent twice", result.doubles)
        add("answered with 503", result.refusals)
        add("messages stored", result.figures.messages)
        add("replies made", result.figures.replies)
        for name, count in sorted(result.figures.states.items()):
            add(f"replies {name}", count)
        known = asdict(result.figures)
        for name in UNKNOWN:
            add(f"unknown, {name.replace('_', ' ')}", known[name])
        add("violations", len(result.violations))
    return "\n".join(f"{name:<28}{count:>10,}" for name, count in total.items())
