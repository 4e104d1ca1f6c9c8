"""Words in mid-talk, in the order in which they are taken.

1. A stop.
2. (The human on an open case, where one has taken it.)
3. The waiting question, when it accepts outright.
4. Start, help, human, back, language, "what do you know about me".
5. Keywords and commands of flows.
6. Ask again, or "did you mean …?".

For a `text` question, which would accept anything, the fourth goes before the third.
"""

from typing import Final

from bot.engine import begin, going_back, questions, requests, stopping, taps
from bot.engine.heard import Gave, Said, Tapped
from bot.engine.talk import Talk
from bot.engine.voice import listens
from bot.engine.walk import answer
from bot.model.answer import Accepted, Asked, Confirm, Understood
from bot.model.event import (
    AfterwordKept,
    AnswerRejected,
    CommentKept,
    LanguageChosen,
    StopDoubted,
)
from bot.model.session import Offer
from bot.understanding import sentence, understand
from flows.language.model import Ask

_YES_NO = Asked(kind="yes_no")


def hear(talk: Talk, heard: Said | Tapped | Gave) -> None:
    """Take what was heard to whatever waits for it."""
    if isinstance(heard, Said):
        words(talk, heard.text)
        return
    if talk.facts.contact.doubting:
        talk.tell(StopDoubted(open=False))
    if isinstance(heard, Tapped):
        taps.tap(talk, heard)
    else:
        media(talk, heard)


def words(talk: Talk, text: str) -> None:
    """Take typed words, in the order that this module opens with."""
    step = questions.waiting(talk)
    if _stops(talk, step, text):
        return
    if step is None:
        _hear_while_time_passes(talk, text)
    else:
        order = _ORDER_OF_TEXT if step.answer == "text" else _ORDER
        for take in order:
            if take(talk, step, text):
                return


def _stops(talk: Talk, step: Ask | None, text: str) -> bool:
    """Heed a stop, or talk of one: end the talk, or put the question again."""
    languages = listens(talk, talk.script.flow.languages)
    heeded = stopping.hear_stop(
        talk, text, languages, lambda: step is not None and _is_label(talk, step, text)
    )
    if heeded == "stopped":
        talk.end("stopped")
    elif heeded == "going_on":
        begin.repeat(talk)
    return heeded is not None


def written(gave: Gave) -> str:
    """Return how something that is not words is kept among words."""
    return f"{gave.media.kind}:{gave.media.reference}"


def _hear_while_time_passes(talk: Talk, text: str) -> None:
    if not (_request(talk, None, text) or _flow(talk, None, text)):
        talk.tell(AfterwordKept(text=text))


# ── 3. the waiting question ──────────────────────────────────────────────────────


def _answer(talk: Talk, step: Ask, text: str) -> bool:
    """Take the words as the answer, where they are one outright."""
    offered = _offered(talk, text)
    if offered is not None:
        answer(talk, step, offered, text)
        return True
    understood = understood_as(talk, text, talk.language)
    if not isinstance(understood, Accepted):
        understood = _in_another_language(talk, text) or understood
    if isinstance(understood, Accepted):
        answer(talk, step, understood, text)
        return True
    return False


def _offered(talk: Talk, text: str) -> Accepted | None:
    """Return the value that a *yes* to "did you mean …?" accepts."""
    if talk.offer is None:
        return None
    answer = understand(_YES_NO, text, talk.language, today=talk.facts.today)
    if isinstance(answer, Accepted) and answer.value is True:
        return Accepted(talk.offer.value, talk.offer.comment)
    return None


def understood_as(talk: Talk, text: str, language: str) -> Understood:
    """Return what the words say as an answer to the step, in one language."""
    asked = talk.script.asked(talk.here.step, language)
    facts = talk.facts
    return understand(asked, text, language, today=facts.today, region=facts.region)


def _in_another_language(talk: Talk, text: str) -> Accepted | None:
    """Take what is clear in another language, and talk on in it if it is the only one.

    Where several languages understand the words, they have to agree: "nove" is nine in
    Portuguese and in Italian, and tells neither from the other.
    """
    found: list[tuple[str, Accepted]] = []
    for language in talk.script.flow.languages:
        if language != talk.language:
            understood = understood_as(talk, text, language)
            if isinstance(understood, Accepted):
                found.append((language, understood))
    if len({accepted.value for _, accepted in found}) != 1:
        return None
    language, accepted = found[0]
    if len(found) > 1:
        return accepted
    talk.language = language
    if talk.facts.contact.language is None:
        talk.tell(LanguageChosen(language=language))
    return accepted


def _is_label(talk: Talk, step: Ask, text: str) -> bool:
    if step.answer == "text":
        return False
    return isinstance(understood_as(talk, text, talk.language), Accepted)


# ── 4. and 5. requests, keywords ─────────────────────────────────────────────────


def _request(talk: Talk, _: Ask | None, text: str) -> bool:
    """Answer what was asked of the bot itself."""
    languages = listens(talk, talk.script.flow.languages)
    before = talk.language
    request = requests.hear_request(
        talk, text, languages, team=talk.outermost.flow.team
    )
    if request == "back":
        going_back.back(talk)
    elif request == "start":
        _start(talk)
    elif request in {"help", "about_me", "language"}:
        begin.repeat(talk)
    elif request == "chosen":
        talk.language = talk.script.spoken([talk.language]) or before
        begin.repeat(talk)
    return request is not None


def _start(talk: Talk) -> None:
    """Begin what *start* begins here; in the midst of it, ask again."""
    flow = talk.facts.start_flow or talk.shelf.anything
    if flow is not None and flow in talk.shelf.current:
        begin.begin_inside(talk, flow)
    else:
        begin.repeat(talk)


def _flow(talk: Talk, _: Ask | None, text: str) -> bool:
    """Run the flow that the words ask for, inside this one."""
    flow = begin.asked_for(talk.shelf, text)
    if flow is None:
        return False
    begin.begin_inside(talk, flow[0])
    return True


# ── 6. ask again ─────────────────────────────────────────────────────────────────


def _miss(talk: Talk, step: Ask, text: str) -> bool:
    """Ask whether a near guess was meant, or ask again with what would do."""
    understood = understood_as(talk, text, talk.language)
    talk.tell(AnswerRejected(key=talk.key, text=text))
    talk.misses += 1
    if isinstance(understood, Confirm):
        talk.offer = Offer(understood.value, understood.comment)
        questions.offer(talk, step, understood.value)
    else:
        talk.offer = None
        questions.put_again(talk, step, questions.what_would_do(talk, step))
    return True


_ORDER: Final = (_answer, _request, _flow, _miss)
_ORDER_OF_TEXT: Final = (_request, _answer, _miss)


# ── media ────────────────────────────────────────────────────────────────────────


def media(talk: Talk, gave: Gave) -> None:
    """Take a photo, voice note, file or place as the answer, or keep it beside one."""
    step = questions.waiting(talk)
    kept = written(gave)
    if gave.text and _stops(talk, step, gave.text):
        return
    if step is None:
        talk.tell(AfterwordKept(text=kept))
    elif step.answer == gave.media.kind:
        answer(talk, step, Accepted(gave.media.reference, gave.text), gave.text or kept)
    elif step.answer == "text":
        answer(talk, step, Accepted(gave.text or kept, kept), gave.text or kept)
    else:
        talk.tell(CommentKept(key=talk.key, text=kept))
        if not (gave.text and _answer(talk, step, gave.text)):
            questions.put_again(talk, step, sentence("kept", talk.language))
