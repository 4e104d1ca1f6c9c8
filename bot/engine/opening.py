"""Opening a chat: a flow begins, unless a talk through it is there to be read already.

A reload, a second window or a look at an old talk begins nothing. Who comes back long
after a talk begins anew, and so does who asks to start it again after its end. A talk
that is open elsewhere goes on here, with its waiting question asked once more.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.engine import requests
from bot.engine.heard import Begun, Facts, Opened, Sprint
from bot.engine.script import Shelf
from bot.engine.voice import Between
from bot.engine.wake import REOPENS_FOR
from bot.model.contact import Address
from bot.model.session import Session

COMES_BACK_AFTER: Final = timedelta(days=1)
"""How long after its end a talk is still the one that an opened chat shows."""


def begins(  # noqa: PLR0913 - all that the rule looks at
    shelf: Shelf,
    session: Session | None,
    opened: Opened,
    *,
    now: datetime,
    address: Address,
    start_flow: str | None,
    stopped: bool,
) -> Begun | None:
    """Return what opening the chat begins, None where it begins nothing."""
    last = session.flow if session is not None and opened.again else None
    flow = opened.flow or last or start_flow or shelf.anything
    if flow is None or flow not in shelf.current:
        return None
    elsewhere = session is not None and session.address != address
    if session is not None and session.status == "active":
        if not elsewhere and (opened.again or _ran(session, flow)):
            return None
    elif session is not None and not (opened.again or _over(session, flow, now)):
        return None
    if stopped and not opened.again:
        return None
    return Begun(flow=flow, trigger="opened", prompted=True)


def _over(session: Session, flow: str, now: datetime) -> bool:
    """Say whether a talk that ended is no longer the one that an opened chat shows."""
    kept_for = REOPENS_FOR if session.status == "expired" else COMES_BACK_AFTER
    long_ago = session.ended_at is None or now - session.ended_at > kept_for
    return long_ago or not _ran(session, flow)


def _ran(session: Session, flow: str) -> bool:
    """Say whether a flow is this talk's, or was run inside it."""
    return flow in {frame.flow for frame in session.frames} or any(
        key.startswith(f"{flow}.") for key in session.answers
    )


def open_chat(
    shelf: Shelf, session: Session | None, opened: Opened, facts: Facts
) -> Begun | Sprint:
    """Return what begins; else a sprint that says, to a newcomer, what one can say."""
    begun = begins(
        shelf,
        session,
        opened,
        now=facts.now,
        address=facts.address,
        start_flow=facts.start_flow,
        stopped=facts.contact.stopped,
    )
    if begun is not None:
        return begun
    flow = opened.flow or facts.start_flow or shelf.anything
    if session is not None or flow in shelf.current:
        return Sprint(session, ())
    language = facts.contact.language or facts.told_language
    between = Between(shelf, facts, language or facts.world.languages[0])
    between.say(requests.help_text(between))
    return Sprint(None, tuple(between.events))
