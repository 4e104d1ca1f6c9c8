"""The way on after a correction: what stands is passed by in silence, not repeated.

An answer to an earlier question leads along steps that were visited before. Questions
answered and waits that ended behind it stay as they are. Where the way comes back to
the very place the contact stood at, what lies between was said and caused already;
where it turns off, all of it is new, and takes the place of what was caused before.
"""

from bot.engine.talk import Talk
from bot.model.event import AnswerKept, MessageCreated


def may_pass(talk: Talk) -> bool:
    """Say whether the place we stand at lies between the corrected one and ours.

    Each is passed once a sprint: a loop that comes back to it stops there.
    """
    if talk.correcting is None:
        return False
    place = talk.place
    return place != talk.came_from and place in talk.ahead and place not in talk.passed


def pass_by(talk: Talk) -> None:
    """Pass a place that stands: no words lead up to it, and it stays in the trail."""
    talk.events = [e for e in talk.events if not isinstance(e, MessageCreated)]
    talk.passed[talk.place] = len(talk.events)
    talk.trail = (*talk.trail, talk.place)
    talk.cause = talk.key
    talk.tell(AnswerKept(key=talk.key))


def arrive(talk: Talk) -> bool:
    """Leave out what was said and caused before, where we stand again as we stood.

    Return whether we do.
    """
    came_from = talk.came_from
    if came_from is None or came_from.split(">")[
        : len(talk.frames)
    ] != talk.place.split(">"):
        return False
    if talk.passed:
        del talk.events[min(talk.passed.values()) :]
    return True
