"""Replies that leave with the batch that makes them.

Where sending waits for nothing and a message is known by its id, as on the web, a reply
is stored as sent in the transaction of what it answers: who is not shown it at once
fetches it. It is pushed as soon as that stands.
"""

import asyncio
from collections.abc import Collection
from typing import NamedTuple

from msgspec.structs import replace

from bot.model.changes import Sent, Standing
from bot.model.message import Delivery
from bot.model.session import Session
from bot.policy.decide import Send, decide
from bot.service.batch import Batch
from bot.service.tally import Tally


class Push(NamedTuple):
    """A message that left, and the talk that it belongs to."""

    delivery: Delivery
    session: Session | None


class Pushes:
    """What left and is still to be shown, through these channels."""

    def __init__(self, channels: Collection[str] = ()) -> None:
        self._channels = frozenset(channels)
        self._waiting: list[Push] = []
        self.ready = asyncio.Event()

    def leave(self, batch: Batch) -> list[Push]:
        """Have the replies of a batch leave with it that may; return them."""
        if not self._channels:
            return []
        left: list[Push] = []
        tally = Tally(batch.desk)
        deliveries = batch.changes.deliveries
        for place, delivery in enumerate(deliveries):
            if not delivery.prompted or delivery.address.channel not in self._channels:
                continue
            contact = delivery.contact
            session = batch.talk(contact)
            standing = Standing(stopped=batch.person(contact).stopped, session=session)
            if not isinstance(decide(delivery, standing), Send):
                continue
            sent = deliveries[place] = replace(delivery, state="sent")
            own = session if session and session.id == sent.session else None
            left.append(Push(sent, own))
            if own is not None:
                result = Sent(contact, sent.id, sent.token, "sent", batch.now)
                tally.left(batch.changes, own, sent, result)
        return left

    def show(self, pushes: list[Push]) -> None:
        """Have messages shown that stand."""
        if pushes:
            self._waiting += pushes
            self.ready.set()

    def taken(self) -> list[Push]:
        """Return what is to be shown now; it is left to the caller."""
        taken, self._waiting = self._waiting, []
        self.ready.clear()
        return taken
