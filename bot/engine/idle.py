"""Words where no talk is open, in the order in which they are taken.

1. A stop; after a stop, any word is the way back.
2. An answer to a talk that expired no longer than a week ago, which goes on.
3. Start, help, human, back, language, "what do you know about me".
4. Keywords and commands of flows.
5. Within 24 hours after a talk: its afterword.
6. The flow that takes anything.
7. One built-in sentence a day.
"""

from datetime import timedelta
from typing import Final

from bot.engine import begin, in_talk, questions, requests, stopping, taps
from bot.engine.heard import Begun, Facts, Gave, Said, Sprint, Tapped
from bot.engine.script import Shelf
from bot.engine.talk import Talk
from bot.engine.voice import Between, listens
from bot.engine.wake import REOPENS_FOR
from bot.model.answer import Accepted
from bot.model.event import (
    AfterwordKept,
    Event,
    IdleTold,
    SessionReopened,
    WordsUnheard,
)
from bot.model.session import Session
from bot.understanding import sentence

AFTERWORD_FOR: Final = timedelta(hours=24)


def hear(
    shelf: Shelf, session: Session | None, heard: Said | Tapped | Gave, facts: Facts
) -> Sprint:
    """Take what was heard while no talk is open; one may begin, or open again."""
    between = Between(shelf, facts, _language(session, facts))
    text = "" if isinstance(heard, Tapped) else heard.text or ""
    languages = listens(between)
    if text and stopping.hear_stop(between, text, languages, lambda: False):
        return Sprint(session, tuple(between.events))
    if facts.contact.stopped and stopping.restart(between, text, languages):
        return Sprint(session, tuple(between.events))
    sprint = _reopened(shelf, session, heard, facts) or _hear(between, session, heard)
    told = (*between.events, *sprint.events) if sprint.events else tuple(between.events)
    return Sprint(sprint.session, told, sprint.trod)


def _language(session: Session | None, facts: Facts) -> str:
    known = facts.contact.language or (session.language if session else None)
    return known or facts.told_language or facts.world.languages[0]


# ── 2. an expired talk ───────────────────────────────────────────────────────────


def _reopened(
    shelf: Shelf, session: Session | None, heard: Said | Tapped | Gave, facts: Facts
) -> Sprint | None:
    """Go on with an expired talk if this answers the question it ended with."""
    if session is None or session.status != "expired" or session.ended_at is None:
        return None
    if facts.now - session.ended_at > REOPENS_FOR:
        return None
    talk = Talk(shelf, session, facts)
    talk.status, talk.waits, talk.ended_at = "active", "answer", None
    step = questions.waiting(talk)
    if step is None or not _answers(talk, heard):
        return None
    talk.asked_at = facts.now
    talk.tell(SessionReopened(flow=session.flow))
    in_talk.hear(talk, heard)
    return talk.freeze()


def _answers(talk: Talk, heard: Said | Tapped | Gave) -> bool:
    step = questions.waiting(talk)
    if step is None:
        return False
    if isinstance(heard, Tapped):
        mine = heard.session == talk.session.id and taps.is_here(talk, heard)
        return mine and taps.names_answer(talk, heard)
    if isinstance(heard, Gave):
        return step.answer in {heard.media.kind, "text"}
    if step.answer == "text" and _is_asked(talk, heard.text):
        return False
    languages = (talk.language, *talk.script.flow.languages)
    return any(
        isinstance(in_talk.understood_as(talk, heard.text, language), Accepted)
        for language in dict.fromkeys(languages)
    )


def _is_asked(talk: Talk, text: str) -> bool:
    """Say whether words are a request or a keyword rather than an answer."""
    between = Between(talk.shelf, talk.facts, talk.language)
    asked = requests.hear_request(between, text, listens(between))
    return asked is not None or begin.asked_for(talk.shelf, text) is not None


# ── 3. to 7. ─────────────────────────────────────────────────────────────────────


def _hear(
    between: Between, session: Session | None, heard: Said | Tapped | Gave
) -> Sprint:
    if isinstance(heard, Tapped):
        # Who taps and has no talk was forgotten meanwhile, and is asked again.
        return Sprint(session, ()) if session else _start(between, session)
    text = heard.text or ""
    kept = in_talk.written(heard) if isinstance(heard, Gave) else text
    request = requests.hear_request(between, text, listens(between)) if text else None
    if request == "start":
        return _start(between, session)
    if request == "back":
        between.say(sentence("nothing_back", between.language))
    if request == "chosen":
        between.say(sentence("language_set", between.language))
    if request is not None:
        return Sprint(session, ())
    asked = begin.asked_for(between.shelf, text)
    if asked is not None:
        begun = Begun(flow=asked[0], trigger=asked[2], prompted=True)
        talk = begin.begin(
            between.shelf, between.facts, begun, keyword_language=asked[1]
        )
        return talk.freeze()
    return _unheard(between, session, kept)


def _start(between: Between, session: Session | None) -> Sprint:
    flow = between.facts.start_flow or between.shelf.anything
    if flow is None or flow not in between.shelf.current:
        between.say(requests.help_text(between))
        return Sprint(session, ())
    begun = Begun(flow=flow, trigger="start", prompted=True)
    return begin.begin(between.shelf, between.facts, begun).freeze()


def _unheard(between: Between, session: Session | None, text: str) -> Sprint:
    facts = between.facts
    if session and session.ended_at and facts.now - session.ended_at <= AFTERWORD_FOR:
        return Sprint(session, (AfterwordKept(text=text),))
    if between.shelf.anything is not None:
        begun = Begun(flow=between.shelf.anything, trigger="anything", prompted=True)
        return begin.begin(between.shelf, facts, begun).freeze()
    told: list[Event] = [WordsUnheard(text=text)]
    day = facts.today.isoformat()
    if facts.contact.idle_told != day:
        between.say(sentence("nobody_waits", between.language, brand=facts.world.brand))
        told.append(IdleTold(day=day))
    return Sprint(session, tuple(told))
