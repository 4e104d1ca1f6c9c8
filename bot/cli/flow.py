"""What the commands on published flows share: whose past it is, and who keeps it."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from msgspec import Struct

from bot.cli.absent import no_flow
from bot.cli.files import ENDINGS, flow_files, read
from bot.cli.here import command, login
from bot.errors import WrongUse
from bot.model.publication import Standing
from bot.service.revisions import Past, past_of
from bot.wiring import House
from flows.language.check import by_name
from flows.language.document import FlowDocument

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
"""An option without a value, off unless it is there."""

LONGEST_NAME: Final = 100


class Shelves(Struct, frozen=True):
    """What was published, the files of the folder by flow, and who is in talk."""

    pasts: Mapping[str, Past]
    files: Mapping[str, FlowDocument]
    keeping: Mapping[str, int]
    standing: Sequence[Standing]

    def name(self, flow: str) -> str:
        """Return the name of a flow that is named, or whose file in the folder is.

        Raises WrongUse for a file that is not one of them.
        """
        if not flow.endswith(ENDINGS):
            return flow
        for name, document in self.files.items():
            if Path(document.path).resolve() == Path(flow).resolve():
                return name
        raise WrongUse(f"{flow}: no flow of the folder is in such a file; name a flow")

    def past(self, flow: str) -> Past:
        """Return the past of a flow; raise WrongUse where it has none."""
        if flow in self.pasts:
            return self.pasts[flow]
        if flow in self.files:
            raise WrongUse(
                f"{flow} is not published yet; do so: {command()} flow publish {flow}"
            )
        raise no_flow(flow, {*self.pasts, *self.files})

    def talks(self, revision: str | None) -> int:
        """Return how many open talks keep a revision."""
        return self.keeping.get(revision or "", 0)


async def look(house: House) -> Shelves:
    """Return all there is to know of what is published here."""
    async with house.store.reading() as work:
        names = sorted(await work.current())
        pasts = {name: await past_of(work, name) for name in names}
        keeping = await work.talks_keeping()
        standing = await work.talks_standing()
    files = await asyncio.to_thread(_files, house.settings.flows)
    return Shelves(pasts, files, keeping, standing)


def _files(folder: Path) -> Mapping[str, FlowDocument]:
    documents, _, _ = read(flow_files(folder))
    return by_name(documents)


def author(by: str | None) -> str:
    """Return who publishes: the one named, or whoever runs this.

    Raises WrongUse where the name is none that a line can show.
    """
    name = login() if by is None else by.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise WrongUse(
            f"--by takes a name of at most {LONGEST_NAME} letters, such as ann"
        )
    return name


def staying(count: int, place: str) -> str:
    """Return the end of a sentence: which open talks stay where they are, if any.

    >>> staying(0, "the old one"), staying(2, "the old one")
    ('', ', 2 open talks stay on the old one')
    """
    stay = "stays" if count == 1 else "stay"
    return f", {open_talks(count)} {stay} on {place}" if count else ""


def open_talks(count: int) -> str:
    """Return a number of talks as a sentence has it.

    >>> open_talks(1), open_talks(1200)
    ('1 open talk', '1,200 open talks')
    """
    return "1 open talk" if count == 1 else f"{count:,} open talks"


def say(words: str) -> None:
    """Print a line for people beside what a program may read."""
    sys.stderr.write(f"{words}\n")
