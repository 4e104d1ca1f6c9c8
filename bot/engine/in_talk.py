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

from bot.engine import answers, begin, going_back, questions, requests, stopping
from bot.engine.heard import Gave, Said, Tapped
from bot.engine.talk import Talk
from bot.engine.voice import listens
from bot.engine.walk import go, walk
from bot.model.answer import Accepted, Asked, Confirm, Understood, Value
from bot.model.event import AfterwordKept, AnswerRejected, CommentKept, LanguageChosen
from bot.model.session import Offer
from bot.understanding import sentence, understand
from flows.language.model import Ask

_YES_NO = Asked(kind="yes_no")


def hear(talk: Talk, heard: Said | Tapped | Gave) -> None:
    """Take what was heard to whatever waits for it."""
    if isinstance(heard, Tapped):
        tap(talk, heard)
    elif isinstance(heard, Gave):
        media(talk, heard)
    else:
        words(talk, heard.text)


def words(talk: Talk, text: str) -> None:
    """Take typed words, in the order that this module opens with."""
    step = questions.waiting(talk)
    languages = listens(talk, talk.script.flow.languages)
    heeded = stopping.hear_stop(
        talk, text, languages, lambda: step is not None and _is_label(talk, step, text)
    )
    if heeded is not None:
        _heed(talk, heeded)
    elif step is None:
        _hear_while_time_passes(talk, text)
    else:
        order = _ORDER_OF_TEXT if step.answer == "text" else _ORDER
        next(None for take in order if take(talk, step, text))


def _heed(talk: Talk, heeded: stopping.Heeded) -> None:
    """End the talk after a stop; put the question again where we go on."""
    if heeded == "stopped":
        talk.end("stopped")
    elif heeded == "going_on":
        begin.repeat(talk)


def _hear_while_time_passes(talk: Talk, text: str) -> None:
    if not (_request(talk, None, text) or _flow(talk, None, text)):
        talk.tell(AfterwordKept(text=text))


# ── 3. the waiting question ──────────────────────────────────────────────────────


def _answer(talk: Talk, step: Ask, text: str) -> bool:
    """Take the words as the answer, where they are one outright."""
    offered = _offered(talk, text)
    if offered is not None:
        settle(talk, step, offered, text)
        return True
    understood = understood_as(talk, text, talk.language)
    if not isinstance(understood, Accepted):
        understood = _in_another_language(talk, text) or understood
    if isinstance(understood, Accepted):
        settle(talk, step, understood, text)
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
    """Take what is clear in exactly one other language, and talk on in it."""
    found: list[tuple[str, Accepted]] = []
    for language in talk.script.flow.languages:
        if language != talk.language:
            understood = understood_as(talk, text, language)
            if isinstance(understood, Accepted):
                found.append((language, understood))
    if len(found) != 1:
        return None
    language, accepted = found[0]
    talk.language = language
    if talk.facts.contact.language is None:
        talk.tell(LanguageChosen(language=language))
    return accepted


def settle(talk: Talk, step: Ask, accepted: Accepted, text: str) -> None:
    """Keep the answer and walk on."""
    onward = answers.take(talk, step, accepted, text)
    if go(talk, onward):
        walk(talk)
    if talk.waits == "answer" and talk.place not in talk.trail:
        talk.correcting = None


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


# ── taps and media ───────────────────────────────────────────────────────────────


def tap(talk: Talk, tapped: Tapped) -> None:
    """Take a press: an answer, a correction, or too late to mean anything."""
    step = questions.waiting(talk)
    if tapped.session != talk.session.id:
        begin.repeat(talk)
    elif step is not None and tapped.step == talk.key:
        _tap_waiting(talk, step, tapped)
    else:
        _tap_earlier(talk, tapped)


def _tap_waiting(talk: Talk, step: Ask, tapped: Tapped) -> None:
    value = tapped_value(talk, tapped.options)
    if value is _NOTHING:
        begin.repeat(talk)
        return
    settle(talk, step, Accepted(value), ", ".join(tapped.options))


def _tap_earlier(talk: Talk, tapped: Tapped) -> None:
    """Correct the answer to an earlier question, where the press says another."""
    place = going_back.place_of(talk, tapped.step)
    if place is None:
        begin.repeat(talk)
        return
    now = talk.place
    talk.go_to(place)
    step = talk.script.steps[talk.here.step]
    value = tapped_value(talk, tapped.options) if isinstance(step, Ask) else _NOTHING
    talk.go_to(now)
    if value is _NOTHING or value == talk.answers.get(tapped.step):
        return
    going_back.correct(talk, place, value, ", ".join(tapped.options))


_NOTHING: Value = "\0nothing"


def tapped_value(talk: Talk, options: tuple[str, ...]) -> Value:
    """Return the value that pressed options stand for; a press may be forged."""
    asked = talk.script.asked(talk.here.step, talk.language)
    if not options:
        return None if asked.optional else _NOTHING
    if asked.kind in {"yes_no", "consent"}:
        return options[0] == "yes" if options[0] in {"yes", "no"} else _NOTHING
    if asked.kind in {"choice", "choices"}:
        known = tuple(o.key for o in asked.options if o.key in options)
        if len(known) != len(set(options)):
            return _NOTHING
        return known if asked.kind == "choices" else known[0]
    return _number(asked, options[0])


def _number(asked: Asked, option: str) -> Value:
    low, high = asked.minimum, asked.maximum
    if (
        asked.kind not in {"nps", "csat", "ces", "rating"}
        or low is None
        or high is None
    ):
        return _NOTHING
    if not option.isascii() or not option.isdigit() or len(option) > len(str(high)):
        return _NOTHING
    return int(option) if low <= int(option) <= high else _NOTHING


def media(talk: Talk, gave: Gave) -> None:
    """Take a photo, voice note, file or place as the answer, or keep it beside one."""
    step = questions.waiting(talk)
    kept = f"{gave.media.kind}:{gave.media.reference}"
    if step is None:
        talk.tell(AfterwordKept(text=kept))
    elif step.answer == gave.media.kind:
        settle(talk, step, Accepted(gave.media.reference, gave.text), gave.text or kept)
    elif step.answer == "text":
        settle(talk, step, Accepted(gave.text or kept, kept), gave.text or kept)
    else:
        talk.tell(CommentKept(key=talk.key, text=kept))
        if not (gave.text and _answer(talk, step, gave.text)):
            questions.put_again(talk, step, sentence("kept", talk.language))
