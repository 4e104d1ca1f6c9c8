"""Lets pytest collect the tests of flows, and says what Hypothesis tries.

Each talk of a `*.test.yaml` is a test. Properties are tried with the same examples at
each run; `HYPOTHESIS_PROFILE=wide` tries many new ones.
"""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

from bot.cli.rehearse import Rehearsal, play, read_talks
from bot.config import load_settings

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("wide", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> "TalksFile | None":
    """Take the tests that stand beside flows."""
    if file_path.name.endswith(".test.yaml"):
        return TalksFile.from_parent(parent, path=file_path)
    return None


CONFIGS: Final = {"bot/templates": "tests/templates/config.yaml"}
"""The settings of folders whose flows need other ones than those of `flows/`."""


class TalksFile(pytest.File):
    """A file of talks."""

    def collect(self) -> Iterator["TalkItem"]:
        """Yield each talk under its name."""
        root = self.config.rootpath
        folder = self.path.parent.relative_to(root).as_posix()
        config = root / CONFIGS.get(folder, "config.yaml")
        given = load_settings(config, environ={})
        for rehearsal in read_talks(given, [self.path]):
            yield TalkItem.from_parent(self, name=rehearsal.talk.name, given=rehearsal)


class TalkItem(pytest.Item):
    """One talk, played on a clock of its own."""

    def __init__(self, *, given: Rehearsal, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]
        self._given = given

    def runtest(self) -> None:
        """Play the talk; what differs fails with its place in the file."""
        result = asyncio.run(play(self._given))
        if result.failure is not None:
            place = f"{result.path}:{result.line}:{result.column}"
            pytest.fail(f"{place}: {result.failure}", pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the talk stands."""
        return self.path, None, self.name
