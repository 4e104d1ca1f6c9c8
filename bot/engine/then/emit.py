"""`emit`: tell the world outside."""

from bot.engine.talk import Talk
from bot.model.event import Emitted
from flows.language.model import Emit


def do(talk: Talk, action: Emit) -> None:
    """Tell the event's name and what it carries."""
    wanted = action.emit
    data = {name: talk.value(text) for name, text in wanted.with_.items()}
    talk.tell(Emitted(name=wanted.event, data=data, cause=talk.cause))
