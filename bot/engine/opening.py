"""Opening a chat: a flow begins, unless a talk through it is there to be read already.

A reload, a second window or a look at an old talk begins nothing. Who comes back long
after a talk begins anew, and so does who asks to start it again after its end. A talk
that is open on another channel goes on here, its waiting question asked once more.
"""

from datetime import timedelta
from typing import Final

from bot.engine import requests
from bot.engine.heard import Begun, Facts, Opened, Sprint
from bot.engine.script import Shelf
from bot.engine.voice import Between
from bot.engine.wake import REOPENS_FOR
from bot.model.session import Session

COMES_BACK_AFTER: Final = timedelta(days=1)
"""How long after its end a talk is still the one that an opened chat shows."""


def flow_of(
    shelf: Shelf, opened: Opened, start_flow: str | None, session: Session | None = None
) -> str | None:
    """Return the flow that opening the chat is about, None where it is about none."""
    last = session.flow if session is not None and opened.again else None
    flow = opened.flow or last or start_flow or shelf.anything
    return flow if flow in shelf.current else None


def begins(
    shelf: Shelf, session: Session | None, opened: Opened, facts: Facts
) -> Begun | None:
    """Return what opening the chat begins, None where it begins nothing."""
    flow = flow_of(shelf, opened, facts.start_flow, session)
    if flow is None:
        return None
    if session is not None and not _leaves_room(session, flow, opened, facts):
        return None
    if facts.contact.stopped and not opened.again:
        return None
    return Begun(flow=flow, trigger="opened", prompted=True)


def _leaves_room(session: Session, flow: str, opened: Opened, facts: Facts) -> bool:
    """Say whether a flow may begin, or be asked once more, beside the newest talk."""
    if session.status == "active":
        elsewhere = session.address.channel != facts.address.channel
        return elsewhere or not (opened.again or _ran(session, flow))
    kept_for = REOPENS_FOR if session.status == "expired" else COMES_BACK_AFTER
    long_ago = session.ended_at is None or facts.now - session.ended_at > kept_for
    return opened.again or long_ago or not _ran(session, flow)


def _ran(session: Session, flow: str) -> bool:
    """Say whether a flow is this talk's, or was run inside it."""
    return flow in {frame.flow for frame in session.frames} or any(
        key.startswith(f"{flow}.") for key in session.answers
    )


def open_chat(
    shelf: Shelf, session: Session | None, opened: Opened, facts: Facts
) -> Begun | Sprint:
    """Return what begins; else a sprint that says, to a newcomer, what one can say."""
    begun = begins(shelf, session, opened, facts)
    if begun is not None:
        return begun
    if session is not None or flow_of(shelf, opened, facts.start_flow):
        return Sprint(session, ())
    language = facts.contact.language or facts.told_language
    between = Between(shelf, facts, language or facts.world.languages[0])
    between.say(requests.help_text(between))
    return Sprint(None, tuple(between.events))
