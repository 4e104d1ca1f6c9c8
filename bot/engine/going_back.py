"""Going back to an earlier question, and correcting its answer."""

from bot.engine import questions
from bot.engine.talk import Talk
from bot.engine.walk import answer
from bot.model.answer import Accepted, Value
from bot.model.event import WentBack
from bot.understanding import sentence
from flows.language.model import Ask


def back(talk: Talk) -> None:
    """Put the question before the waiting one again; say so where there is none."""
    place = _before(talk)
    if place is None:
        say_nothing_back(talk)
        return
    step = _return(talk, place)
    talk.tell(WentBack(key=talk.key))
    questions.put(talk, step, "again")


def correct(talk: Talk, place: str, value: Value, text: str) -> None:
    """Answer an earlier question anew, and go on from there."""
    step = _return(talk, place)
    answer(talk, step, Accepted(value), text)


def place_of(talk: Talk, key: str) -> str | None:
    """Return where in the trail the question with this key was answered."""
    return next((p for p in talk.trail if _key(p) == key), None)


def say_nothing_back(talk: Talk) -> None:
    """Say that there is no earlier question, and put the waiting one again."""
    nothing = sentence("nothing_back", talk.language)
    step = questions.waiting(talk)
    if step is None:
        talk.say(nothing)
    else:
        questions.put_again(talk, step, nothing)


def _key(place: str) -> str:
    return place.rpartition(">")[2]


def _before(talk: Talk) -> str | None:
    """Return the question before the place we stand at; waits are none."""
    trail = talk.trail
    if talk.place in trail:
        trail = trail[: trail.index(talk.place)]
    asked = (place for place in reversed(trail) if _key(place) in talk.answers)
    return next(asked, None)


def _return(talk: Talk, place: str) -> Ask:
    talk.came_from = talk.came_from or talk.place
    talk.go_to(place)
    talk.correcting = talk.key
    if place in talk.trail:
        behind = talk.trail.index(place) + 1
        talk.ahead = (*talk.trail[behind:], *talk.ahead)
        talk.trail = talk.trail[:behind]
    step = talk.script.steps[talk.here.step]
    if not isinstance(step, Ask):
        raise TypeError(place)
    return step
