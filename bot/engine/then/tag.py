"""`tag`: mark the contact."""

from bot.engine.talk import Talk
from bot.model.event import TagAdded
from flows.language.model import AddTag


def do(talk: Talk, action: AddTag) -> None:
    """Tell that the contact is marked with the word."""
    talk.tell(TagAdded(tag=action.tag, cause=talk.cause))
