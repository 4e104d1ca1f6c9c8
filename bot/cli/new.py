"""`voxpop new`: a flow of one's own, made from a template."""

import json as json_
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Annotated, Final

from cyclopts import Parameter
from msgspec import to_builtins

from bot.cli.here import command
from bot.cli.making import Made, make
from bot.cli.templates import template, templates
from bot.errors import WrongUse

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]


def new(
    flow: str | None = None,
    /,
    *,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    list_: Annotated[
        bool, Parameter(name="--list", negative=(), show_default=False)
    ] = False,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Make a flow of your own, and its tests, from a template; or list the templates.

    Example: voxpop new after_support --from csat_after_support

    Parameters
    ----------
    flow
        The name of the new flow.
    from_
        The template it is made from.
    list_
        List the templates, as without any argument.
    json
        Print JSON instead of lines.
    config
        The settings to read instead of config.yaml in this folder.

    """
    if list_ or (flow is None and from_ is None):
        sys.stdout.write("".join(_listed(json=json)))
        if not json:
            sys.stdout.flush()
            sys.stderr.write(
                f"\nMake one yours: {command()} new NAME --from TEMPLATE\n"
            )
        return 0
    if flow is None or from_ is None:
        raise WrongUse(
            f"say both: voxpop new {flow or 'NAME'} --from {from_ or 'TEMPLATE'};"
            " voxpop new --list shows the templates"
        )
    made = make(flow, template(from_), config)
    if json:
        sys.stdout.write(json_.dumps(to_builtins(made), ensure_ascii=False) + "\n")
        return 0
    sys.stdout.write("".join(f"{file}\n" for file in made.files))
    sys.stderr.write("".join(_next(made, config)))
    return 0


# ── what is told ─────────────────────────────────────────────────────────────────


def _listed(*, json: bool) -> Iterator[str]:
    """Yield the templates, a paragraph each, or as JSON."""
    if json:
        found = [each.listed() for each in templates()]
        yield json_.dumps({"templates": found}, ensure_ascii=False) + "\n"
        return
    width = shutil.get_terminal_size().columns
    for each in templates():
        about = fill(each.about, width, initial_indent="  ", subsequent_indent="  ")
        yield f"{each.name}\n{about}\n"


def _next(made: Made, config: Path | None) -> Iterator[str]:
    """Yield what to do with a new flow."""
    if made.lacks:
        settings = config or Path("config.yaml")
        lacks = _LACKS if settings.is_file() else _NO_SETTINGS
        yield lacks.format(config=settings, lines=made.lacks)
    if made.unspoken:
        yield _UNSPOKEN.format(languages=" and ".join(made.unspoken))
    rest = f" --config {shlex.quote(str(config))}" if config else ""
    flow, tests = (shlex.quote(file) for file in made.files)
    yield "\nNext:\n"
    for words in (f"lint {flow}", f"chat {made.flow}", f"test {tests}"):
        yield f"  {command()} {words}{rest}\n"


_LACKS: Final = """
{config} lacks what this flow needs. Add these lines, under the keys that
are there already, with values of your own:

{lines}
"""
_NO_SETTINGS: Final = """
This flow needs a {config}, which is not there yet. Put these lines into it,
with values of your own:

{lines}
"""
_UNSPOKEN: Final = """
It does not speak {languages} yet: add {languages} to its `languages`, and lint
names every text to translate.
"""
