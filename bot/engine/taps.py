"""Presses on what messages offered: answers, corrections, or too late to count."""

from typing import Final

from bot.engine import begin, going_back, questions
from bot.engine.heard import Tapped
from bot.engine.talk import Talk
from bot.engine.walk import answer
from bot.model.answer import SCORED, Accepted, Asked, Value
from bot.model.tags import untag
from flows.language.model import Ask


def tap(talk: Talk, tapped: Tapped) -> None:
    """Take a press: an answer, a correction, or too late to mean anything."""
    step = questions.waiting(talk)
    if tapped.session != talk.session.id:
        begin.repeat(talk)
    elif step is not None and is_here(talk, tapped):
        _tap_waiting(talk, step, tapped)
    elif tapped.press == "answer":
        _tap_earlier(talk, tapped)


def is_here(talk: Talk, tapped: Tapped) -> bool:
    """Say whether a press is on the question that we stand at."""
    return untag(tapped.step, [talk.key]) == talk.key


def _tap_waiting(talk: Talk, step: Ask, tapped: Tapped) -> None:
    if tapped.press in {"on", "off"}:
        _turn(talk, tapped)
        return
    options = talk.pressed if tapped.press == "done" else named(talk, tapped)
    value = _NOTHING
    if options or tapped.press == "answer":
        value = tapped_value(talk, options)
    if value is _NOTHING:
        begin.repeat(talk)
        return
    answer(talk, step, Accepted(value), ", ".join(options))


def _turn(talk: Talk, tapped: Tapped) -> None:
    """Turn an option on or off; a press that comes twice changes nothing more."""
    value = tapped_value(talk, named(talk, tapped))
    if not isinstance(value, tuple):
        return
    kept = (
        {*talk.pressed, *value} if tapped.press == "on" else {*talk.pressed} - {*value}
    )
    options = talk.script.asked(talk.here.step, talk.language).options
    talk.pressed = tuple(o.key for o in options if o.key in kept)


def _tap_earlier(talk: Talk, tapped: Tapped) -> None:
    """Correct the answer to an earlier question, where the press says another."""
    key = untag(tapped.step, talk.answers)
    place = going_back.place_of(talk, key)
    if place is None:
        begin.repeat(talk)
        return
    frames = talk.frames
    talk.go_to(place)
    step = talk.script.steps[talk.here.step]
    options = named(talk, tapped) if isinstance(step, Ask) else ()
    value = tapped_value(talk, options) if isinstance(step, Ask) else _NOTHING
    talk.stand(frames)
    if value is _NOTHING or value == talk.answers.get(key):
        return
    going_back.correct(talk, place, value, ", ".join(options))


_NOTHING: Final[Value] = "\0nothing"
"""What a press stands for that names no answer of its question."""


def names_answer(talk: Talk, tapped: Tapped) -> bool:
    """Say whether a press is an answer to the question we stand at, or part of one."""
    if tapped.press == "done":
        return bool(talk.pressed)
    return tapped_value(talk, named(talk, tapped)) is not _NOTHING


def named(talk: Talk, tapped: Tapped) -> tuple[str, ...]:
    """Return the pressed options by name, where tags stand for them."""
    options = talk.script.asked(talk.here.step, talk.language).options
    return tuple([untag(each, (o.key for o in options)) for each in tapped.options])


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
