"""`voxpop test`: play the talks that flows must get right."""

import json as json_
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct
from msgspec.structs import asdict

from bot.cli.files import flow_files, runnable, talk_files
from bot.config import Settings, load_settings
from bot.errors import InvalidDocument, Problem, WrongUse
from bot.service.rehearsal import Failure, Hands, Listener, Stage, rehearse
from bot.wiring import opened
from bot.world import world_of
from flows.language.document import FlowDocument, TalksDocument, load_talks
from flows.language.talks import Talk

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


class Result(Struct, frozen=True, kw_only=True):
    """How one talk went: at which place of which file, and why it failed if it did."""

    path: str
    line: int
    column: int
    name: str
    failure: str | None = None


async def rehearse_talks(
    *paths: Path, json: Flag = False, config: Path | None = None
) -> int:
    """Play the talks in *.test.yaml on a virtual clock, through the real engine.

    Example: voxpop test flows

    Parameters
    ----------
    paths
        Files or folders; without any, the folder of the flows.
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    results: list[Result] = []
    for rehearsal in read_talks(load_settings(config), list(paths)):
        results.append(await play(rehearsal))
        if not json:
            _print(results[-1])
    failed = [result for result in results if result.failure]
    if json:
        found = [{**asdict(r), "passed": r.failure is None} for r in results]
        sys.stdout.write(json_.dumps({"tests": found}, ensure_ascii=False) + "\n")
    if not results:
        raise WrongUse("no tests are there: a test stands in NAME.test.yaml")
    passed = len(results) - len(failed)
    sys.stderr.write(f"{passed} passed, {len(failed)} failed\n")
    return 1 if failed else 0


def _print(result: Result) -> None:
    place = f"{result.path}:{result.line}"
    if result.failure is None:
        sys.stdout.write(f"ok    {place}  {result.name}\n")
    else:
        words = textwrap.indent(result.failure, "      ")
        sys.stdout.write(f"FAIL  {place}  {result.name}\n{words}\n")
    sys.stdout.flush()


class Rehearsal(Struct, frozen=True, kw_only=True):
    """One talk to be played: the file it stands in, and the flows it may meet."""

    settings: Settings
    flows: Sequence[FlowDocument]
    file: TalksDocument
    flow: str
    number: int
    talk: Talk


def read_talks(settings: Settings, paths: Sequence[Path]) -> list[Rehearsal]:
    """Return every talk of these files, in order.

    Raises InvalidDocument for what cannot be read, WrongUse where a flow is missing.
    """
    files = talk_files(paths or [settings.flows])
    flows, problems = runnable(_flows(settings.flows, files), world_of(settings))
    read = [load_talks(str(file), file.read_bytes()) for file in files]
    _refuse([problem for file in read for problem in file.problems])
    known = {document.flow.flow for document in flows if document.flow}
    found: list[Rehearsal] = []
    for file in read:
        if file.talks is None:
            continue
        if file.talks.flow not in known:
            _refuse(problems)
            raise WrongUse(f"{file.path}: there is no flow {file.talks.flow!r}")
        found += [
            Rehearsal(
                settings=settings,
                flows=flows,
                file=file,
                flow=file.talks.flow,
                number=number,
                talk=talk,
            )
            for number, talk in enumerate(file.talks.tests)
        ]
    return found


def _flows(folder: Path, files: Sequence[Path]) -> list[Path]:
    """List the flows of the operator's folder and those beside the tests, once each."""
    beside = [flow for file in files for flow in flow_files(file.parent)]
    found = [*flow_files(folder), *beside]
    return list({path.resolve(): path for path in found}.values())


def _refuse(problems: Sequence[Problem]) -> None:
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise InvalidDocument(errors)


async def play(rehearsal: Rehearsal) -> Result:
    """Play one talk in a house of its own, on a clock of its own."""
    hands = Hands()
    listener = Listener(rehearsal.talk.channel)
    failure: Failure | None = None
    async with opened(
        settings=rehearsal.settings, memory=True, clock=hands, channels=[listener]
    ) as house:
        await house.library.publish(rehearsal.flows, now=hands(), by="test")
        stage = Stage(
            desk=house.desk,
            hands=hands,
            inbox=house.inbox,
            outbox=house.outbox,
            timers=house.timers,
            listener=listener,
        )
        try:
            await rehearse(stage, rehearsal.flow, rehearsal.talk)
        except Failure as found:
            failure = found
    place = rehearsal.file.positions.value(_where(rehearsal, failure))
    return Result(
        path=rehearsal.file.path,
        line=place.line,
        column=place.column,
        name=rehearsal.talk.name,
        failure=failure.message if failure else None,
    )


def _where(rehearsal: Rehearsal, failure: Failure | None) -> tuple[str | int, ...]:
    """Return which value of the file a talk went wrong at, the talk itself if none."""
    path: tuple[str | int, ...] = ("tests", rehearsal.number)
    if failure is None:
        return path
    last = len(rehearsal.talk.talk) - 1
    if failure.line < 0 or last < 0:
        return (*path, "leaves" if failure.line < 0 else "talk")
    return (*path, "talk", min(failure.line, last))
