"""What time does to a talk: waits end, reminders go out, talks expire."""

from datetime import datetime, timedelta
from typing import Final

from bot.engine import questions
from bot.engine.route import way_on
from bot.engine.script import Shelf
from bot.engine.talk import Talk
from bot.engine.walk import go, walk
from bot.model.session import Session
from bot.understanding import sentence
from flows.language.model import Wait

REOPENS_FOR: Final = timedelta(days=7)
"""How long after its end an expired talk still takes its answer."""


def next_wake(shelf: Shelf, session: Session) -> datetime | None:
    """Return when time must wake this talk next, None where only words can."""
    if session.status != "active":
        return None
    if session.waits == "time":
        return session.wait_until
    if session.waits != "answer" or session.asked_at is None:
        return None
    flow = shelf.by_hash[session.pins[session.flow]].flow
    span = flow.expire_after
    if session.reminded < len(flow.remind_after):
        span = min(span, flow.remind_after[session.reminded])
    return session.asked_at + span


def wake(talk: Talk) -> bool:
    """Do what is due by now, and say whether anything was."""
    due = next_wake(talk.shelf, talk.session)
    if due is None or due > talk.facts.now:
        return False
    talk.prompted = False
    if talk.waits == "time":
        _wait_over(talk)
    elif talk.asked_at and talk.facts.now >= talk.asked_at + _expiry(talk):
        talk.end("expired")
    else:
        _remind(talk)
    return True


def _expiry(talk: Talk) -> timedelta:
    return talk.outermost.flow.expire_after


def _wait_over(talk: Talk) -> None:
    step = talk.script.steps[talk.here.step]
    talk.waits = "nothing"
    talk.wait_until = None
    if talk.place not in talk.trail:
        talk.trail = (*talk.trail, talk.place)
    onward = way_on(talk, step.go if isinstance(step, Wait) else None)
    if go(talk, onward):
        walk(talk)


def _remind(talk: Talk) -> None:
    """Send one reminder, however many came due while nobody looked."""
    step = questions.waiting(talk)
    flow = talk.outermost.flow
    if step is None or talk.asked_at is None:
        return
    passed = talk.facts.now - talk.asked_at
    due = sum(span <= passed for span in flow.remind_after)
    talk.reminded = max(talk.reminded + 1, due)
    words = (
        flow.reminder.render(talk.language, flow.languages, talk.words)
        if flow.reminder
        else sentence("reminder", talk.language)
    )
    questions.put_again(talk, step, words, "reminder")
