"""A template made into a flow of one's own: renamed, and never over another."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from pydantic_core import PydanticCustomError

from bot.cli.files import flow_files, read
from bot.cli.lacking import lacking
from bot.cli.plain import clean
from bot.cli.schema import Of, schema_text
from bot.cli.templates import Template
from bot.config import load_settings
from bot.errors import VoxpopError, WrongUse
from bot.model.words import normalise
from bot.world import world_of
from flows.language.check import name_of
from flows.language.document import FlowDocument, load_flow
from flows.language.model import Flow, KeywordTrigger
from flows.language.renaming import renamed
from flows.language.scalars import parse_name


class Made(Struct, frozen=True, kw_only=True):
    """A flow that was made: its files, and what stands between it and customers.

    `lacks` are the lines that `config.yaml` needs, `unspoken` the languages of the
    brand that the flow does not speak.
    """

    flow: str
    template: str
    files: tuple[str, str]
    lacks: str | None
    unspoken: tuple[str, ...]


def make(name: str, begun: Template, config: Path | None = None) -> Made:
    """Write a flow of this name and its tests, and tell what they still need.

    Raises WrongUse, with nothing written, where the name is none or is taken.
    """
    settings = load_settings(config)
    world = world_of(settings)
    _check(name)
    others = _others(settings.flows, name)
    path = settings.flows / f"{name}.yaml"
    tests = settings.flows / f"{name}.test.yaml"
    source, talks = _sources(begun, name, others, world.languages)
    write({**schemas(settings.flows), tests: talks, path: source})
    return Made(
        flow=name,
        template=begun.name,
        files=(str(path), str(tests)),
        lacks=lacking(load_flow(str(path), source), others, world),
        unspoken=tuple(
            each for each in world.languages if _base(each) not in begun.languages
        ),
    )


def _sources(
    begun: Template, name: str, others: Sequence[FlowDocument], brand: Sequence[str]
) -> tuple[bytes, bytes]:
    """Return the flow and its tests; the brand's first language is the fallback."""
    keywords = _clashing(begun, others, name)
    order = [*map(_base, brand), *begun.languages]
    languages = sorted(begun.languages, key=order.index)
    flow = renamed(begun.flow, name, keywords=keywords, languages=languages)
    return flow, renamed(begun.talks, name, keywords=keywords)


def _base(language: str) -> str:
    """Return the language that `es-MX` is a kind of."""
    return language.partition("-")[0]


def _check(name: str) -> None:
    try:
        parse_name(name)
    except PydanticCustomError as error:
        raise WrongUse(clean(error.message())) from None


def _others(folder: Path, name: str) -> list[FlowDocument]:
    """Return the flows that are there; raises WrongUse where one has the name."""
    flows, _, _ = read(flow_files(folder) if folder.is_dir() else [])
    taken = next((each.path for each in flows if name_of(each) == name), None)
    if taken:
        raise WrongUse(f"{taken} is a flow {name!r} already; choose another name")
    return flows


def _clashing(
    begun: Template, others: Sequence[FlowDocument], name: str
) -> dict[str, str]:
    """Return the template's keywords that start another flow, and the one instead."""
    flow = load_flow(begun.name, begun.flow).flow
    taken = {normalise(w) for each in others if each.flow for w in _keywords(each.flow)}
    own = _keywords(flow) if flow else ()
    return {word: name.replace("_", " ") for word in own if normalise(word) in taken}


def _keywords(flow: Flow) -> Iterator[str]:
    for trigger in flow.triggers:
        if isinstance(trigger, KeywordTrigger):
            words = trigger.keyword
            by_language = words.values() if isinstance(words, Mapping) else [words]
            for those in by_language:
                yield from those


def schemas(folder: Path) -> dict[Path, bytes]:
    """Return the schemas that a folder's flows and tests name, where they are missing.

    An editor takes them by the first line of a file.
    """
    kinds: tuple[Of, ...] = ("flow", "test")
    files = {folder / f"{kind}.schema.json": kind for kind in kinds}
    return {
        path: schema_text(kind).encode()
        for path, kind in files.items()
        if not path.exists()
    }


def write(files: Mapping[Path, bytes]) -> None:
    """Write files that are not there yet: all of them or, with an error, none."""
    made: list[Path] = []
    try:
        for path, source in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as fresh:
                made.append(path)
                fresh.write(source)
    except BaseException as error:
        for path in made:
            path.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise WrongUse(f"{error.filename} is there already; move it away") from None
        if isinstance(error, OSError):
            said = f"{error.filename} cannot be written: {error.strerror}"
            raise VoxpopError(said) from None
        raise
