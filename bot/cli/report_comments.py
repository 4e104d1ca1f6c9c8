"""What people said, as operators read it: the unhappy first, the newest on top."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.cli.plain import clean
from bot.model.report import CommentRow

WORST_FIRST: Final = (
    "detractor",
    "unsatisfied",
    "hard",
    "passive",
    "neutral",
    "promoter",
    "satisfied",
    "easy",
    None,
)
"""Segments by how soon their words should be read; None is of questions unscored."""


def render_comments(
    rows: Sequence[CommentRow], timezone: str, console: Console
) -> None:
    """Print the words by segment, newest first within it, times in `timezone`."""
    if not rows:
        console.print(Text("Nobody has left a comment here yet."))
        return
    zone = ZoneInfo(timezone)
    newest_first = sorted(rows, key=lambda row: row.at, reverse=True)
    by_segment = sorted(newest_first, key=_urgency)
    for name, group in groupby(by_segment, key=lambda row: row.segment):
        comments = list(group)
        heading = f"{(name or 'without a score').capitalize()} ({len(comments)})"
        console.print(Text(heading, style="bold"))
        for row in comments:
            console.print(Text(f"  {_place(row, zone)}", style="dim"))
            words = Text(clean(row.comment).strip())
            console.print(Padding(words, (0, 0, 0, 4), expand=False))
            console.print()


def _urgency(row: CommentRow) -> int:
    return WORST_FIRST.index(row.segment if row.segment in WORST_FIRST else None)


def _place(row: CommentRow, zone: ZoneInfo) -> str:
    """Return when and where it was said, and beside which answer."""
    at = f"{row.at.astimezone(zone):%Y-%m-%d %H:%M}"
    parts = (
        at,
        f"{row.flow}.{row.step}",
        _answer(row),
        row.channel,
        row.language,
    )
    return clean(" · ".join(part for part in parts if part))


def _answer(row: CommentRow) -> str:
    """Return the answer as text, empty where it is the comment itself or skipped."""
    match row.value:
        case bool() as yes:
            return "yes" if yes else "no"
        case int() | float() as number:
            return f"{number:g}"
        case tuple() as keys:
            return ", ".join(keys)
        case str() as words if words != row.comment:
            return words
        case _:
            return ""
