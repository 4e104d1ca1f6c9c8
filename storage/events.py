"""What happened and has no table of its own, and all that talks left with somebody."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot.model.changes import CaseRow, Changes, EventRow, Traces
from storage.driver import Row, Write
from storage.rows import micros, moment
from storage.table import Table


class Events(Table):
    """The log of what happened."""

    async def traces(self, contacts: Sequence[int]) -> dict[int, Traces]:
        """Return what talks left with each of these contacts, oldest first.

        The log has no index by contact, for that would cost every message: this reads
        all of it, and is meant for single looks.
        """
        tags: dict[int, list[str]] = defaultdict(list)
        cases: dict[int, list[CaseRow]] = defaultdict(list)
        events: dict[int, list[EventRow]] = defaultdict(list)
        for contact, tag in await self._db.fetch("tags_of", list(contacts)):
            tags[contact].append(tag)
        for row in await self._db.fetch("cases_of", list(contacts)):
            cases[row[1]].append(CaseRow._make((*row[:7], moment(row[7]))))
        for row in await self._db.fetch("events_of", list(contacts)):
            events[row[1]].append(_event(row))
        return {
            each: Traces(
                tags=tuple(tags[each]),
                cases=tuple(cases[each]),
                events=tuple(events[each]),
            )
            for each in contacts
        }

    async def events(self, ids: Sequence[tuple[int, int]]) -> dict[int, EventRow]:
        """Return these events (contact, id) by id."""
        rows = await self._db.fetch("events_by_id", list(ids))
        return {row[0]: _event(row) for row in rows}


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
