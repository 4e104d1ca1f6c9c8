"""Let time pass."""

from bot.engine.talk import Talk
from flows.language.model import Wait


def visit(talk: Talk, step: Wait) -> None:
    """Wait so long from now."""
    talk.waits = "time"
    talk.wait_until = talk.facts.now + step.wait
