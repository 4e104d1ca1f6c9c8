"""Taking up the flows of the folder, and of a file that is named."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from bot.cli.absent import no_flow
from bot.cli.files import ENDINGS, TESTS, flow_files, read, runnable
from bot.cli.here import command, login
from bot.cli.plain import clean
from bot.config import Settings
from bot.errors import InvalidDocument, Problem, WrongUse
from bot.service.revisions import short
from bot.wiring import House
from flows.language.check import by_name
from flows.language.document import FlowDocument


def by_hand(settings: Settings, *, several: bool) -> bool:
    """Say whether flows are published by name only: with several workers they are."""
    return several if settings.publish is None else settings.publish == "manual"


class Found(Struct, frozen=True, kw_only=True):
    """What came of a look into the folder: names, errors, and what was left as it is.

    `left` says of each flow whose file is not what runs, although it has no error, why.
    """

    names: Sequence[str] = ()
    errors: Sequence[Problem] = ()
    left: Sequence[str] = ()


async def publish(house: House, how: str, *, manual: bool = False) -> Found:
    """Publish what changed in the folder; a flow with errors is left out.

    With `manual` this holds only where nothing is published at all yet: further flows
    are published by name. What was rolled back from does not come back by itself.
    """
    files = flow_files(house.settings.flows)
    documents, problems = await asyncio.to_thread(runnable, files, house.desk.world)
    changed = []
    if not (manual and house.library.shelf.current):
        now = house.desk.clock()
        library = house.library
        changed = await library.publish(documents, now=now, by=login(), how=how)
    return Found(
        names=[revision.flow for revision in changed],
        errors=[problem for problem in problems if problem.severity == "error"],
        left=_left(house, documents, manual=manual),
    )


def _left(
    house: House, documents: Sequence[FlowDocument], *, manual: bool
) -> list[str]:
    """Return a line for each flow whose file is well and yet not what runs."""
    current = house.library.shelf.current
    found = []
    for document in documents:
        name = document.flow.flow if document.flow else ""
        script = current.get(name)
        if script and script.revision == document.hash:
            continue
        runs = f"{short(script.revision)} runs" if script else "it does not run"
        why = "is not published" if manual else "was rolled back, and did not change"
        say = f"to publish it: {command()} flow publish {name}"
        found.append(f"{document.path} {why}, so {runs}; {say}")
    return found


def tell(found: Found, *, kept: bool = True) -> None:
    """Say which flows have errors or are left as they are, and what becomes of them.

    Where nothing is kept, no earlier revision can run in the place of a broken one.
    """
    for problem in found.errors:
        sys.stderr.write(f"{clean(str(problem))}\n")
    if found.errors:
        meanwhile = (
            "The last good revision runs meanwhile, if there is one."
            if kept
            else "These flows are left out."
        )
        sys.stderr.write(f"{meanwhile}\n")
    for line in found.left:
        sys.stderr.write(f"{clean(line)}\n")
    sys.stderr.flush()


async def take_up(house: House, wanted: str, *, how: str, kept: bool = True) -> str:
    """Take up the flows of the folder, and of a file if one is named; return its name.

    A flow with errors is told and left out: its last good revision runs if it has one.
    Where flows are published by hand, what is published runs.
    """
    documents, problems = _read(house, wanted)
    errors = [problem for problem in problems if problem.severity == "error"]
    manual = by_hand(house.settings, several=house.store.shared)
    if not (manual and house.library.shelf.current):
        now = house.desk.clock()
        await house.library.publish(documents, now=now, by=login(), how=how)
    name = wanted
    if _is_file(wanted):
        name = next((d.flow.flow for d in documents if d.flow and d.path == wanted), "")
    known = house.library.shelf.current
    if name not in known:
        raise _lacking(house, wanted, errors)
    own = [d for d in documents if d.flow and d.flow.flow == name]
    tell(Found(errors=errors, left=_left(house, own, manual=manual)), kept=kept)
    return name


def _lacking(
    house: House, wanted: str, errors: Sequence[Problem]
) -> WrongUse | InvalidDocument:
    """Return why a flow cannot run: its errors, or that there is none of this name."""
    documents, _, _ = read(_files(house, wanted))
    named = by_name(documents)
    own = wanted if _is_file(wanted) else named[wanted].path if wanted in named else ""
    if not own and len(named) == len(documents):
        return no_flow(wanted, {*named, *house.library.shelf.current})
    return InvalidDocument([e for e in errors if e.path == own] or errors)


def _is_file(wanted: str) -> bool:
    return wanted.endswith(ENDINGS)


def _read(house: House, wanted: str) -> tuple[list[FlowDocument], list[Problem]]:
    return runnable(_files(house, wanted), house.desk.world)


def _files(house: House, wanted: str) -> list[Path]:
    """List the flows of the folder and, if one is named, a file; raise WrongUse."""
    files = flow_files(house.settings.flows)
    if not _is_file(wanted):
        return files
    if wanted.endswith(TESTS):
        raise WrongUse(f"{wanted} holds tests; name the flow or its file")
    given = Path(wanted)
    if not given.is_file():
        raise WrongUse(f"there is no file {wanted}")
    return [*(f for f in files if f.resolve() != given.resolve()), given]
