"""How a question is put, put again, and asked about when the answer was unclear."""

from typing import Final

from bot.engine.script import Script, plain
from bot.engine.talk import Talk
from bot.model.answer import SCALES, Option, Value
from bot.model.message import Role, Shown
from bot.understanding import ask_again, sentence, takes_places, written_value
from flows.language.model import Ask
from flows.language.template import Text

MISSES: Final = 2
"""After so many answers that were unclear, we offer to skip or to reach a human."""


def waiting(talk: Talk) -> Ask | None:
    """Return the question that waits for an answer, None where none does."""
    if talk.waits != "answer":
        return None
    step = talk.script.steps[talk.here.step]
    return step if isinstance(step, Ask) else None


def put(talk: Talk, step: Ask, role: Role | None = None) -> None:
    """Ask, and wait: reminders and expiry count from now.

    The first question of a talk opens it; `role` tells a question that was put before.
    """
    role = role or ("opens" if talk.asked_at is None else "asks")
    talk.waits = "answer"
    talk.offer = None
    talk.pressed = ()
    talk.misses = 0
    talk.reminded = 0
    talk.asked_at = talk.facts.now
    talk.say(talk.render(step.ask), shown(talk, step), role)


def put_again(
    talk: Talk, step: Ask, before: str | None = None, role: Role = "again"
) -> None:
    """Ask once more, in one message with the sentence that goes before."""
    talk.pressed = ()
    question = talk.render(step.ask)
    text = f"{before}\n\n{question}" if before else question
    talk.say(text, shown(talk, step), role)


def shown(talk: Talk, step: Ask) -> Shown:
    """Return what a channel needs to offer the answers of a question."""
    script = talk.script
    key = (talk.key, talk.language)
    known = script.shown.get(key)
    if known is None:
        known = script.shown[key] = _shown(script, step, talk.here.step, *key)
    return known


def _shown(script: Script, step: Ask, name: str, key: str, language: str) -> Shown:
    asked = script.asked(name, language)
    low, high = ends(step, script, language)
    scale = step.answer in SCALES or step.answer == "rating"
    return Shown(
        step=key,
        kind=step.answer,
        options=_yes_no(language) if step.answer in _YES_NO else asked.options,
        minimum=int(asked.minimum) if scale and asked.minimum is not None else None,
        maximum=int(asked.maximum) if scale and asked.maximum is not None else None,
        low=low,
        high=high,
        skip=sentence("skip", language) if step.optional else None,
        done=sentence("done", language) if step.answer in _GATHERED else None,
        choose=sentence("choose", language) if scale or step.options else None,
        share=sentence(f"share_{step.answer}", language)
        if step.answer in _SHARED
        else None,
        numbered=takes_places(asked.options, language),
    )


_YES_NO: Final = frozenset({"yes_no", "consent"})
_SHARED: Final = frozenset({"phone", "location"})
_GATHERED: Final = frozenset({"choices", "date"})


def _yes_no(language: str) -> tuple[Option, ...]:
    return tuple(Option(key, sentence(key, language)) for key in ("yes", "no"))


def ends(step: Ask, script: Script, language: str) -> tuple[str | None, str | None]:
    """Return the words for the lowest and the highest value of a scale."""
    return (
        _end("low", step.low, step, script, language),
        _end("high", step.high, step, script, language),
    )


def _end(
    which: str, own: Text | None, step: Ask, script: Script, language: str
) -> str | None:
    if own is not None:
        return plain(own, language, script.flow.languages)
    if step.answer not in SCALES:
        return None
    return sentence(f"{which}_{step.answer}", language)


def offer(talk: Talk, step: Ask, value: Value) -> None:
    """Ask whether a near guess was meant, in one message with the question."""
    asked = talk.script.asked(talk.here.step, talk.language)
    meant = written_value(asked, value, talk.language)
    put_again(talk, step, sentence("did_you_mean", talk.language, value=meant))


def what_would_do(talk: Talk, step: Ask) -> str:
    """Return the sentence that says which answers would be understood."""
    asked = talk.script.asked(talk.here.step, talk.language)
    low, high = ends(step, talk.script, talk.language)
    again = ask_again(asked, talk.language, low=low, high=high)
    if talk.misses < MISSES:
        return again
    hint = {"skip": "offer_skip", "human": "offer_human"}.get(step.after_two_misses)
    return f"{again} {sentence(hint, talk.language)}" if hint else again
