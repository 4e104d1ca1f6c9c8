"""The engine's door: push a talk with what was heard, and get what came of it."""

from typing import assert_never

from bot.engine import begin, idle, in_talk, opening, questions
from bot.engine.heard import (
    Begun,
    Facts,
    Gave,
    Heard,
    Opened,
    PressesLost,
    Said,
    Sprint,
    Tapped,
    TimePassed,
)
from bot.engine.script import Shelf
from bot.engine.talk import Talk
from bot.engine.wake import wake
from bot.model.session import Session


def start(shelf: Shelf, begun: Begun, facts: Facts) -> Sprint:
    """Begin a talk through the flow's current revision, up to its first wait."""
    return begin.begin(shelf, facts, begun).freeze()


def resume(shelf: Shelf, session: Session | None, heard: Heard, facts: Facts) -> Sprint:
    """Push a contact's newest talk until it waits again or ends.

    Where there is none, or it is over, what was heard may begin one. Nothing is sent,
    saved or timed; the sprint's session is None where no talk was touched.
    """
    is_open = session is not None and session.status == "active"
    talk = Talk(shelf, session, facts) if session and is_open else None
    match heard:
        case Said() | Tapped() | Gave():
            if talk is None:
                return idle.hear(shelf, session, heard, facts)
            in_talk.hear(talk, heard)
            return talk.freeze()
        case Begun():
            return _begun(shelf, talk, heard, facts)
        case Opened():
            found = opening.open_chat(shelf, session, heard, facts)
            if isinstance(found, Sprint):
                return found
            return _begun(shelf, talk, found, facts)
        case TimePassed() | PressesLost():
            return _nudged(talk, session, heard)
        case _:
            assert_never(heard)


def _begun(shelf: Shelf, talk: Talk | None, begun: Begun, facts: Facts) -> Sprint:
    """Begin a flow; who said stop is asked nothing that they did not ask for."""
    if facts.contact.stopped and not begun.prompted:
        return Sprint(talk.session if talk else None, ())
    if talk is None:
        return start(shelf, begun, facts)
    talk.prompted = begun.prompted
    begin.begin_inside(talk, begun.flow)
    return talk.freeze()


def _nudged(
    talk: Talk | None, session: Session | None, heard: TimePassed | PressesLost
) -> Sprint:
    """Do what is due, or put the waiting question again; nobody said anything."""
    if talk is None:
        return Sprint(session, ())
    did = wake(talk) if isinstance(heard, TimePassed) else _ask_again(talk)
    return talk.freeze() if did else Sprint(session, ())


def _ask_again(talk: Talk) -> bool:
    step = questions.waiting(talk)
    if step is None:
        return False
    talk.prompted = False
    questions.put_again(talk, step)
    return True
