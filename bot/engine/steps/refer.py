"""Give the contact a link to bring friends with."""

from bot.engine.causes import cause
from bot.engine.route import way_on
from bot.engine.talk import Talk
from bot.model.event import NotAvailable
from bot.understanding import sentence
from flows.language.model import Refer


def visit(talk: Talk, step: Refer) -> str:
    """Say that no link can be given yet, keep the reason, and go on."""
    talk.tell(NotAvailable(what=f"refer: {step.refer}"))
    talk.say(sentence("not_available", talk.language))
    cause(talk, step.then)
    return way_on(talk, step.go)
