"""Talks: the newest of each contact, and those that time must wake."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.model.changes import Changes, SessionRow
from bot.model.publication import Standing
from bot.model.session import Session
from storage.driver import Write
from storage.rows import as_session, micros, moment, text
from storage.table import Table


class Sessions(Table):
    """The talks."""

    async def last_sessions(self, contacts: Sequence[int]) -> dict[int, Session]:
        """Return the newest session of each contact, whatever its status."""
        rows = await self._db.fetch("sessions_last", list(contacts))
        found = [as_session(state) for (state,) in rows]
        return {session.contact: session for session in found}

    async def sessions(self, ids: Sequence[tuple[int, int]]) -> dict[int, Session]:
        """Return these sessions (contact, id) by id."""
        rows = await self._db.fetch("sessions_by_id", list(ids))
        found = [as_session(state) for (state,) in rows]
        return {session.id: session for session in found}

    async def begun_at(
        self, flows: Sequence[tuple[int, str]]
    ) -> dict[tuple[int, str], datetime]:
        """Return when each (contact, flow) last began, but for those that never did."""
        rows = await self._db.fetch("sessions_begun", list(flows))
        return {
            (contact, flow): datetime.fromisoformat(at) for contact, flow, at in rows
        }

    async def due_sessions(
        self, now: datetime, limit: int, contact: int | None = None
    ) -> list[Session]:
        """Return sessions that time must wake, all or one contact's, oldest first."""
        rows = await self._db.fetch("sessions_due", micros(now), limit, contact)
        return [as_session(state) for (state,) in rows]

    async def talks_keeping(self) -> dict[str, int]:
        """Return how many open talks keep each revision."""
        return dict(await self._db.fetch("sessions_keeping"))

    async def talks_standing(self) -> list[Standing]:
        """Return how many open talks stand at each step, of each flow they are in."""
        return [Standing(*row) for row in await self._db.fetch("sessions_standing")]

    async def next_wake(self) -> datetime | None:
        """Return when the next session, plan or delivery becomes due."""
        [[at]] = await self._db.fetch("next_wake")
        return None if at is None else moment(at)


def writes(changes: Changes) -> Iterator[Write]:
    """Yield what is to be written of talks."""
    rows = [changes.sessions[id_] for id_ in sorted(changes.sessions)]
    yield "sessions_add", [_new(row) for row in rows if row.new]
    yield (
        "sessions_change",
        [
            (
                row.session.status,
                _wakes(row),
                text(row.session),
                row.session.contact,
                row.session.id,
            )
            for row in rows
            if not row.new
        ],
    )


def _new(row: SessionRow) -> tuple[object, ...]:
    session = row.session
    flow = session.flow if session.frames else ""
    state = text(session)
    return session.id, session.contact, flow, session.status, _wakes(row), state


def _wakes(row: SessionRow) -> int | None:
    return None if row.wakes_at is None else micros(row.wakes_at)
