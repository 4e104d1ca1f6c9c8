"""Which files a command means, and what is in them."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from bot.cli.absent import no_path
from bot.errors import Problem, WrongUse, by_place
from bot.model.world import World
from flows.language.check import problems_of
from flows.language.document import (
    FlowDocument,
    TalksDocument,
    load_flow,
    load_talks,
)
from flows.language.loader import LARGEST

ENDINGS: Final = (".yaml", ".yml")
TESTS: Final = (".test.yaml", ".test.yml")


def in_folder(folder: Path) -> Iterator[Path]:
    """Yield the flows and tests below a folder; nothing hidden, not the language."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).parts
        wanted = path.name.endswith(ENDINGS) and not _aside(folder, inner)
        if wanted and path.is_file():
            yield path


def _aside(folder: Path, inner: Sequence[str]) -> bool:
    """Tell whether a file is hidden, or belongs to the language."""
    pairs = pairwise((folder.name, *inner))
    language = inner[0] == "language" or ("flows", "language") in pairs
    return language or any(part.startswith(".") for part in inner)


def read(
    files: Iterable[Path],
) -> tuple[list[FlowDocument], list[TalksDocument], list[Problem]]:
    """Return the flows and tests of these files, and which cannot be read at all."""
    flows: list[FlowDocument] = []
    talks: list[TalksDocument] = []
    problems: list[Problem] = []
    for file in files:
        try:
            source = _bytes(file)
        except OSError as error:
            problems.append(_unreadable(file, error))
            continue
        if file.name.endswith(TESTS):
            talks.append(load_talks(str(file), source))
        else:
            flows.append(load_flow(str(file), source))
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


def write(file: Path, source: bytes) -> None:
    """Write a file of the operator's, whole or not at all; its mode and links stay.

    Raises WrongUse, with the file as it was, where that cannot be.
    """
    try:
        if file.exists():
            _replace(file.resolve(), source)
        else:
            file.write_bytes(source)
    except OSError as error:
        raise WrongUse(f"{file}: cannot be written: {error.strerror}") from None


def _replace(file: Path, source: bytes) -> None:
    handle, name = mkstemp(dir=file.parent, prefix=".")
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(source)
            opened.flush()
            os.fsync(handle)
        new.chmod(file.stat().st_mode & 0o7777)
        new.replace(file)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def content(file: Path) -> bytes:
    """Return what a file holds; raises WrongUse where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUse(f"{file}: cannot be read: {error.strerror}") from None


def flow_files(folder: Path) -> list[Path]:
    """List the flows below a folder, without their tests; none where it is missing."""
    return [path for path in in_folder(folder) if not path.name.endswith(TESTS)]


def talk_files(paths: Sequence[Path], home: Path) -> list[Path]:
    """List the tests among files and below folders, each once.

    Raises WrongUse where one is not there; `home` is the folder of the flows.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            tests = (file for file in in_folder(home) if file.name.endswith(TESTS))
            raise no_path(path, home, tests)
        if path.is_file() and not path.name.endswith(TESTS):
            raise WrongUse(f"{path}: tests stand in files named *.test.yaml")
        inside = in_folder(path) if path.is_dir() else [path]
        found |= dict.fromkeys(file for file in inside if file.name.endswith(TESTS))
    return list(found)


def runnable(
    files: Iterable[Path], world: World
) -> tuple[list[FlowDocument], list[Problem]]:
    """Return the flows of these files that may run, and every problem of all of them.

    A flow with an error is left out, and so is every flow of a name that two files
    give; warnings let it run.
    """
    flows, _, problems = read(files)
    problems += problems_of(flows, (), world)
    broken = {problem.path for problem in problems if problem.severity == "error"}
    times = Counter(document.flow.flow for document in flows if document.flow)
    good = [
        document
        for document in flows
        if document.flow
        and document.path not in broken
        and times[document.flow.flow] == 1
    ]
    return good, sorted(set(problems), key=by_place)
