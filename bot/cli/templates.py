"""The flows that come with Voxpop for others to be made from."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import takewhile
from typing import Final

from msgspec import Struct

from bot.errors import WrongUse
from flows.language.document import load_flow
from flows.language.model import EventTrigger, Flow
from flows.language.names import nearest, or_rather

_FOLDER: Final = files("bot") / "templates"
_TESTS: Final = ".test.yaml"


class Template(Struct, frozen=True, kw_only=True):
    """A flow to begin with, its talks, and what it is for."""

    name: str
    title: str
    about: str
    languages: tuple[str, ...]
    events: tuple[str, ...]
    flow: bytes
    talks: bytes

    def listed(self) -> dict[str, object]:
        """Return what a list of templates tells of it."""
        told = ("name", "title", "about", "languages", "events")
        return {key: getattr(self, key) for key in told}


@cache
def templates() -> tuple[Template, ...]:
    """Return all templates, by name."""
    names = (each.name for each in _FOLDER.iterdir() if each.name.endswith(_TESTS))
    return tuple(_read(name.removesuffix(_TESTS)) for name in sorted(names))


def template(name: str) -> Template:
    """Return the template of a name; raises WrongUse where there is none."""
    known = {each.name: each for each in templates()}
    if name not in known:
        rather = or_rather(nearest(name, known)) or f"; there are {', '.join(known)}"
        raise WrongUse(f"there is no template {name!r}{rather}")
    return known[name]


def _read(name: str) -> Template:
    source = (_FOLDER / f"{name}.yaml").read_bytes()
    flow = load_flow(f"{name}.yaml", source).flow
    if flow is None:
        raise AssertionError(name)  # the tests lint every template
    return Template(
        name=name,
        title=flow.title.render(flow.languages[0], flow.languages, {})
        if flow.title
        else name,
        about=" ".join(_comment(source)),
        languages=flow.languages,
        events=tuple(_events(flow)),
        flow=source,
        talks=(_FOLDER / f"{name}{_TESTS}").read_bytes(),
    )


def _comment(source: bytes) -> Iterator[str]:
    """Yield the lines between the schema's and the flow."""
    _, *lines = source.decode().splitlines()
    for line in takewhile(lambda each: each.startswith("# "), lines):
        yield line.removeprefix("# ")


def _events(flow: Flow) -> Iterator[str]:
    for trigger in flow.triggers:
        if isinstance(trigger, EventTrigger):
            yield trigger.event
