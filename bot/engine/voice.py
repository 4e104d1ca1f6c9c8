"""What can speak to a contact: an open talk, or the bot between talks."""

from functools import lru_cache
from typing import Protocol

from bot.engine.heard import Facts
from bot.engine.script import Shelf
from bot.model.event import Event, MessageCreated
from bot.model.message import Outbound, Shown


class Voice(Protocol):
    """Says words and tells what happened."""

    @property
    def shelf(self) -> Shelf:
        """Every flow that could begin."""
        ...

    @property
    def facts(self) -> Facts:
        """Whom we talk with, and when."""
        ...

    language: str
    """The language we speak."""

    def say(self, text: str, shown: Shown | None = None) -> None:
        """Add a message."""
        ...

    def tell(self, event: Event) -> None:
        """Add what happened."""
        ...


class Between:
    """The bot where no talk is open: it answers what it is told, and no more."""

    def __init__(self, shelf: Shelf, facts: Facts, language: str) -> None:
        self.shelf = shelf
        self.facts = facts
        self.language = language
        self.events: list[Event] = []

    def say(self, text: str, shown: Shown | None = None) -> None:
        """Add a message that belongs to no flow."""
        self.tell(MessageCreated(content=Outbound(text=text, shown=shown)))

    def tell(self, event: Event) -> None:
        """Add what happened."""
        self.events.append(event)


def listens(voice: Voice, flow: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the languages whose reserved words count: contact's, flow's, English."""
    return _each_once(voice.language, voice.facts.contact.language, flow)


@lru_cache(maxsize=512)
def _each_once(
    spoken: str, chosen: str | None, flow: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(dict.fromkeys((spoken, chosen or spoken, *flow, "en")))
