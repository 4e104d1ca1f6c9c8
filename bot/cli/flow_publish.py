"""`voxpop flow publish`: make what stands in the files what new talks begin on."""

import asyncio
import json as json_
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from bot.cli.absent import no_flow
from bot.cli.files import ENDINGS, TESTS, flow_files, read
from bot.cli.flow import Flag, author, say, staying
from bot.cli.plain import clean
from bot.errors import Problem, WrongUse
from bot.model.world import World
from bot.service.revisions import short
from bot.wiring import House, opened
from flows.language.check import name_of, problems_of
from flows.language.document import FlowDocument
from flows.language.model import Run


class Published(Struct, frozen=True):
    """A flow that was published: the revision that is current now, and the one before.

    So many open `talks` keep the one before.
    """

    flow: str
    revision: str
    replaced: str | None
    talks: int


async def publish(
    *flows: str,
    by: str | None = None,
    dry_run: Flag = False,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Publish flows: talks that begin from now on run what stands in the files.

    Example: voxpop flow publish nps

    They are checked first; where one has an error, nothing is published. Talks that
    have begun end on the revision they began with.

    Parameters
    ----------
    flows
        Names of flows, or files; without any, all flows of the folder.
    by
        Who publishes, for the history; without it, your login name.
    dry_run
        Check, and say what would change, and change nothing.
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    who = author(by)
    async with opened(config, looking=dry_run) as house:
        wanted, problems = await asyncio.to_thread(
            _read, flows, house.settings.flows, house.desk.world
        )
        errors = any(problem.severity == "error" for problem in problems)
        done = []
        if not errors:
            _check_runs(house, wanted)
            done = await _publish(house, wanted, None if dry_run else who)
        if json:
            same = sorted({_name(d) for d in wanted} - {each.flow for each in done})
            _print_json(done, [] if errors else same, problems, dry_run=dry_run)
        else:
            _print(done, wanted, problems, dry_run=dry_run)
    return 1 if errors else 0


# ── what is meant, and whether it may run ────────────────────────────────────────────


def _read(
    flows: Sequence[str], folder: Path, world: World
) -> tuple[list[FlowDocument], list[Problem]]:
    """Return the flows that are meant, and all that is wrong with them."""
    files = [Path(each) for each in flows if each.endswith(ENDINGS)]
    names = [each for each in flows if not each.endswith(ENDINGS)]
    for file in files:
        if not file.is_file() or file.name.endswith(TESTS):
            raise WrongUse(f"{file}: there is no such file of a flow")
    given = {file.resolve(): file for file in files}
    beside = [f for f in flow_files(folder) if f.resolve() not in given]
    named, _, unread = read(given.values())
    others, _, lost = read(beside)
    wanted = [*named, *_called(names, others, {name_of(d) for d in named})]
    if not flows:
        wanted, unread = others, lost
    taken = {name_of(document) for document in named}
    around = [d for d in others if d not in wanted and name_of(d) not in taken]
    paths = {document.path for document in wanted}
    found = problems_of([*wanted, *around], (), world)
    return wanted, [*unread, *(p for p in found if p.path in paths)]


def _called(
    names: Sequence[str], documents: Sequence[FlowDocument], given: set[str | None]
) -> Iterator[FlowDocument]:
    """Yield the flows of these names; raise WrongUse where there is none."""
    known = {name_of(document) or "" for document in documents} - {""}
    for name in dict.fromkeys(names):
        if name not in known and name not in given:
            raise no_flow(name, known)
        yield from (d for d in documents if name_of(d) == name and name not in given)


def _check_runs(house: House, documents: Sequence[FlowDocument]) -> None:
    """Raise WrongUse where a flow runs another one that would not be there."""
    there = {*house.library.shelf.current, *map(_name, documents)}
    for document in documents:
        for step in document.flow.steps.values() if document.flow else ():
            if isinstance(step, Run) and step.run not in there:
                name = _name(document)
                raise WrongUse(
                    f"{name} runs {step.run}, which is not published; publish both: "
                    f"voxpop flow publish {name} {step.run}"
                )


# ── publishing ───────────────────────────────────────────────────────────────────────


async def _publish(
    house: House, documents: Sequence[FlowDocument], who: str | None
) -> list[Published]:
    """Publish these flows in somebody's name, or look only; return what changes."""
    current = {name: s.revision for name, s in house.library.shelf.current.items()}
    changes: Sequence[tuple[str, str, str | None]]
    if who is None:
        found = [(_name(d), d.hash, current.get(_name(d))) for d in documents]
        changes = [each for each in found if each[1] != each[2]]
    else:
        library, now = house.library, house.desk.clock()
        done = await library.publish(documents, now=now, by=who)
        changes = [(each.flow, each.hash, each.replaced) for each in done]
    async with house.store.reading() as work:
        keeping = await work.talks_keeping() if changes else {}
    return list(_counted(changes, keeping))


def _counted(
    changes: Sequence[tuple[str, str, str | None]], keeping: Mapping[str, int]
) -> Iterator[Published]:
    for flow, revision, replaced in sorted(changes):
        yield Published(flow, revision, replaced, keeping.get(replaced or "", 0))


def _name(document: FlowDocument) -> str:
    return name_of(document) or document.path


# ── how it is shown ──────────────────────────────────────────────────────────────────


def _print(
    done: Sequence[Published],
    wanted: Sequence[FlowDocument],
    problems: Sequence[Problem],
    *,
    dry_run: bool,
) -> None:
    for problem in problems:
        say(clean(str(problem)))
    for each in done:
        sys.stdout.write(f"{_line(each)}\n")
    sys.stdout.flush()
    if any(problem.severity == "error" for problem in problems):
        say("Nothing was published: mend the errors first.")
    elif not wanted:
        say("There are no flows to publish.")
    elif not done:
        say("Nothing to do: what stands in the files is published.")
    elif dry_run:
        say("Nothing was published, for you said --dry-run.")


def _line(done: Published) -> str:
    """Return what changed, in a line."""
    if done.replaced is None:
        return f"{done.flow}: {short(done.revision)} is the first revision"
    line = f"{done.flow}: {short(done.replaced)} → {short(done.revision)}"
    return line + staying(done.talks, "the old one")


def _print_json(
    done: Sequence[Published],
    same: Sequence[str],
    problems: Sequence[Problem],
    *,
    dry_run: bool,
) -> None:
    found = {
        "published": [asdict(each) for each in done],
        "unchanged": same,
        "problems": [asdict(problem) for problem in problems],
        "dry_run": dry_run,
    }
    sys.stdout.write(json_.dumps(found, ensure_ascii=False) + "\n")
