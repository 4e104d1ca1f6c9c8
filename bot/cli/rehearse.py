"""`voxpop test`: play the talks that flows must get right."""

import json as json_
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from bot.cli.files import flow_files, runnable, talk_files
from bot.config import Settings, load_settings, world_of
from bot.errors import InvalidDocument, Problem, WrongUse
from bot.service.rehearsal import Failure, Hands, Listener, Stage, rehearse
from bot.wiring import opened
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
    settings = load_settings(config)
    results = await play(settings, list(paths))
    failed = [result for result in results if result.failure]
    if json:
        found = [{**_plain(r), "passed": r.failure is None} for r in results]
        sys.stdout.write(json_.dumps({"tests": found}, ensure_ascii=False) + "\n")
    else:
        for result in results:
            _print(result)
    passed = len(results) - len(failed)
    sys.stderr.write(f"{passed} passed, {len(failed)} failed\n")
    return 1 if failed or not results else 0


def _plain(result: Result) -> dict[str, object]:
    return {name: getattr(result, name) for name in result.__struct_fields__}


def _print(result: Result) -> None:
    place = f"{result.path}:{result.line}"
    if result.failure is None:
        sys.stdout.write(f"ok    {place}  {result.name}\n")
    else:
        sys.stdout.write(f"FAIL  {place}  {result.name}\n     {result.failure}\n")


async def play(settings: Settings, paths: Sequence[Path]) -> list[Result]:
    """Play every talk of these files; raise InvalidDocument for what cannot be read."""
    files = talk_files(paths or [settings.flows])
    documents, problems = runnable(_flows(settings.flows, files), world_of(settings))
    talks = [load_talks(str(file), file.read_bytes()) for file in files]
    _refuse([problem for document in talks for problem in document.problems])
    known = {document.flow.flow for document in documents if document.flow}
    results: list[Result] = []
    for document in talks:
        if document.talks is None:
            continue
        if document.talks.flow not in known:
            _refuse(problems)
            raise WrongUse(f"{document.path}: there is no flow {document.talks.flow!r}")
        for number, talk in enumerate(document.talks.tests):
            results.append(await _play(settings, documents, document, number, talk))
    return results


def _flows(folder: Path, files: Sequence[Path]) -> list[Path]:
    """List the flows of the operator's folder and those beside the tests, once each."""
    beside = [flow for file in files for flow in flow_files(file.parent)]
    found = [*flow_files(folder), *beside]
    return list({path.resolve(): path for path in found}.values())


def _refuse(problems: Sequence[Problem]) -> None:
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise InvalidDocument(errors)


async def _play(
    settings: Settings,
    documents: Sequence[FlowDocument],
    file: TalksDocument,
    number: int,
    talk: Talk,
) -> Result:
    """Play one talk in a house of its own."""
    hands = Hands()
    listener = Listener(talk.channel)
    failure: Failure | None = None
    async with opened(
        settings=settings, memory=True, clock=hands, channels=[listener]
    ) as house:
        await house.library.publish(documents, now=hands(), by="test")
        stage = Stage(
            desk=house.desk,
            hands=hands,
            inbox=house.inbox,
            outbox=house.outbox,
            timers=house.timers,
            listener=listener,
        )
        try:
            await rehearse(stage, file.talks.flow if file.talks else "", talk)
        except Failure as found:
            failure = found
    path: tuple[str | int, ...] = ("tests", number)
    if failure is not None and 0 <= failure.line < len(talk.talk):
        path = (*path, "talk", failure.line)
    elif failure is not None:
        path = (*path, "leaves" if failure.line < 0 else "talk")
    place = file.positions.value(path)
    return Result(
        path=file.path,
        line=place.line,
        column=place.column,
        name=talk.name,
        failure=failure.message if failure else None,
    )
