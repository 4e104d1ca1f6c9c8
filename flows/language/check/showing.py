"""cut-label, long-text, lost-option: what an enabled channel cannot show as written."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bot.errors import Problem
from bot.model.answer import SCALES, Option
from bot.model.display import Code, Loss
from bot.model.fit import fit
from bot.model.limits import Limits
from bot.model.message import Outbound, Shown
from bot.model.world import World
from flows.language.check.contents import label_path
from flows.language.check.places import longest, problem
from flows.language.document import FlowDocument
from flows.language.model import Ask, Flow, Refer, Say
from flows.language.positions import Path
from flows.language.template import Text

_BUILT_IN: Final = "…"
"""Stands for labels of our own, which are short on purpose."""
_YES_NO: Final = (Option("yes", "Yes"), Option("no", "No"))


class Said(NamedTuple):
    """What a step says in one language: the text's place, and the message."""

    step: str
    path: Path
    language: str
    message: Outbound


def rule(
    document: FlowDocument, _flows: Mapping[str, FlowDocument], world: World
) -> Iterator[Problem]:
    """Find texts and labels that an enabled channel would split, cut or not show."""
    if document.flow is None:
        return
    for said in _all_said(document.flow):
        for limits in world.limits.values():
            for loss in fit(said.message, limits).losses:
                yield from _problem(document, said, loss, limits)


def _all_said(flow: Flow) -> Iterator[Said]:
    for name, step in flow.steps.items():
        if not isinstance(step, Say | Ask | Refer):
            continue
        verb = "ask" if isinstance(step, Ask) else "say"
        text: Text = getattr(step, verb)
        for language in flow.languages:
            shown = _shown(step, flow, language) if isinstance(step, Ask) else None
            message = Outbound(text=_words(text, flow, language), shown=shown)
            yield Said(name, ("steps", name, verb), language, message)


def _words(text: Text, flow: Flow, language: str) -> str:
    """Return words with every name at its fallback."""
    return text.render(language, flow.languages, {})


def _shown(step: Ask, flow: Flow, language: str) -> Shown:
    low, high = SCALES.get(step.answer, (step.min, step.max))
    scale = step.answer in SCALES or step.answer == "rating"
    options = tuple(
        Option(key, _words(option.label, flow, language))
        for key, option in step.options.items()
    )
    return Shown(
        step="",
        kind=step.answer,
        options=_YES_NO if step.answer in {"yes_no", "consent"} else options,
        minimum=int(low) if scale and low is not None else None,
        maximum=int(high) if scale and high is not None else None,
        low=_words(step.low, flow, language) if step.low else None,
        high=_words(step.high, flow, language) if step.high else None,
        skip=_BUILT_IN if step.optional else None,
        done=_BUILT_IN,
        choose=_BUILT_IN,
    )


_CODES: Final[Mapping[Code, str]] = {
    "cut": "cut-label",
    "dropped": "lost-option",
    "equal-after-cut": "lost-option",
    "split": "long-text",
}


def _problem(
    document: FlowDocument, said: Said, loss: Loss, limits: Limits
) -> Iterator[Problem]:
    code = _CODES.get(loss.code)
    if code is None or (code == "cut-label" and loss.option is None):
        return
    place = document.positions.value(_place(document, said, loss))
    yield problem(document, place, code, _message(loss, limits))


def _place(document: FlowDocument, said: Said, loss: Loss) -> Path:
    path = said.path
    if loss.option is not None:
        path = label_path(document, said.step, loss.option)
    elif loss.code == "dropped":
        return ("steps", said.step, "answer")
    return longest(document.positions, (*path, said.language), path)


def _message(loss: Loss, limits: Limits) -> str:
    if loss.code == "cut":
        return f"{limits.service} would cut this label to '{loss.after}'"
    if limits.service in loss.message:
        return loss.message
    return f"on {limits.service}, {loss.message}"
