"""`voxpop report`: the scores, or the words, of a period."""

import sys
from collections.abc import Collection
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from msgspec.structs import replace
from rich.console import Console

from bot.cli.files import flow_files, runnable
from bot.cli.report_comments import render_comments
from bot.cli.report_json import comments_to_json, to_json
from bot.cli.report_table import render, render_mark
from bot.clock import now
from bot.engine.script import Script
from bot.errors import WrongUse
from bot.model.report import DIMENSIONS, Cut
from bot.service import reports
from bot.service.demo.mark import is_demo

if TYPE_CHECKING:
    from bot.wiring import House

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
"""An option without a value, off unless it is there."""


async def report(  # noqa: PLR0913 - every option is part of the command's contract
    *,
    flow: str | None = None,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    to: str | None = None,
    by: str | None = None,
    people: Flag = False,
    comments: Flag = False,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Show the scores with their range, or what people said.

    Example: voxpop report --flow nps --from 2026-11-01 --to 2026-12-01 --by week

    Parameters
    ----------
    flow
        Only this flow; without it, all of them.
    from_
        The first day, such as 2026-11-01, in the brand's time zone.
    to
        The day after the last one, such as 2026-12-01 for all of November.
    by
        Divide by day, week, month, flow, touchpoint, channel, language or campaign;
        several with commas between them.
    people
        Count only the last answer of each person.
    comments
        Show what people said instead, newest first, by segment.
    json
        Print JSON instead of a table.
    config
        The settings to read instead of config.yaml in this folder.

    """
    cut = cut_of(flow=flow, from_=from_, to=to, by=by, people=people)
    if comments and (cut.by or people):
        raise WrongUse(
            "--comments shows words, not counts: leave out --by and --people"
        )
    from bot.wiring import opened  # noqa: PLC0415 - `--help` need not load the store

    async with opened(config, looking=True) as house:
        await (show_comments if comments else show_figures)(house, cut, json=json)
    return 0


async def show_figures(house: "House", cut: Cut, *, json: bool) -> None:
    """Print the scores and rates that a store holds, as a table or as JSON."""
    scripts = known_flows(house)
    found = await reports.report(
        house.store.reports,
        cut,
        questions=list(reports.questions_of(scripts.values())),
        now=now(),
        timezone=house.settings.brand.timezone,
    )
    if not found.scores and not found.rates:
        check_flow(cut.flow, scripts)
    found = replace(found, demo=await is_demo(house.store))
    if json:
        sys.stdout.write(to_json(found) + "\n")
    else:
        render(found, Console(highlight=False))


async def show_comments(house: "House", cut: Cut, *, json: bool) -> None:
    """Print the words that a store holds, by segment or as JSON."""
    rows = await house.store.reports.comments(
        flow=cut.flow, start=cut.start, end=cut.end
    )
    if not rows:
        check_flow(cut.flow, known_flows(house))
    demo = await is_demo(house.store)
    if json:
        sys.stdout.write(comments_to_json(rows, demo=demo) + "\n")
        return
    console = Console(highlight=False)
    if demo:
        render_mark(console)
    render_comments(rows, house.settings.brand.timezone, console)


def cut_of(
    *, flow: str | None, from_: str | None, to: str | None, by: str | None, people: bool
) -> Cut:
    """Return which answers are wanted; raise WrongUse with what would be right."""
    start, end = _day("--from", from_), _day("--to", to)
    if end == date.min:
        raise WrongUse("--to is the day after the last one; there is none before it")
    if start and end and start >= end:
        raise WrongUse(
            f"--to {end} must come after --from {start}: it is the day after the last"
        )
    names = [name.strip().lower() for name in (by or "").split(",") if name.strip()]
    for name in names:
        if name not in DIMENSIONS:
            raise WrongUse(f"--by cannot divide by {name!r}{_meant(name, DIMENSIONS)}")
    unique = tuple(dict.fromkeys(names))
    return Cut(flow=flow, start=start, end=end, by=unique, people=people)


def check_flow(flow: str | None, known: Collection[str]) -> None:
    """Raise WrongUse where a flow is named that is not there and never ran."""
    if flow is not None and flow not in known:
        raise WrongUse(f"there is no flow {flow!r}{_meant(flow, known)}")


def known_flows(house: "House") -> dict[str, Script]:
    """Return the flows that run, and those of the folder that never ran yet."""
    documents, _ = runnable(flow_files(house.settings.flows), house.desk.world)
    found = {d.flow.flow: Script(d.hash, d.flow) for d in documents if d.flow}
    return dict(sorted({**found, **house.library.shelf.current}.items()))


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(
            f"{option} {text!r} is no date; write year-month-day, such as 2026-11-23"
        ) from None


def _meant(word: str, known: Collection[str]) -> str:
    """Return what was probably meant, or else all that is possible."""
    close = get_close_matches(word, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; choose from {', '.join(sorted(known))}" if known else ""
