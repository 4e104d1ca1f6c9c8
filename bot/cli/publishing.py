"""Taking up the flows of the folder, and of a file that is named."""

import asyncio
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct

from bot.cli.files import flow_files, runnable
from bot.cli.here import command, login
from bot.cli.plain import clean
from bot.config import Settings
from bot.errors import InvalidDocument, Problem, WrongUse
from bot.service.revisions import short
from bot.wiring import House
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


def tell(found: Found) -> None:
    """Say which flows have errors or are left as they are, and what becomes of them."""
    for problem in found.errors:
        sys.stderr.write(f"{clean(str(problem))}\n")
    if found.errors:
        sys.stderr.write("The last good revision runs meanwhile, if there is one.\n")
    for line in found.left:
        sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


async def take_up(house: House, wanted: str, *, how: str) -> str:
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
        if errors:
            raise InvalidDocument(errors)
        raise _unknown(name, sorted(known), house.settings.flows)
    own = [d for d in documents if d.flow and d.flow.flow == name]
    tell(Found(errors=errors, left=_left(house, own, manual=manual)))
    return name


def _is_file(wanted: str) -> bool:
    return wanted.endswith((".yaml", ".yml"))


def _read(house: House, wanted: str) -> tuple[list[FlowDocument], list[Problem]]:
    files = flow_files(house.settings.flows)
    if _is_file(wanted):
        given = Path(wanted)
        if not given.is_file():
            raise WrongUse(f"there is no file {wanted}")
        files = [*(f for f in files if f.resolve() != given.resolve()), given]
    return runnable(files, house.desk.world)


def _unknown(name: str, known: list[str], folder: Path) -> WrongUse:
    close = get_close_matches(name, known, 1)
    if close:
        return WrongUse(f"there is no flow {name!r}; did you mean {close[0]}?")
    meant = f"there are {', '.join(known)}" if known else f"{folder} holds no flow"
    return WrongUse(f"there is no flow {name!r}; {meant}")
