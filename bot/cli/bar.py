"""How far something is, at a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class Told(Protocol):
    """What is told how far something is."""

    def __call__(self, done: int, total: int, what: str = "") -> None:
        """Show so much of so much, and of what; 0 where nobody knows of how much."""
        ...


@contextmanager
def shown(words: str) -> Iterator[Told]:
    """Give what is told how much is done, of how much and of what.

    At a terminal it is a bar that goes away at the end; elsewhere nothing is shown.
    """
    columns = (
        TextColumn(words),
        BarColumn(),
        TextColumn("{task.fields[what]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    hidden = not sys.stderr.isatty()
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("", total=None, what="")

        def told(done: int, total: int, what: str = "") -> None:
            bar.update(task, completed=done, total=total or None, what=what)

        yield told
