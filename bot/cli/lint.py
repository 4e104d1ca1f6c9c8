"""`voxpop lint`: check flows and their tests, and say what to mend."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import Parameter
from msgspec import Struct
from msgspec.structs import asdict

from bot.cli.absent import no_path
from bot.cli.files import ENDINGS, TESTS, in_folder, read
from bot.cli.mending import mend
from bot.config import load_settings
from bot.errors import Problem, by_place
from bot.model.world import World
from bot.world import world_of
from flows.language.check import name_of, problems_of
from flows.language.document import FlowDocument

Format = Literal["text", "json", "github"]
Flag = Annotated[bool, Parameter(negative=(), show_default=False)]

MOST_ROUNDS: Final = 20
"""Of mending: some problems only show once others are mended."""


def lint(
    *paths: Path,
    format: Format = "text",  # noqa: A002 - the option is called --format
    strict: Flag = False,
    fix: Flag = False,
    config: Path | None = None,
) -> int:
    """Check flows and their tests, and list every problem with its place.

    Example: voxpop lint flows

    Parameters
    ----------
    paths
        Files or folders; without any, the folder of the flows.
    format
        One line a problem (text), json, or annotations for GitHub (github).
    strict
        Leave with 1 for warnings too, not only for errors.
    fix
        Mend what is mechanical in the files; what a flow does never changes.
    config
        The settings to read instead of config.yaml in this folder.

    """
    settings = load_settings(config)
    given = list(paths) or [settings.flows]
    see = partial(
        look, given, home=settings.flows, world=world_of(settings), config=config
    )
    found = see()
    if fix:
        found = _mend(found, see)
    sys.stdout.write("".join(_FORMATS[format](found)))
    sys.stderr.write(f"{found.summary()}\n")
    return 1 if found.errors or (strict and found.warnings) else 0


class Findings(Struct, frozen=True):
    """Every problem of all files, sorted, and how many flows there were."""

    problems: Sequence[Problem]
    flows: int

    @property
    def errors(self) -> int:
        """How many problems keep a flow from running."""
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many problems do not."""
        return len(self.problems) - self.errors

    def summary(self) -> str:
        """Return the counts as a sentence has them."""
        errors, warnings = _many(self.errors, "error"), _many(self.warnings, "warning")
        return f"{errors}, {warnings} in {_many(self.flows, 'flow')}"


def _mend(found: Findings, see: Callable[[], Findings]) -> Findings:
    """Mend what is mechanical, look again until nothing is, and say how much it was."""
    mended: Counter[str] = Counter()
    for _ in range(MOST_ROUNDS):
        counts = mend(found.problems)
        if not counts:
            break
        mended += counts
        found = see()
    if mended:
        files = _many(len(mended), "file")
        sys.stderr.write(f"mended {_many(mended.total(), 'problem')} in {files}\n")
    return found


def look(
    paths: Sequence[Path], *, home: Path, world: World, config: Path | None = None
) -> Findings:
    """Return what is wrong with these files; raises WrongUse where one is not there.

    Flows beside them, or in the home of all flows, are known but not judged.
    """
    files = list(_files(paths, home, config or Path("config.yaml")))
    flows, talks, problems = read(files)
    around = _around(paths, files, home, flows)
    judged = {str(file) for file in files}
    problems += problems_of([*flows, *around], talks, world)
    kept = {problem for problem in problems if problem.path in judged}
    return Findings(sorted(kept, key=by_place), len(flows))


# ── which files ──────────────────────────────────────────────────────────────────


def _files(paths: Sequence[Path], home: Path, config: Path) -> Iterator[Path]:
    """Yield each file once, in the order given; folders with all that is in them."""
    seen = {config.resolve()} - {path.resolve() for path in paths}
    for path in paths:
        if not path.exists():
            raise no_path(path, home, in_folder(home))
        for file in in_folder(path) if path.is_dir() else (path,):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _around(
    paths: Sequence[Path], files: Sequence[Path], home: Path, flows: list[FlowDocument]
) -> list[FlowDocument]:
    """Read the flows that those to be judged may speak of, but which are not judged."""
    beside: list[Path] = []
    for path in paths:
        if path.resolve().is_relative_to(home.resolve()) and home.is_dir():
            beside.extend(in_folder(home))
        elif path.is_file():
            beside.extend(
                each
                for each in sorted(path.parent.glob("*"))
                if each.name.endswith(ENDINGS) and each.is_file()
            )
    known = {file.resolve() for file in files}
    others = {path.resolve(): path for path in beside}
    around, _, _ = read(
        path
        for place, path in others.items()
        if place not in known and not path.name.endswith(TESTS)
    )
    names = {name_of(flow) for flow in flows}
    return [flow for flow in around if name_of(flow) not in names]


# ── how it is shown ──────────────────────────────────────────────────────────────


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _text(found: Findings) -> Iterator[str]:
    for problem in found.problems:
        yield f"{_printable(str(problem))}\n"


def _printable(text: str) -> str:
    """Return one line that steers no terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def _json(found: Findings) -> Iterator[str]:
    shown = {
        "problems": [asdict(problem) for problem in found.problems],
        "errors": found.errors,
        "warnings": found.warnings,
        "flows": found.flows,
    }
    yield json.dumps(shown, indent=2) + "\n"


def _github(found: Findings) -> Iterator[str]:
    """Yield workflow commands, which GitHub shows beside the lines of the files."""
    for problem in found.problems:
        place = f"file={_property(problem.path)},line={problem.line}"
        title = f"col={problem.column},title={_property(problem.code)}"
        yield f"::{problem.severity} {place},{title}::{_data(problem.message)}\n"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return _printable(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_FORMATS: Final = {"text": _text, "json": _json, "github": _github}
