"""What is counted of questions that left, and when their clock starts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from bot.engine.wake import next_wake
from bot.model.changes import Changes, Sent, SessionRow
from bot.model.message import Delivery
from bot.model.session import Session
from bot.service.desk import Desk
from bot.service.effects import funnel

AT_ONCE: Final = timedelta(minutes=1)
"""A question that leaves within this time of being made counts as sent when made."""
ASKING: Final = frozenset({"opens", "asks"})
"""The roles of messages that are counted."""
LEFT: Final[Mapping[str, tuple[str, ...]]] = {
    "sent": ("sent",),
    "delivered": ("sent", "delivered"),
}
"""What a question counts as when it left as far as this."""


class Tally:
    """Counts questions for the reports, those of tests left out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def left(
        self, changes: Changes, session: Session, delivery: Delivery, result: Sent
    ) -> None:
        """Count a question that left, and start the clock of reminders and expiry."""
        if delivery.role in ASKING:
            self._count(changes, session, delivery, result.at, LEFT[result.state])
            self._start_clock(changes, session, delivery, result.at)

    def arrived(
        self, changes: Changes, session: Session, delivery: Delivery, at: datetime
    ) -> None:
        """Count a question of which we hear that it arrived, as far as it was not."""
        measures = ("delivered",) if delivery.state == "sent" else LEFT["delivered"]
        self._count(changes, session, delivery, at, measures)

    def overtaken(
        self, changes: Changes, session: Session, delivery: Delivery, at: datetime
    ) -> None:
        """Count a first question that was answered before it left: it reached them."""
        if delivery.role == "opens" and session.answers:
            self._count(changes, session, delivery, at, LEFT["delivered"])

    def _count(
        self,
        changes: Changes,
        session: Session,
        delivery: Delivery,
        at: datetime,
        measures: Sequence[str],
    ) -> None:
        """Count a question; the one that opens its talk, for the talk too."""
        if session.test or delivery.asks is None:
            return
        day = self._desk.day(at)
        steps = ("", delivery.asks) if delivery.role == "opens" else (delivery.asks,)
        for measure in measures:
            for step in steps:
                changes.count(funnel(self._desk, day, session, measure, step))

    def _start_clock(
        self, changes: Changes, session: Session, delivery: Delivery, at: datetime
    ) -> None:
        """Let reminders and expiry count from when a question really left."""
        late = session.asked_at is not None and at - session.asked_at > AT_ONCE
        if late and session.asks == delivery.asks:
            session = replace(session, asked_at=at)
            wakes_at = next_wake(self._desk.library.shelf, session)
            changes.sessions[session.id] = SessionRow(session, wakes_at, new=False)
