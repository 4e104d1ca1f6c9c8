"""`set`: keep what was learnt of the contact."""

from bot.engine.talk import Talk
from bot.model.event import AttributeSet
from flows.language.model import SetAttributes


def do(talk: Talk, action: SetAttributes) -> None:
    """Tell each attribute with its words filled in."""
    for name, text in action.set.items():
        talk.tell(AttributeSet(name=name, value=talk.value(text)))
