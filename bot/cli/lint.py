"""`voxpop lint`: check flows and their tests, and say what to mend."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import Parameter
from msgspec import Struct
from msgspec.structs import asdict

from bot.config import load_settings, world_of
from bot.errors import Problem, WrongUse
from bot.model.world import World
from flows.language.check import check, check_talks, name_of
from flows.language.document import (
    FlowDocument,
    TalksDocument,
    load_flow,
    load_talks,
)
from flows.language.loader import LARGEST

Format = Literal["text", "json", "github"]

_ENDINGS: Final = (".yaml", ".yml")
_TESTS: Final = (".test.yaml", ".test.yml")


def lint(
    *paths: Path,
    format: Format = "text",  # noqa: A002 - the option is called --format
    strict: Annotated[bool, Parameter(negative=())] = False,
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
    config
        The settings to read instead of config.yaml in this folder.

    """
    settings = load_settings(config)
    given = list(paths) or [settings.flows]
    found = look(given, home=settings.flows, world=world_of(settings), config=config)
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


def look(
    paths: Sequence[Path], *, home: Path, world: World, config: Path | None = None
) -> Findings:
    """Return what is wrong with these files; raises WrongUse where one is not there.

    Flows beside them, or in the home of all flows, are known but not judged.
    """
    files = list(_files(paths, config or Path("config.yaml")))
    flows, talks, problems = _read(files)
    around = _around(paths, files, home, flows)
    judged = {str(file) for file in files}
    problems += check([*flows, *around], world)
    problems += check_talks(talks, [*flows, *around])
    kept = {problem for problem in problems if problem.path in judged}
    return Findings(sorted(kept, key=_order), len(flows))


def _order(problem: Problem) -> tuple[str, int, int, str, str]:
    place = (problem.path, problem.line, problem.column)
    return (*place, problem.code, problem.message)


# ── which files ──────────────────────────────────────────────────────────────────


def _files(paths: Sequence[Path], config: Path) -> Iterator[Path]:
    """Yield each file once, in the order given; folders with all that is in them."""
    seen = {config.resolve()} - {path.resolve() for path in paths}
    for path in paths:
        if not path.exists():
            raise WrongUse(f"{path}: there is no such file or folder")
        for file in _in_folder(path) if path.is_dir() else (path,):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _in_folder(folder: Path) -> Iterator[Path]:
    """Yield the flows and tests below a folder; nothing hidden, not the language."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).parts
        wanted = path.name.endswith(_ENDINGS) and not _aside(folder, inner)
        if wanted and path.is_file():
            yield path


def _aside(folder: Path, inner: Sequence[str]) -> bool:
    """Tell whether a file is hidden, or belongs to the language."""
    pairs = pairwise((folder.name, *inner))
    language = inner[0] == "language" or ("flows", "language") in pairs
    return language or any(part.startswith(".") for part in inner)


def _read(
    files: Iterable[Path],
) -> tuple[list[FlowDocument], list[TalksDocument], list[Problem]]:
    flows: list[FlowDocument] = []
    talks: list[TalksDocument] = []
    problems: list[Problem] = []
    for file in files:
        try:
            source = _bytes(file)
        except OSError as error:
            problems.append(_unreadable(file, error))
            continue
        if file.name.endswith(_TESTS):
            talks.append(load_talks(str(file), source))
            problems += talks[-1].problems
        else:
            flows.append(load_flow(str(file), source))
            problems += flows[-1].problems
    return flows, talks, problems


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _unreadable(file: Path, error: OSError) -> Problem:
    return Problem(
        path=str(file),
        line=1,
        column=1,
        code="unreadable",
        message=f"the file cannot be read: {error.strerror}",
    )


def _around(
    paths: Sequence[Path], files: Sequence[Path], home: Path, flows: list[FlowDocument]
) -> list[FlowDocument]:
    """Read the flows that those to be judged may speak of, but which are not judged."""
    beside: list[Path] = []
    for path in paths:
        if path.resolve().is_relative_to(home.resolve()) and home.is_dir():
            beside.extend(_in_folder(home))
        elif path.is_file():
            beside.extend(
                each
                for each in sorted(path.parent.glob("*"))
                if each.name.endswith(_ENDINGS) and each.is_file()
            )
    known = {file.resolve() for file in files}
    others = {path.resolve(): path for path in beside}
    around, _, _ = _read(
        path
        for place, path in others.items()
        if place not in known and not path.name.endswith(_TESTS)
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
