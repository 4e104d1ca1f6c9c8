"""What happened and has no table of its own, and all that talks left with somebody."""

from collections.abc import Iterator

from bot.model.changes import CaseRow, Changes, EventRow, Traces
from storage.driver import Row, Write
from storage.rows import micros, moment
from storage.table import Table


class Events(Table):
    """The log of what happened."""

    async def traces(self, contact: int) -> Traces:
        """Return what talks left with a contact, oldest first.

        The log has no index by contact, for that would cost every message: this reads
        all of it, and is meant for single looks.
        """
        tags = await self._db.fetch("tags_of", contact)
        cases = await self._db.fetch("cases_of", contact)
        events = await self._db.fetch("events_of", contact)
        return Traces(
            tags=tuple(tag for (tag,) in tags),
            cases=tuple(CaseRow._make((*row[:7], moment(row[7]))) for row in cases),
            events=tuple(_event(row) for row in events),
        )


def writes(changes: Changes) -> Iterator[Write]:
    """Yield the events to keep."""
    yield (
        "events_add",
        [
            (
                row.id,
                row.contact,
                row.session,
                row.kind,
                row.data.decode(),
                micros(row.at),
            )
            for row in changes.events
        ],
    )


def _event(row: Row) -> EventRow:
    id_, contact, session, kind, data, at = row
    return EventRow(id_, contact, session, kind, data.encode(), moment(at))
