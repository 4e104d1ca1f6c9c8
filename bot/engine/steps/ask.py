"""Ask something and wait, unless the answer is known already."""

from bot.engine import answers, going_on, questions
from bot.engine.route import way_on
from bot.engine.talk import Talk
from bot.model.answer import Accepted
from bot.model.event import CommentMoved
from flows.language.model import Ask
from flows.language.outcomes import outcomes


def visit(talk: Talk, step: Ask) -> str | None:
    """Put the question and wait, or take a comment or an earlier answer for it."""
    said = None
    if step.unless_said:
        said = talk.comments.get(talk.prefix + step.unless_said)
    if said is not None:
        return _take_comment(talk, step, said)
    if going_on.may_pass(talk):
        going_on.pass_by(talk)
        return way_on(talk, step.go, outcomes(step.answer, talk.answers[talk.key]))
    going_on.arrive(talk)
    questions.put(talk, step)
    return None


def _take_comment(talk: Talk, step: Ask, said: str) -> str:
    """Make the words beside an earlier answer the answer to this question."""
    source = f"{talk.prefix}{step.unless_said}"
    talk.comments = {k: v for k, v in talk.comments.items() if k != source}
    talk.tell(CommentMoved(key=source))
    trail = talk.trail
    onward = answers.take(talk, step, Accepted(said), said)
    talk.trail = trail  # it was never asked, so nobody goes back to it
    return onward
