"""`voxpop flow diff`: what two revisions do differently, and whom it concerns."""

import difflib
import json as json_
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from bot.cli.flow import Flag, Shelves, look, open_talks, say
from bot.cli.plain import clean
from bot.errors import Problem, StoreUnavailable, WrongUse
from bot.model.publication import Standing
from bot.service.revisions import Past, short
from bot.wiring import House, opened
from flows.language.difference import Difference, difference, steps_of

COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
PLAIN = "\x1b[0m"


class Side(Struct, frozen=True):
    """One of the two that are held against each other: its name, and what it says."""

    name: str
    source: bytes
    problems: tuple[Problem, ...] = ()


async def diff(
    flow: str,
    /,
    *revisions: str,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Show what revisions of a flow do differently, and which talks it concerns.

    Example: voxpop flow diff nps ~1

    Parameters
    ----------
    flow
        The name of the flow, or its file in the folder.
    revisions
        Without any, the current revision and the file in the folder; with one, it and
        the current revision; or two. A revision is the first signs of its hash, four
        or more, or ~1 for the one before the current.
    json
        Print JSON instead of text.
    config
        The settings to read instead of config.yaml in this folder.

    """
    if len(revisions) > 2:  # noqa: PLR2004 - a difference has two sides
        raise WrongUse("diff takes a flow and at most two revisions")
    async with opened(config, looking=True) as house:
        shelves = await look(house)
        flow = shelves.name(flow)
        old, new = await _sides(house, shelves, flow, revisions)
    found = difference(old.source, new.source)
    lost = _lost(shelves.standing, flow, new.source)
    if json:
        _print_json(flow, (old, new), found, lost)
    else:
        _print((old, new), found, lost)
    return 1 if new.problems else 0


async def _sides(
    house: House, shelves: Shelves, flow: str, revisions: Sequence[str]
) -> tuple[Side, Side]:
    """Return what is to be held against each other, the older one first."""
    past = shelves.past(flow)
    named = [past.find(each) for each in revisions]
    if len(named) == 2:  # noqa: PLR2004 - see above
        return await _published(house, named[0]), await _published(house, named[1])
    current = await _published(house, past.current or "")
    if named:
        return await _published(house, named[0]), current
    return current, _file(shelves, past)


async def _published(house: House, revision: str) -> Side:
    async with house.store.reading() as work:
        found = (await work.revisions([revision])).get(revision)
    if found is None:
        raise StoreUnavailable(
            f"The revision {short(revision)} is not in the database."
        )
    return Side(short(revision), found.source)


def _file(shelves: Shelves, past: Past) -> Side:
    document = shelves.files.get(past.flow)
    if document is None:
        raise WrongUse(
            f"no file holds {past.flow}; name revisions: voxpop flow diff "
            f"{past.flow} ~1"
        )
    errors = tuple(p for p in document.problems if p.severity == "error")
    return Side(document.path, document.source, errors)


def _lost(standing: Sequence[Standing], flow: str, new: bytes) -> list[Standing]:
    """Return where open talks stand that the new source has no more."""
    there = steps_of(new)
    return [each for each in standing if each.flow == flow and each.step not in there]


# ── how it is shown ──────────────────────────────────────────────────────────────────


def _print(
    sides: tuple[Side, Side], found: Difference, lost: Sequence[Standing]
) -> None:
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for line in _unified(*sides):
        colour = COLOURS.get(line[:1], "") if coloured else ""
        sys.stdout.write(f"{colour}{line}{PLAIN}\n" if colour else f"{line}\n")
    if sides[0].source != sides[1].source:
        sys.stdout.write("\n")
    for line in (*_summary(sides, found), *_concerned(lost)):
        sys.stdout.write(f"{clean(line)}\n")
    sys.stdout.flush()
    for problem in sides[1].problems:
        say(clean(str(problem)))


def _unified(old: Side, new: Side) -> Iterator[str]:
    """Yield the lines of a unified diff, made harmless for a terminal."""
    texts = [clean(s.source.decode("utf-8-sig", "replace")) for s in (old, new)]
    before, after = (text.splitlines() for text in texts)
    names = clean(old.name), clean(new.name)
    yield from difflib.unified_diff(before, after, *names, lineterm="")


def _summary(sides: tuple[Side, Side], found: Difference) -> Iterator[str]:
    """Yield in words what differs, a line each."""
    if sides[0].source == sides[1].source:
        yield f"{sides[0].name} and {sides[1].name} are the same."
    elif found.nothing:
        yield "Both do the same: only comments or layout differ."
    listed = (("steps added", found.added), ("steps removed", found.removed))
    yield from (f"{word}: {', '.join(steps)}" for word, steps in listed if steps)
    yield from (f"step renamed: {was} → {now}" for was, now in found.renamed)
    for step, what in found.changed.items():
        yield f"step {step}: {', '.join(what)} changed"
    if found.reordered:
        yield "the order of the steps changed"
    yield from (f"{key} changed" for key in found.about)


def _concerned(lost: Sequence[Standing]) -> Iterator[str]:
    """Yield which open talks stand where the newer side has no step."""
    if not lost:
        return
    yield "open talks at steps that are gone (they end on their own revision):"
    for each in lost:
        talks = open_talks(each.talks)
        yield f"  {each.step}: {talks} on {short(each.revision)}"


def _print_json(
    flow: str,
    sides: tuple[Side, Side],
    found: Difference,
    lost: Sequence[Standing],
) -> None:
    shown = {
        "flow": flow,
        "from": sides[0].name,
        "to": sides[1].name,
        "same": found.nothing,
        **asdict(found),
        "text": "".join(f"{line}\n" for line in _unified(*sides)),
        "talks": [
            {"step": e.step, "revision": e.revision, "talks": e.talks} for e in lost
        ],
        "problems": [asdict(problem) for problem in sides[1].problems],
    }
    sys.stdout.write(json_.dumps(shown, ensure_ascii=False) + "\n")
