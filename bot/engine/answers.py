"""What an answer does: it is kept, told, acted on, and shows the way on."""

from bot.engine.causes import cause
from bot.engine.route import chosen, way_on
from bot.engine.talk import Talk
from bot.model.answer import Accepted, segment
from bot.model.event import Answered, ConsentRecorded
from flows.language.model import Ask
from flows.language.outcomes import outcomes


def take(talk: Talk, step: Ask, accepted: Accepted, text: str) -> str:
    """Keep the answer to the step we stand at; return the step to go on with."""
    key = talk.key
    talk.cause = key
    value = accepted.value
    _tell(talk, step, accepted, text)
    if step.answer == "consent" and isinstance(value, bool):
        _record_consent(talk, step, given=value)
    talk.answers[key] = value
    _keep_comment(talk, key, accepted.comment)
    place = talk.place
    if place not in talk.trail:
        talk.trail = (*talk.trail, place)
    talk.waits = "nothing"
    talk.offer = None
    by = outcomes(step.answer, value)
    then = step.then
    cause(
        talk, then if isinstance(then, tuple) else chosen(talk, "then", then, by) or ()
    )
    return way_on(talk, step.go, by)


def _tell(talk: Talk, step: Ask, accepted: Accepted, text: str) -> None:
    script = talk.script
    key = talk.key
    talk.tell(
        Answered(
            key=key,
            flow=script.name,
            step=talk.here.step,
            revision=script.revision,
            touchpoint=script.flow.touchpoint,
            kind=step.answer,
            value=accepted.value,
            segment=segment(step.answer, accepted.value),
            comment=accepted.comment,
            text=text,
            first=not talk.answers,
            corrects=key in talk.answers,
            once_every=script.flow.once_every,
        )
    )


def _keep_comment(talk: Talk, key: str, comment: str | None) -> None:
    """Keep the words left over while a later step may take them as its answer."""
    if comment and talk.here.step in talk.script.taken:
        talk.comments = {**talk.comments, key: comment}
    elif key in talk.comments:
        talk.comments = {k: v for k, v in talk.comments.items() if k != key}


def _record_consent(talk: Talk, step: Ask, *, given: bool) -> None:
    talk.tell(
        ConsentRecorded(
            topic=step.topic or talk.script.flow.topic,
            given=given,
            wording=talk.render(step.ask),
            language=talk.language,
            revision=talk.script.revision,
        )
    )
