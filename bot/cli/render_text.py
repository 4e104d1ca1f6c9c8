"""A flow as every channel would show it, drawn with letters."""

import textwrap
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from bot.cli.plain import clean
from bot.cli.rendering import Rendered, Rendering, Shown
from bot.model.display import Controls

WIDTH: Final = 78
_MARGIN: Final = "  "
_BAR: Final = "  │ "


def text_of(rendering: Rendering) -> str:
    """Return the drawing: channel by channel, each language, each step."""
    channels = {shown.channel: shown for shown in rendering.channels}
    lines: list[str] = []
    by_page = groupby(rendering.steps, key=lambda step: (step.channel, step.language))
    for (channel, language), steps in by_page:
        lines += _page(rendering.flow, channels[channel], language, list(steps))
    return "".join(f"{_one(line)}\n" for line in lines)


def _one(line: str) -> str:
    """Return one line that steers no terminal; a line end within it is a sign."""
    return clean(line).replace("\n", "⏎").rstrip()


def summary(rendering: Rendering) -> str:
    """Return how much of what is lost, and whether meaning is."""
    steps = rendering.steps
    found = Counter(loss.code for step in steps for loss in step.all_losses)
    needs = [step.template for step in steps if step.template]
    missing = sum(need.template is None for need in needs)
    parts = [f"{count} {code}" for code, count in sorted(found.items())]
    parts += [f"{missing} without a template"] if missing else []
    if rendering.loses_meaning:
        return f"{', '.join(parts)}: meaning is lost"
    return f"{', '.join(parts) or 'all is shown as written'}: no meaning is lost"


def _page(
    flow: str, shown: Shown, language: str, steps: list[Rendered]
) -> Iterator[str]:
    off = "" if shown.enabled else " (not enabled)"
    yield f"═══ {flow} · {shown.service}{off} · {language}"
    yield ""
    for step in steps:
        yield from _step(step)
        yield ""
    reminder = next((step.reminder for step in steps if step.reminder), None)
    if reminder:
        first = reminder.parts[0].split("\n\n")[0]
        yield "Reminders begin with these words, and ask again:"
        yield from _boxed(first)
        yield ""
    made_up = sorted({name for step in steps for name in step.samples})
    if made_up:
        yield f"Samples stand for {', '.join(f'{{{name}}}' for name in made_up)}."
        yield ""


def _step(step: Rendered) -> Iterator[str]:
    kind = f" {step.kind}" if step.kind else ""
    does = f": {step.does}" if step.does else ""
    yield f"{step.step} · {step.verb}{kind}{does}"
    for number, part in enumerate(step.parts):
        yield from [f"{_MARGIN}┄┄"] if number else []
        yield from _boxed(part)
    if step.controls:
        yield from (f"{_MARGIN}{line}" for line in _controls(step.controls))
    yield from _beside(step)
    yield from _notes(step)


def _boxed(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for row in textwrap.wrap(line, WIDTH - len(_BAR)) or [""]:
            yield f"{_BAR}{row}"


def _beside(step: Rendered) -> Iterator[str]:
    """Yield what goes with a message: a picture, and the words to pass on."""
    if step.qr:
        yield f"{_MARGIN}[ QR code of the link ]"
    if step.share is not None:
        yield f"{_MARGIN}to pass on:"
        yield from _boxed(step.share)


def _notes(step: Rendered) -> Iterator[str]:
    for loss in step.all_losses:
        again = "" if loss in step.losses else " (reminder)"
        yield f"{_MARGIN}! {loss.code}: {loss.message}{again}"
    if need := step.template:
        has = f"template {need.template}" if need.template else "no template is set"
        why = ", ".join(need.why)
        yield f"{_MARGIN}! template: {has} for {need.name} ({why})"


def _controls(controls: Controls) -> Iterator[str]:
    match controls.form:
        case "list" | "select":
            yield f"[ {controls.opens or 'Choose'} ▾ ]"
            yield from (f"  · {label}" for label in _labels(controls))
        case "boxes":
            yield from (f"☐ {label}" for label in _labels(controls))
        case "calendar":
            yield "[ a day ▾ ]"
        case _:
            sign = {"stars": "★ ", "toggles": "☐ "}.get(controls.form, "")
            for row in controls.rows:
                yield from _row([f"{sign}{offer.label}" for offer in row])
    if controls.low or controls.high:
        yield f"{controls.low or ''} ←→ {controls.high or ''}"
    yield from _row([label for label in (controls.done, controls.skip) if label])


def _labels(controls: Controls) -> Iterator[str]:
    return (offer.label for row in controls.rows for offer in row)


def _row(labels: list[str]) -> Iterator[str]:
    """Yield buttons side by side, in as many lines as they need here."""
    line = ""
    for label in labels:
        button = f"[ {label} ]"
        if line and len(line) + len(button) >= WIDTH - len(_MARGIN):
            yield line
            line = ""
        line = f"{line} {button}" if line else button
    if line:
        yield line
