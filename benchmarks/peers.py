"""The same survey through other bots and through Voxpop, on one core: what each does.

Five questions, six messages in and six out (`survey/talk.py`), from the JSON that
Telegram would send to the request that would leave; in between, no network. *In flight*
are 64 contacts at once, each sending once the reply to their last message has come;
*in turn* is one message after the other. Each run has a process of its own, on the last
core there is, and checks every reply. The rounds are interleaved; a ratio is the median
of the rounds' ratios to `ConversationHandler` in memory.

Run: make bench-peers
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
OURS: Final = ROOT / ".venv" / "bin" / "python"
THEIRS: Final = ROOT / ".venv-peers" / "bin" / "python"
ROUNDS: Final = 3
LONGEST: Final = 300
"""Seconds after which a run is given up."""
WAYS: Final = {"in flight": (64, 512), "in turn": (1, 128)}
"""How many messages at once, and of how many contacts."""
BASE: Final = "conversation"
BOTS: Final = {
    "conversation": ("python-telegram-bot ConversationHandler", "memory"),
    "conversation-pickled": ("the same with PicklePersistence", "a file each minute"),
    "telebot": ("pyTelegramBotAPI states", "memory"),
    "aiogram": ("aiogram FSM", "memory"),
    "aiogram-redis": ("aiogram FSM on Redis", "a file each second"),
    "voxpop-pushed": ("Voxpop, pushed as by the web chat", "SQLite, each message"),
    "voxpop-provider": ("Voxpop, sent as to a provider", "SQLite, each message"),
    "voxpop-acked": ("Voxpop, until acknowledged", "SQLite, each message"),
}
Rates = tuple[float, float]
"""Messages a second: by the clock, and by the processor's."""
Figures = dict[str, dict[str, Rates]]
"""Rates by way and bot."""


def measure(bot: str, way: str) -> tuple[Rates | None, str]:
    """Return messages a second of one run, and a note; None where it could not run."""
    python = OURS if bot.startswith("voxpop") else THEIRS
    at_once, contacts = WAYS[way]
    ran = subprocess.run(  # noqa: S603 - our own programs
        [python, "-m", "benchmarks.survey.run", bot, str(at_once), str(contacts)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    if ran.returncode:
        return None, (ran.stderr.strip() or "it ended without a word").splitlines()[-1]
    said = json.loads(ran.stdout)
    return (said["rate"], said["by_processor"]), said["note"]


def one_round(notes: dict[str, str]) -> Figures:
    """Measure every bot once in every way."""
    found: Figures = {way: {} for way in WAYS}
    for way, rates in found.items():
        for bot in BOTS:
            rate, note = measure(bot, way)
            if rate is not None:
                rates[bot] = rate
            if note:
                notes.setdefault(bot, note)
        rated = "  ".join(f"{bot} {rate:,.0f}/s" for bot, (rate, _) in rates.items())
        print(f"  {way}: {rated}", flush=True)
    return found


def told(rounds: list[Figures], way: str, bot: str) -> str:
    """Return a bot's median rate, and its ratio by the clock and by the processor."""
    both = [(one[way][bot], one[way][BASE]) for one in rounds if bot in one[way]]
    if not both:
        return f"{'-':>9} {'-':>5} {'-':>5}"
    rate = statistics.median(mine for (mine, _), _ in both)
    ratio = statistics.median(mine / base for (mine, _), (base, _) in both)
    by_processor = statistics.median(mine / base for (_, mine), (_, base) in both)
    return f"{rate:>7,.0f}/s {ratio:>5.2f} {by_processor:>5.2f}"


def main() -> None:
    """Run the rounds and print the table."""
    rounds: list[Figures] = []
    notes: dict[str, str] = {}
    for number in range(1, ROUNDS + 1):
        print(f"round {number}", flush=True)
        rounds.append(one_round(notes))
    for way in WAYS:
        if any(BASE not in one[way] for one in rounds):
            sys.exit(f"{BOTS[BASE][0]} did not run: {notes.get(BASE)}")
    print(f"\n{'':40} {'durable':22} {'in flight':^21}  {'in turn':^21}")
    for bot, (name, durable) in BOTS.items():
        cells = "  ".join(told(rounds, way, bot) for way in WAYS)
        print(f"{name:40} {durable:22} {cells}")
    for bot, note in notes.items():
        print(f"{BOTS[bot][0]}: {note}")


if __name__ == "__main__":
    main()
