"""A flow as every channel would show it, as data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bot.engine.heard import Facts
from bot.engine.preview import Scene, preview
from bot.engine.script import Shelf
from bot.engine.window import unprompted
from bot.model.answer import Kind
from bot.model.display import Controls, Display, Loss
from bot.model.fit import fit
from bot.model.limits import Limits
from bot.model.message import Outbound
from flows.language.model import Flow

Templates = Mapping[str, Mapping[str, str]]
"""Approved templates by `flow.step` and language."""


class Template(Struct, frozen=True, kw_only=True):
    """A message that only a template may carry when the window is over.

    `name` is where `channels.twilio.templates` has it, `why` when that may be, and
    `template` which one it is, if it is set for the language.
    """

    name: str
    why: tuple[str, ...]
    template: str | None


class Rendered(Struct, frozen=True, kw_only=True):
    """One step as one channel shows it in one language.

    `reminder` is the question as it is asked again after a while, `share` the words
    that a contact passes on, and `does` what a step does that says nothing.
    """

    step: str
    verb: str
    kind: Kind | None = None
    channel: str
    language: str
    parts: tuple[str, ...] = ()
    controls: Controls | None = None
    losses: tuple[Loss, ...] = ()
    reminder: Display | None = None
    share: str | None = None
    qr: bool = False
    does: str | None = None
    template: Template | None = None
    samples: tuple[str, ...] = ()

    @property
    def all_losses(self) -> tuple[Loss, ...]:
        """What is lost in the message and, beyond that, in its reminder."""
        again = self.reminder.losses if self.reminder else ()
        return (*self.losses, *(loss for loss in again if loss not in self.losses))


class Shown(Struct, frozen=True, kw_only=True):
    """A channel that was rendered: its service, and whether it is enabled."""

    channel: str
    service: str
    enabled: bool


class Rendering(Struct, frozen=True, kw_only=True):
    """A whole flow on these channels; `loses_meaning` where a step loses some."""

    flow: str
    channels: tuple[Shown, ...]
    languages: tuple[str, ...]
    steps: tuple[Rendered, ...]
    loses_meaning: bool


class Setting(Struct, frozen=True, kw_only=True):
    """What a flow is rendered with: the flows around it and the facts, by channel.

    `done` is how a channel itself words the button that ends a choosing.
    """

    shelf: Shelf
    flow: str
    limits: Mapping[str, Limits]
    facts: Mapping[str, Facts]
    templates: Templates
    done: Mapping[str, Callable[[str], str]]


def render_flow(setting: Setting, languages: Sequence[str]) -> Iterator[Rendered]:
    """Yield each step as each channel shows it, channel by channel."""
    for channel in setting.limits:
        for language in languages:
            facts = setting.facts[channel]
            for scene in preview(setting.shelf, setting.flow, language, facts):
                yield _rendered(scene, setting, channel, language)


def _rendered(scene: Scene, setting: Setting, channel: str, language: str) -> Rendered:
    limits = setting.limits[channel]
    done = setting.done[channel](language) if channel in setting.done else None
    message, reminder = (_worded(m, done) for m in (scene.message, scene.reminder))
    display = fit(message, limits) if message else Display(parts=())
    return Rendered(
        step=scene.step,
        verb=scene.verb,
        kind=scene.kind,
        channel=channel,
        language=language,
        parts=display.parts,
        controls=display.controls,
        losses=(*display.losses, *_picture(scene, limits)),
        reminder=fit(reminder, limits) if reminder else None,
        share=scene.share,
        qr=scene.qr,
        does=does(scene),
        template=_template(scene, setting, limits, language),
        samples=scene.samples,
    )


def _worded(message: Outbound | None, done: str | None) -> Outbound | None:
    """Return a message in the words of its channel, where that has its own."""
    if message is None or message.shown is None or done is None:
        return message
    return replace(message, shown=replace(message.shown, done=done))


def _picture(scene: Scene, limits: Limits) -> Iterator[Loss]:
    """Yield that a text is too long to stand under the picture that goes with it."""
    text = scene.message.text if scene.message else ""
    if scene.qr and limits.caption and not limits.caption.holds(text):
        said = f"too long for a caption on {limits.service}, so the QR code goes alone"
        yield Loss(code="fallback", message=f"the text is {said}")


def does(scene: Scene) -> str | None:
    """Return what a step does that says nothing, in a few words."""
    if scene.runs:
        return f"runs the flow '{scene.runs}', then goes on"
    if scene.seconds is not None:
        return f"waits {span(timedelta(seconds=scene.seconds))}"
    if scene.leads_to:
        return f"goes on with {' or '.join(scene.leads_to)}"
    return None


_SPANS: Final = {"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60}


def span(length: timedelta) -> str:
    """Return a length of time as a flow writes it.

    >>> span(timedelta(hours=22)), span(timedelta(days=1))
    ('22 hours', '1 day')
    """
    seconds = int(length.total_seconds())
    units = {**_SPANS, "second": 1}
    unit = next(name for name, size in units.items() if seconds % size == 0)
    count = seconds // units[unit]
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _template(
    scene: Scene, setting: Setting, limits: Limits, language: str
) -> Template | None:
    """Return which template a step may need, None where it cannot need one."""
    flow = setting.shelf.current[setting.flow].flow
    if limits.window is None or scene.message is None:
        return None
    name = f"{flow.flow}.{scene.step}"
    known = setting.templates.get(name, {}).get(language)
    why = tuple(_reasons(scene, flow, limits.window))
    return Template(name=name, why=why, template=known) if why else None


def _reasons(scene: Scene, flow: Flow, window: timedelta) -> Iterator[str]:
    if why := unprompted(flow, window).get(scene.step):
        yield why
    late = [each for each in flow.remind_after if each >= window]
    if late and scene.reminder:
        yield f"it reminds after {span(late[0])}"
