"""`voxpop demo`: simulated customers, so that there is something to see."""

import os
import shlex
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from cyclopts import Parameter
from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.here import command
from bot.cli.publishing import take_up
from bot.cli.report import cut_of, known_flows, show_figures
from bot.clock import now
from bot.config import Settings, load_settings
from bot.errors import StoreUnavailable, WrongUse
from bot.service.demo.customers import Crowd
from bot.service.demo.mark import NAME, mark
from bot.service.demo.simulation import Simulation, Told
from bot.service.demo.timeline import Timeline
from bot.service.rehearsal import Hands
from bot.service.reports import questions_of
from bot.wiring import House, opened

OWN: Final = "voxpop-demo.db"
FILE: Final = Path("config.yaml")
MOST: Final = 100_000
SQLITE: Final = "sqlite:///"
BESIDE: Final = ("-wal", "-shm", "-journal")
"""The files that may lie beside a database, by their endings."""
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM: Final = 1 << 30
"""Bytes that have to be free in memory for a demo to be made there."""


async def demo(
    flow: str | None = None,
    /,
    *,
    customers: int = 400,
    seed: int = 1,
    into: str | None = None,
    config: Path | None = None,
    json: Annotated[bool, Parameter(negative=(), show_default=False)] = False,
) -> int:
    """Let simulated customers answer a flow, and show the report of it.

    Example: voxpop demo nps --customers 1000

    They come over the last three months, through the same engine as real ones. All is
    kept in a database of its own, voxpop-demo.db, which begins anew each time.

    Parameters
    ----------
    flow
        The name of a flow, or a file that holds one.
    customers
        How many are asked; about two thirds of them answer.
    seed
        Another number makes other customers; the same one the same.
    into
        A database to write to instead, beside what is there: a file or an address.
    config
        The settings to read instead of config.yaml in this folder.
    json
        Print JSON instead of a table.

    """
    if not 1 <= customers <= MOST:
        raise WrongUse(f"--customers takes a number from 1 to {MOST:,}")
    settings = load_settings(config)
    folder = (config or FILE).parent
    with _database(into, folder) as (written, kept):
        elsewhere = settings.model_copy(update={"database": SecretStr(written)})
        span = await _simulate(elsewhere, flow, customers, seed, json=json)
    sys.stdout.flush()
    asked = "" if kept == settings.database_url() else _variable(kept, folder)
    place = kept.removeprefix(SQLITE)
    sys.stderr.write(
        f"\n{customers:,} simulated customers, {span}, are kept in {place}.\n"
        "Look further:\n"
    )
    for options in ("--by month", "--by channel", "--comments"):
        sys.stderr.write(f"  {asked}{command()} report {options}{_config(config)}\n")
    return 0


async def _simulate(
    settings: Settings, flow: str | None, customers: int, seed: int, *, json: bool
) -> str:
    """Fill a database and show its report; return from when to when."""
    hands = Hands()
    timeline = Timeline(now(), ZoneInfo(settings.brand.timezone))
    async with opened(settings=settings, clock=hands) as house:
        hands.at = now()  # the day on which flows are published
        name = await take_up(house, flow or _usual(house), how="demo")
        await mark(house.store)
        hands.at = timeline.start
        crowd = Crowd(
            seed=seed,
            size=customers,
            languages=house.library.shelf.current[name].flow.languages,
            timeline=timeline,
        )
        simulation = Simulation(
            house.desk, hands, flow=name, crowd=crowd, timeline=timeline
        )
        with _bar(customers) as told:
            await simulation.run(told)
        cut = cut_of(flow=None, from_=None, to=None, by=None, people=False)
        await show_figures(house, cut, json=json)
    return f"{timeline.first} to {timeline.last}"


def _usual(house: House) -> str:
    """Return the web chat's flow, else nps, else the first that asks for a score."""
    flows = known_flows(house)
    scored = [question.flow for question in questions_of(flows.values())]
    for name in (house.settings.channels.web.flow, "nps", *scored):
        if name in flows:
            return name
    raise WrongUse(
        f"{house.settings.flows} holds no flow that asks for a score; "
        "name the one to be answered: voxpop demo FLOW"
    )


@contextmanager
def _bar(customers: int) -> Iterator[Told]:
    """Give what is told how many came; at a terminal it is a bar that goes away."""
    columns = (
        TextColumn("Simulating customers"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,}  {task.fields[day]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    shown = sys.stderr.isatty()
    with Progress(*columns, console=console, transient=True, disable=not shown) as bar:
        task = bar.add_task("", total=customers, day="")

        def told(came: int, at: datetime) -> None:
            bar.update(task, completed=came, day=f"{at:%Y-%m-%d}")

        yield told


# ── where it is kept ─────────────────────────────────────────────────────────────


@contextmanager
def _database(into: str | None, folder: Path) -> Iterator[tuple[str, str]]:
    """Give the address to write to, and the one that all is kept under in the end.

    Our own database is replaced when the new one is whole, and only if it is a demo.
    """
    if into is not None:
        url = _address(into, folder)
        yield url, url
        return
    own = folder / OWN
    if own.exists() and not _is_marked(own):
        raise WrongUse(
            f"{own} is there already and is no demo, so it is left alone; "
            "move it away, or write elsewhere: voxpop demo --into other.db"
        )
    with ExitStack() as places, _writable(folder):
        beside = Path(places.enter_context(_place(folder)))
        new = Path(places.enter_context(_place(_fast(beside))), OWN)
        made = places.pop_all()
    with made:
        yield f"{SQLITE}{new}", f"{SQLITE}{own}"
        with _writable(folder):
            shutil.move(new, beside / OWN)
            for ending in BESIDE:
                own.with_name(own.name + ending).unlink(missing_ok=True)
            (beside / OWN).replace(own)


def _place(folder: Path) -> "TemporaryDirectory[str]":
    return TemporaryDirectory(prefix=".voxpop-demo-", dir=folder)


def _fast(other: Path) -> Path:
    """Return a folder in memory, where nothing waits for a disk, if there is one."""
    with suppress(OSError):
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
            return MEMORY
    return other


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    """Tell in a sentence that a file could not be written."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"The demo cannot be kept in {folder.absolute()}: {error.strerror}; "
            "write elsewhere: voxpop demo --into other.db"
        ) from None


def _address(into: str, folder: Path) -> str:
    """Return the address of a database; one written so counts from config.yaml."""
    if "://" not in into:
        return f"{SQLITE}{into}"
    place = into.removeprefix(SQLITE)
    if place == ":memory:":
        raise WrongUse("--into takes a database that lasts, such as other.db")
    return into if place == into else f"{SQLITE}{folder / place}"


def _is_marked(file: Path) -> bool:
    """Say whether a file is a demo's database, without changing anything in it."""
    address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as found:
            asked = found.execute("SELECT 1 FROM kept WHERE name = ?", (NAME,))
            return asked.fetchone() is not None
    except sqlite3.Error:
        return False


# ── how to look further ──────────────────────────────────────────────────────────


def _variable(url: str, folder: Path) -> str:
    """Return what sets the database before a command; paths count from config.yaml."""
    place = Path(url.removeprefix(SQLITE)).absolute()
    inside = place.is_relative_to(folder.absolute())
    shown = place.relative_to(folder.absolute()) if inside else place
    return f"VOXPOP_DATABASE={shlex.quote(f'{SQLITE}{shown}')} "


def _config(config: Path | None) -> str:
    return f" --config {shlex.quote(str(config))}" if config else ""
