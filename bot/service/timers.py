"""What time wakes: waits that end, reminders, expiries, and planned starts.

All of it is rows that become due, so nothing is lost while nobody runs.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from bot.engine.heard import Begun, TimePassed
from bot.model.changes import PlanRow
from bot.service.batch import Batch
from bot.service.desk import Desk
from bot.service.ports import Work

LIMIT: Final = 200
LOOK_AGAIN: Final = 1.0
"""Seconds between looks at what is due, where nothing says sooner."""


class Timers:
    """The clock's hand in the house."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def tick(self) -> int:
        """Do all that is due now; return how many talks were woken or begun."""
        woken = 0
        while count := await self._some():
            woken += count
        return woken

    async def next_due(self) -> datetime | None:
        """Return when something becomes due next, None where nothing waits."""
        async with self._desk.store.reading() as work:
            return await work.next_wake()

    async def run(self, done: asyncio.Event) -> None:
        """Look every second until `done` is set."""
        while not done.is_set():
            await self.tick()
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), LOOK_AGAIN)

    async def _some(self) -> int:
        now = self._desk.clock()
        async with self._desk.store.transaction() as work:
            batch = Batch(self._desk, now)
            sessions = await work.due_sessions(now, LIMIT)
            plans = await work.due_plans(now, LIMIT)
            if not sessions and not plans:
                return 0
            owners = {s.contact for s in sessions} | {p.contact for p in plans}
            contacts = await work.contacts(sorted(owners))
            await batch.load(work, contacts.values())
            for session in sessions:
                batch.push(session.contact, TimePassed(), session.address)
            await _begin(batch, work, plans)
            await batch.save(work)
        return len(sessions) + len(plans)


async def _begin(batch: Batch, work: Work, plans: Sequence[PlanRow]) -> None:
    """Start planned flows; what cannot start is done with, and the reason is kept."""
    addresses = await work.addresses([plan.contact for plan in plans]) if plans else {}
    for plan in plans:
        reason = _hindrance(batch, plan)
        reachable = addresses.get(plan.contact)
        if reason is None and reachable:
            session = batch.sessions.get(plan.contact)
            address = session.address if session else reachable[-1]
            begun = Begun(flow=plan.flow, trigger="start")
            batch.push(plan.contact, begun, address)
        batch.changes.done_plans.append(
            (plan.id, reason or ("started" if reachable else "no address"))
        )


def _hindrance(batch: Batch, plan: PlanRow) -> str | None:
    """Return why a planned flow cannot start, None where it can."""
    if plan.flow not in batch.shelf.current:
        return "no such flow"
    session = batch.sessions.get(plan.contact)
    if session is not None and session.status == "active":
        return "another talk is open"
    return "stopped" if batch.contacts[plan.contact].stopped else None
