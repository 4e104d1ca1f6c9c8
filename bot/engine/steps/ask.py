"""Ask something and wait, unless the answer is known already."""

from bot.engine import answers, questions
from bot.engine.route import outcomes, way_on
from bot.engine.talk import Talk
from bot.model.answer import Accepted
from bot.model.event import CommentMoved, MessageCreated
from flows.language.model import Ask


def visit(talk: Talk, step: Ask) -> str | None:
    """Put the question and wait, or take a comment or an earlier answer for it."""
    key = talk.key
    if talk.correcting is not None and key in talk.answers and key != talk.correcting:
        return _pass_through(talk, step, key)
    said = (
        talk.comments.get(talk.prefix + step.unless_said) if step.unless_said else None
    )
    if said is not None:
        return _take_comment(talk, step, said)
    questions.put(talk, step)
    return None


def _pass_through(talk: Talk, step: Ask, key: str) -> str:
    """Keep an answer given before a correction, and what led to it unsaid."""
    talk.events = [e for e in talk.events if not isinstance(e, MessageCreated)]
    return way_on(talk, step.go, outcomes(step.answer, talk.answers[key]))


def _take_comment(talk: Talk, step: Ask, said: str) -> str:
    """Make the words beside an earlier answer the answer to this question."""
    source = f"{talk.prefix}{step.unless_said}"
    talk.comments = {k: v for k, v in talk.comments.items() if k != source}
    talk.tell(CommentMoved(key=source))
    return answers.take(talk, step, Accepted(said), said)
