"""Taking up the flows of the folder, and of a file that is named."""

import asyncio
import sys
from difflib import get_close_matches
from pathlib import Path

from bot.cli.files import flow_files, runnable
from bot.errors import InvalidDocument, Problem, WrongUse
from bot.wiring import House
from flows.language.document import FlowDocument


async def publish(house: House, by: str) -> tuple[list[str], list[Problem]]:
    """Publish what changed in the folder; return names, and the errors of the rest.

    A flow with errors is left out: its last good revision goes on running.
    """
    files = flow_files(house.settings.flows)
    documents, problems = await asyncio.to_thread(runnable, files, house.desk.world)
    names = await house.library.publish(documents, now=house.desk.clock(), by=by)
    return names, [problem for problem in problems if problem.severity == "error"]


def tell(errors: list[Problem]) -> None:
    """Say which flows have errors, and what becomes of them."""
    for problem in errors:
        sys.stderr.write(f"{problem}\n")
    if errors:
        sys.stderr.write("The last good revision runs meanwhile, if there is one.\n")
    sys.stderr.flush()


async def take_up(house: House, wanted: str, *, by: str) -> str:
    """Take up the flows of the folder, and of a file if one is named; return its name.

    A flow with errors is told and left out: its last good revision runs if it has one.
    """
    documents, problems = _read(house, wanted)
    errors = [problem for problem in problems if problem.severity == "error"]
    await house.library.publish(documents, now=house.desk.clock(), by=by)
    name = wanted
    if _is_file(wanted):
        name = next((d.flow.flow for d in documents if d.flow and d.path == wanted), "")
    known = house.library.shelf.current
    if name not in known:
        if errors:
            raise InvalidDocument(errors)
        raise _unknown(name, sorted(known), house.settings.flows)
    tell(errors)
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
