"""Presses on what messages offered: answers, corrections, or too late to count."""

from typing import Final

from bot.engine import begin, going_back, questions
from bot.engine.heard import Tapped
from bot.engine.talk import Talk
from bot.engine.walk import answer
from bot.model.answer import SCORED, Accepted, Asked, Value
from flows.language.model import Ask


def tap(talk: Talk, tapped: Tapped) -> None:
    """Take a press: an answer, a correction, or too late to mean anything."""
    step = questions.waiting(talk)
    if tapped.session != talk.session.id:
        begin.repeat(talk)
    elif step is not None and tapped.step == talk.key:
        _tap_waiting(talk, step, tapped)
    else:
        _tap_earlier(talk, tapped)


def _tap_waiting(talk: Talk, step: Ask, tapped: Tapped) -> None:
    value = tapped_value(talk, tapped.options)
    if value is _NOTHING:
        begin.repeat(talk)
        return
    answer(talk, step, Accepted(value), ", ".join(tapped.options))


def _tap_earlier(talk: Talk, tapped: Tapped) -> None:
    """Correct the answer to an earlier question, where the press says another."""
    place = going_back.place_of(talk, tapped.step)
    if place is None:
        begin.repeat(talk)
        return
    frames = talk.frames
    talk.go_to(place)
    step = talk.script.steps[talk.here.step]
    value = tapped_value(talk, tapped.options) if isinstance(step, Ask) else _NOTHING
    talk.stand(frames)
    if value is _NOTHING or value == talk.answers.get(tapped.step):
        return
    going_back.correct(talk, place, value, ", ".join(tapped.options))


_NOTHING: Final[Value] = "\0nothing"
"""What a press stands for that names no answer of its question."""


def names_answer(talk: Talk, options: tuple[str, ...]) -> bool:
    """Say whether pressed options are an answer to the question we stand at."""
    return tapped_value(talk, options) is not _NOTHING


def tapped_value(talk: Talk, options: tuple[str, ...]) -> Value:
    """Return the value that pressed options stand for; a press may be forged."""
    asked = talk.script.asked(talk.here.step, talk.language)
    if not options:
        return None if asked.optional else _NOTHING
    if asked.kind in {"yes_no", "consent"}:
        return options[0] == "yes" if options[0] in {"yes", "no"} else _NOTHING
    if asked.kind in {"choice", "choices"}:
        known = tuple([o.key for o in asked.options if o.key in options])
        if len(known) != len(set(options)):
            return _NOTHING
        if asked.kind == "choices":
            return known
        return known[0] if len(known) == 1 else _NOTHING
    return _number(asked, options[0])


def _number(asked: Asked, option: str) -> Value:
    low, high = asked.minimum, asked.maximum
    if asked.kind not in SCORED or low is None or high is None:
        return _NOTHING
    if not option.isascii() or not option.isdigit() or len(option) > len(str(high)):
        return _NOTHING
    return int(option) if low <= int(option) <= high else _NOTHING
