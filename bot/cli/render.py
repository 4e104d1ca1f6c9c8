"""`voxpop render`: what each channel would show of a flow."""

import json as json_
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from cyclopts import Parameter
from msgspec import to_builtins

from bot.cli.absent import no_flow, not_spoken
from bot.cli.files import flow_files, read
from bot.cli.render_text import summary, text_of
from bot.cli.rendering import Rendering, Setting, Shown, render_flow
from bot.clock import now
from bot.config import Settings, load_settings
from bot.engine.heard import Facts
from bot.engine.script import Script, Shelf
from bot.errors import InvalidDocument, WrongUse
from bot.model.contact import Address, Contact
from bot.model.display import LOST
from bot.model.limits import Limits
from bot.model.world import World
from bot.world import DONE, SERVICES, channels_of, through_twilio, world_of
from flows.language.check import name_of, problems_of
from flows.language.document import FlowDocument

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]

TWILIO: Final = "twilio"
"""Stands for the service that `channels.twilio.from` names."""


def render(
    flow: str,
    /,
    *,
    channel: Annotated[list[str] | None, Parameter(negative=())] = None,
    lang: Annotated[list[str] | None, Parameter(negative=())] = None,
    json: Flag = False,
    config: Path | None = None,
) -> int:
    """Show what each channel would show, with every cut, split and fallback named.

    Example: voxpop render nps --channel whatsapp --lang es

    Parameters
    ----------
    flow
        The name of a flow, or a file that holds one.
    channel
        Only this channel: web, telegram, slack, whatsapp, sms, messenger or rcs;
        may be given several times. Without it, the four that can be configured.
    lang
        Only this language of the flow; may be given several times.
    json
        Print JSON instead of a picture of it.
    config
        The settings to read instead of config.yaml in this folder.

    """
    settings = load_settings(config)
    channels = _channels(settings, channel or [])
    world = world_of(settings)
    documents = _documents(flow, settings)
    wanted = _wanted(flow, documents)
    scripts = _scripts(wanted, documents, world)
    languages = _languages(scripts[0], lang or [])
    rendering = _rendering(settings, world, scripts, channels, languages)
    if json:
        shown = json_.dumps(to_builtins(rendering), ensure_ascii=False, indent=2)
        sys.stdout.write(f"{shown}\n")
    else:
        sys.stdout.write(text_of(rendering))
        sys.stderr.write(f"{summary(rendering)}\n")
    return 1 if rendering.loses_meaning else 0


def _channels(settings: Settings, named: Sequence[str]) -> dict[str, bool]:
    """Return the channels to show, and whether each is enabled; raise WrongUse."""
    known = channels_of(settings)
    found: dict[str, bool] = {}
    for each in named:
        name = through_twilio(settings) if each == TWILIO else each
        if name not in SERVICES:
            raise WrongUse(
                f"there is no channel {each!r}; there are {', '.join(SERVICES)}"
            )
        found[name] = known.get(name, False)
    return found or known


# ── the flow ─────────────────────────────────────────────────────────────────────────


def _documents(wanted: str, settings: Settings) -> list[FlowDocument]:
    """Return the flows of the folder and, if one is named, of a file, which wins."""
    given = _file(wanted)
    files = flow_files(settings.flows)
    if given:
        beside = [*flow_files(given.parent), *files]
        files = [file for file in beside if file.resolve() != given.resolve()]
    around, _, _ = read({file.resolve(): file for file in files}.values())
    if not given:
        return around
    (own,), _, _ = read([given])
    return [own, *(each for each in around if name_of(each) != name_of(own))]


def _file(wanted: str) -> Path | None:
    """Return the file that is meant, None where a name is; raise WrongUse."""
    if not wanted.endswith((".yaml", ".yml")):
        return None
    if wanted.endswith((".test.yaml", ".test.yml")):
        raise WrongUse(f"{wanted} holds tests; name the flow or its file")
    if not Path(wanted).is_file():
        raise WrongUse(f"there is no file {wanted}")
    return Path(wanted)


def _wanted(flow: str, documents: Sequence[FlowDocument]) -> FlowDocument:
    """Return the file of the flow that is meant; raise WrongUse where there is none."""
    by_name = {name: each for each in reversed(documents) if (name := name_of(each))}
    if _file(flow):
        return documents[0]
    if flow in by_name:
        return by_name[flow]
    raise no_flow(flow, by_name)


def _scripts(
    wanted: FlowDocument, documents: Sequence[FlowDocument], world: World
) -> list[Script]:
    """Return the wanted flow ready to run, and those around it that may.

    Raises InvalidDocument where the wanted flow has errors.
    """
    problems = problems_of(documents, [], world)
    errors = [problem for problem in problems if problem.severity == "error"]
    own = [problem for problem in errors if problem.path == wanted.path]
    if own:
        raise InvalidDocument(own)
    broken = {problem.path for problem in errors}
    others = (each for each in documents if each.path not in broken | {wanted.path})
    return [Script(d.hash, d.flow) for d in (wanted, *others) if d.flow]


def _languages(script: Script, named: Sequence[str]) -> list[str]:
    """Return the languages to show; raise WrongUse for one that is not spoken."""
    spoken = script.flow.languages
    for each in named:
        if each not in spoken:
            raise not_spoken(script.name, spoken, each)
    return list(dict.fromkeys(named)) or list(spoken)


# ── all of it ────────────────────────────────────────────────────────────────────────


def _rendering(
    settings: Settings,
    world: World,
    scripts: Sequence[Script],
    channels: Mapping[str, bool],
    languages: Sequence[str],
) -> Rendering:
    limits = {name: SERVICES[name] for name in channels}
    setting = Setting(
        shelf=Shelf(scripts, {s.name: s.revision for s in reversed(scripts)}),
        flow=scripts[0].name,
        limits=limits,
        facts={name: _facts(name, world, settings) for name in channels},
        templates=settings.channels.twilio.templates,
        done=DONE,
    )
    steps = tuple(render_flow(setting, languages))
    return Rendering(
        flow=scripts[0].name,
        channels=tuple(_shown(limits, channels)),
        languages=tuple(languages),
        steps=steps,
        loses_meaning=any(loss.code in LOST for s in steps for loss in s.all_losses),
    )


def _shown(limits: Mapping[str, Limits], channels: Mapping[str, bool]) -> list[Shown]:
    return [
        Shown(channel=name, service=limits[name].service, enabled=enabled)
        for name, enabled in channels.items()
    ]


def _facts(channel: str, world: World, settings: Settings) -> Facts:
    """Return what is known of somebody new, who comes today."""
    moment: datetime = now()
    return Facts(
        now=moment,
        today=moment.astimezone(ZoneInfo(settings.brand.timezone)).date(),
        contact=Contact(id=0),
        address=Address(channel, "render"),
        world=world,
        new_session=0,
    )
