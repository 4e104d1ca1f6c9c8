"""`award`: a reward of a programme."""

from bot.engine.talk import Talk
from bot.model.event import NotAvailable
from flows.language.model import Award


def do(talk: Talk, action: Award) -> None:
    """Keep that a reward was due and cannot be given yet."""
    talk.tell(NotAvailable(what=f"award: {action.award}"))
