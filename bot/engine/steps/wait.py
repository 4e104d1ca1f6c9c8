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
    running = going_on.arrive(talk) and talk.wait_until is not None
    talk.waits = "time"
    if not running:
        talk.wait_until = talk.facts.now + step.wait
    return None
