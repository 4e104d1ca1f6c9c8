"""Flows that are to start at some time."""

from collections.abc import Iterator
from datetime import datetime

from bot.model.changes import Changes, PlanRow
from storage.driver import Write
from storage.rows import micros, moment
from storage.table import Table


class Plans(Table):
    """The planned starts."""

    async def due_plans(
        self, now: datetime, limit: int, contact: int | None = None
    ) -> list[PlanRow]:
        """Return planned starts whose time has come."""
        rows = await self._db.fetch("plans_due", micros(now), limit, contact)
        return [PlanRow._make((*row[:3], moment(row[3]), *row[4:])) for row in rows]


def silences(changes: Changes) -> Iterator[Write]:
    """Yield what drops plans; it comes before new ones are added."""
    yield "plans_withdraw", sorted(changes.withdrawn)
    yield "plans_withdraw_waiting", sorted(changes.withdrawn)
    silenced = [(contact,) for contact in sorted(set(changes.silenced))]
    yield "plans_silence", silenced
    yield "plans_silence_waiting", silenced


def writes(changes: Changes) -> Iterator[Write]:
    """Yield the plans made, those that wait no longer, and those done with."""
    yield (
        "plans_add",
        [
            (plan.id, plan.contact, plan.flow, micros(plan.due_at), *plan[4:])
            for plan in changes.plans
        ],
    )
    reached = [(contact,) for contact in sorted(changes.reached)]
    yield "plans_overtake", reached
    yield "plans_go_on", reached
    yield "plans_end", sorted(changes.done_plans)
