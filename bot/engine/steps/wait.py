"""Let time pass."""

from bot.engine import going_on
from bot.engine.talk import Talk
from flows.language.model import Wait


def visit(talk: Talk, step: Wait) -> None:
    """Wait so long from now; a correction does not start a running wait over."""
    running = going_on.arrive(talk) and talk.wait_until is not None
    talk.waits = "time"
    if not running:
        talk.wait_until = talk.facts.now + step.wait
