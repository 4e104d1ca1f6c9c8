"""Let time pass."""

from bot.engine import going_on
from bot.engine.route import way_on
from bot.engine.talk import Talk
from flows.language.model import Wait


def visit(talk: Talk, step: Wait) -> str | None:
    """Wait so long from now; a correction does not start over what ended or runs."""
    if going_on.may_pass(talk):
        going_on.pass_by(talk)
        return way_on(talk, step.go)
    back, now = going_on.arrive(talk), talk.facts.now
    talk.waits = "time"
    if not (back and talk.wait_until and talk.wait_until > now):
        talk.wait_until = now + step.wait
    return None
