"""Reading the talks of test files, and playing them all together."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from bot.cli.absent import no_flow
from bot.cli.files import content, flow_files, runnable, talk_files
from bot.config import Settings
from bot.errors import InvalidDocument, Problem, WrongUse
from bot.service.leavings import shown
from bot.service.rehearsal import Failure, Hands, Play, Stage, Watch, perform
from bot.service.rehearsal.stage import Audience
from bot.wiring import opened
from bot.world import SERVICES, world_of
from channels.twilio.display import service_of
from flows.language.document import FlowDocument, TalksDocument, load_talks
from flows.language.positions import Path as Place
from flows.language.talks import Talk


class Spoken(Struct, frozen=True):
    """A line of a talk as it went: who, and what."""

    who: str
    words: str


class Differs(Struct, frozen=True):
    """One thing that a talk left otherwise than its test says."""

    name: str
    expected: str
    found: str


class Result(Struct, frozen=True, kw_only=True):
    """How one talk went: at which place of which file, and why it failed if it did.

    `expected` and `said` are there where a message read otherwise, or was missing.
    """

    path: str
    line: int
    column: int
    name: str
    failure: str | None = None
    expected: str | None = None
    said: str | None = None
    differences: Sequence[Differs] = ()
    so_far: Sequence[Spoken] = ()
    updated: bool = False


class Rehearsal(Struct, frozen=True, kw_only=True):
    """One talk to be played: the file it stands in, and the flows it may meet."""

    settings: Settings
    flows: Sequence[FlowDocument]
    file: TalksDocument
    source: bytes
    flow: str
    number: int
    talk: Talk


def read_talks(settings: Settings, paths: Sequence[Path]) -> list[Rehearsal]:
    """Return every talk of these files, in order.

    Raises InvalidDocument with all that cannot be read, WrongUse where a flow is
    missing.
    """
    files = talk_files(paths or [settings.flows], settings.flows)
    return rehearsals_of(settings, files, [content(file) for file in files])


def rehearsals_of(
    settings: Settings, files: Sequence[Path], sources: Sequence[bytes]
) -> list[Rehearsal]:
    """Return every talk of files that hold this, in order, as `read_talks` does."""
    flows, problems = runnable(_flows(settings.flows, files), world_of(settings))
    pairs = zip(files, sources, strict=True)
    read = [load_talks(str(file), source) for file, source in pairs]
    _refuse([problem for file in read for problem in file.problems])
    known = {document.flow.flow for document in flows if document.flow}
    found: list[Rehearsal] = []
    for file, source in zip(read, sources, strict=True):
        if file.talks is None:
            continue
        if file.talks.flow not in known:
            _refuse(problems)
            raise WrongUse(f"{file.path}: {no_flow(file.talks.flow, known)}")
        found += [
            Rehearsal(
                settings=settings,
                flows=flows,
                file=file,
                source=source,
                flow=file.talks.flow,
                number=number,
                talk=talk,
            )
            for number, talk in enumerate(file.talks.tests)
        ]
    return found


def _flows(folder: Path, files: Sequence[Path]) -> list[Path]:
    """List the flows of the operator's folder and those beside the tests, once each."""
    beside = [
        flow
        for parent in {file.parent for file in files}
        for flow in flow_files(parent)
    ]
    found = [*flow_files(folder), *sorted(beside)]
    return list({path.resolve(): path for path in found}.values())


def _refuse(problems: Sequence[Problem]) -> None:
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise InvalidDocument(errors)


@asynccontextmanager
async def staged(
    settings: Settings, flows: Sequence[FlowDocument], channels: Sequence[str]
) -> AsyncIterator[Stage]:
    """Open a house in memory, with these flows published, to play talks in."""
    hands, watch = Hands(), Watch()
    audiences = {name: Audience(name) for name in channels}
    async with opened(
        settings=settings,
        memory=True,
        clock=hands,
        channels=list(audiences.values()),
        watch=watch,
    ) as house:
        await house.library.publish(flows, now=hands(), by="test")
        yield Stage(
            desk=house.desk,
            hands=hands,
            inbox=house.inbox,
            outbox=house.outbox,
            timers=house.timers,
            watch=watch,
            channels=audiences,
            limits={**SERVICES, "twilio": SERVICES[_twilio(settings)]},
        )


def _twilio(settings: Settings) -> str:
    return service_of(settings.channels.twilio.from_)


class Played(Struct, frozen=True):
    """A talk that was played, and why it failed if it did."""

    rehearsal: Rehearsal
    play: Play
    failure: Failure | None


async def play_together(
    rehearsals: Sequence[Rehearsal],
    *,
    lenient: bool = False,
    told: Callable[[int, int], None] | None = None,
    watch: Callable[[Watch], None] | None = None,
) -> list[Played]:
    """Play talks that were read together, and return how each went, in order.

    `told` hears how many are over; `watch` sees which ways were taken.
    """
    if not rehearsals:
        return []
    first = rehearsals[0]
    channels = sorted({each.talk.channel for each in rehearsals})
    over: dict[Play, Failure | None] = {}
    async with staged(first.settings, first.flows, channels) as stage:
        plays = [
            Play(stage, each.flow, each.talk, number, lenient=lenient)
            for number, each in enumerate(rehearsals)
        ]

        def done(play: Play, failure: Failure | None) -> None:
            over[play] = failure
            if told is not None:
                told(len(over), len(plays))

        await perform(stage, plays, done)
        if watch is not None:
            watch(stage.watch)
    pairs = zip(rehearsals, plays, strict=True)
    return [Played(each, play, over[play]) for each, play in pairs]


async def play(rehearsal: Rehearsal) -> Result:
    """Play one talk by itself."""
    [played] = await play_together([rehearsal])
    return result_of(played)


def result_of(played: Played) -> Result:
    """Return how a talk went, with its place in the file."""
    rehearsal, failure = played.rehearsal, played.failure
    place = rehearsal.file.positions.value(where(rehearsal, failure))
    result = Result(
        path=rehearsal.file.path,
        line=place.line,
        column=place.column,
        name=rehearsal.talk.name,
    )
    if failure is None:
        return result
    return Result(
        path=result.path,
        line=result.line,
        column=result.column,
        name=result.name,
        failure=failure.message,
        expected=failure.expected,
        said=failure.said,
        differences=[
            Differs(".".join(each.path), shown(each.expected), shown(each.found))
            for each in failure.differences
        ],
        so_far=[Spoken(*each) for each in played.play.so_far],
    )


def where(rehearsal: Rehearsal, failure: Failure | None) -> Place:
    """Return which value of the file a talk went wrong at, the talk itself if none."""
    return ("tests", rehearsal.number, *(failure.path if failure else ()))
