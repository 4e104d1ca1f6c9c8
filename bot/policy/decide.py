"""The verdict on one message at the moment it would leave."""

from typing import Final

from msgspec import Struct

from bot.model.changes import Standing
from bot.model.message import STOP, Delivery
from bot.policy import consent


class Send(Struct, frozen=True):
    """The message may go out."""


class Never(Struct, frozen=True):
    """The message must not go out, now or later, for this reason."""

    reason: str


class Outdated(Struct, frozen=True):
    """The message was overtaken: its talk no longer waits where it asks."""

    reason: str = "the talk went on"


Verdict = Send | Never | Outdated

_SEND: Final = Send()


def decide(message: Delivery, standing: Standing) -> Verdict:
    """Return whether a message may go out, and if not, why.

    A stop holds back all but its own confirmation. Where nobody is reached, nothing
    goes that does not answer what they just wrote. A recorded *no* holds back what we
    start ourselves on that topic. A question that its talk no longer waits for is
    outdated.
    """
    if standing.stopped and message.topic != STOP:
        return Never("stopped")
    if _overtaken(message, standing):
        return Outdated()
    if not message.prompted and message.address in standing.lost:
        return Never("blocked")
    if not message.prompted and consent.declined(message.topic, standing):
        return Never("declined")
    return _SEND


def _overtaken(message: Delivery, standing: Standing) -> bool:
    """Say whether the message asks for an answer that its talk no longer waits for."""
    if message.asks is None or message.session is None:
        return False
    session = standing.session
    if session is None or session.id != message.session:
        return True
    return session.asks != message.asks
