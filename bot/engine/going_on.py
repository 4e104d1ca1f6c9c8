"""The way on after a correction: what stands is passed by in silence, not repeated.

An answer to an earlier question leads along steps that were visited before. Questions
answered already keep their answers. Where the way comes back to the very place the
contact stood at, what lies between was said and caused already; where it turns off,
all of it is new.
"""

from bot.engine.talk import Talk
from bot.model.event import MessageCreated


def may_pass(talk: Talk) -> bool:
    """Say whether the question we stand at keeps the answer it has.

    Each is passed once a sprint: a loop that comes back to it asks again.
    """
    if talk.correcting is None or talk.key == talk.correcting:
        return False
    return talk.key in talk.answers and talk.key not in talk.passed


def pass_by(talk: Talk) -> None:
    """Pass an answered question: no words lead up to it, and it stays in the trail."""
    talk.events = [e for e in talk.events if not isinstance(e, MessageCreated)]
    talk.passed[talk.key] = len(talk.events)
    talk.cause = talk.key
    if talk.place not in talk.trail:
        talk.trail = (*talk.trail, talk.place)


def arrive(talk: Talk) -> bool:
    """Leave out what was said and caused before, where we stand again as we stood.

    Return whether we do.
    """
    back = talk.came_from is not None and talk.place == talk.came_from
    if back and talk.passed:
        del talk.events[max(talk.passed.values()) :]
    return back
