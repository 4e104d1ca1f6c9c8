"""The past of one flow: which revisions it had, and which of them is meant."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from bot.errors import WrongUse
from bot.model.publication import ROLLBACK, Publication
from bot.service.ports import Work

SHORT: Final = 8
"""Signs of a revision's hash that are shown; two of one flow hardly share them."""
SHORTEST: Final = 4
BACK: Final = "~"


def short(revision: str) -> str:
    """Return a revision's hash as people read it.

    >>> short("3f2a11c09be2a85d7f10")
    '3f2a11c0'
    """
    return revision[:SHORT]


class Past(Struct, frozen=True, kw_only=True):
    """What was published of a flow, newest first, and what is current now."""

    flow: str
    publications: Sequence[Publication]
    current: str | None

    @property
    def line(self) -> list[str]:
        """Return the revisions, oldest first, each where it was last published.

        A rollback is a step back on this line, and moves nothing on it.
        """
        found: dict[str, None] = {}
        for publication in reversed(self.publications):
            if publication.how != ROLLBACK:
                found.pop(publication.hash, None)
                found[publication.hash] = None
        return list(found)

    def before(self, back: int = 1) -> str:
        """Return the revision so many before the current one.

        Raises WrongUse where there is none.
        """
        line = self.line
        place = line.index(self.current) if self.current in line else len(line)
        if back > place:
            many = f"only {place}" if place else "none"
            raise WrongUse(
                f"of the revisions of {self.flow}, {many} came before the current one; "
                f"see voxpop flow history {self.flow}"
            )
        return line[place - back]

    def find(self, wanted: str) -> str:
        """Return the revision that a beginning of its hash or `~2` means.

        Raises WrongUse where none or several are meant.
        """
        if wanted.startswith(BACK):
            return self.before(_number(wanted))
        if len(wanted) < SHORTEST:
            raise WrongUse(
                f"{wanted!r} is too short for a revision; write the first "
                f"{SHORTEST} signs of its hash or more, or ~1 for the one before"
            )
        line = self.line
        meant = [each for each in line if each.startswith(wanted.lower())]
        if len(meant) == 1:
            return meant[0]
        if meant:
            rest = ", ".join(map(short, meant))
            raise WrongUse(f"{wanted!r} may mean {rest}; write more signs of the hash")
        raise WrongUse(
            f"{self.flow} has no revision {wanted!r}; see voxpop flow history "
            f"{self.flow}"
        )


def _number(wanted: str) -> int:
    """Return how far back `~2` is; raise WrongUse where it says no number."""
    number = wanted.removeprefix(BACK)
    if not (number.isascii() and number.isdigit() and len(number) <= SHORT):
        raise WrongUse(f"{wanted!r} says no number; write ~1 for the one before")
    return int(number)


async def past_of(work: Work, flow: str) -> Past:
    """Return the past of a flow, an empty one where it was never published."""
    current = (await work.current()).get(flow)
    publications = await work.publications(flow)
    return Past(flow=flow, publications=publications, current=current)
