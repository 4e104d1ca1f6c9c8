"""Say something and go on."""

from bot.engine.causes import cause
from bot.engine.route import way_on
from bot.engine.talk import Talk
from flows.language.model import Say


def visit(talk: Talk, step: Say) -> str:
    """Say the words and go on."""
    talk.say(talk.render(step.say))
    cause(talk, step.then)
    return way_on(talk, step.go)
