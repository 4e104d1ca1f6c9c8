"""What time wakes: waits that end, reminders, expiries, and planned starts.

All of it is rows that become due, so nothing is lost while nobody runs.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from typing import Final

import structlog

from bot import figures
from bot.engine.heard import Begun, TimePassed
from bot.errors import StoreUnavailable
from bot.model.changes import Changes, EventRow, PlanRow, SessionRow
from bot.model.contact import Contact
from bot.model.session import Session
from bot.service import witness
from bot.service.batch import Batch
from bot.service.desk import Desk
from bot.service.joining import address_of
from bot.service.ports import Work
from bot.service.telling import carried, event_of

log = structlog.get_logger()

LIMIT: Final = 200
PAUSE: Final = 1.0
"""Seconds between two looks at what is due."""
BLOCKED: Final = "blocked"
"""The outcome where they blocked us at all their addresses, or are gone."""
NO_ADDRESS: Final = "no address"
"""What a start waits for that has this outcome: it goes on once there is one."""
PUT_OFF: Final = timedelta(hours=1)
"""How long a talk is left alone that cannot be woken."""


class Timers:
    """The clock's hand in the house."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def run(self) -> None:
        """Do what becomes due, within a second of its time, until cancelled."""
        while True:
            try:
                if await self.tick():
                    self._desk.stored.set()
            except StoreUnavailable as error:
                log.warning("timers_wait", error=str(error))
            await asyncio.sleep(PAUSE)

    async def tick(self, contact: int | None = None) -> int:
        """Do all that is due now, or only for one contact; return how many it was."""
        woken = 0
        while count := await self.wake_some(contact):
            woken += count
        return woken

    async def next_due(self) -> datetime | None:
        """Return when something becomes due next, None where nothing waits."""
        async with self._desk.store.reading() as work:
            return await work.next_wake()

    async def wake_some(self, contact: int | None = None) -> int:
        """Do some of what is due, together; where that fails, each contact alone."""
        try:
            return await self._wake(contact)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("timers_broke")
            async with self._desk.store.transaction() as work:
                sessions, plans = await self._due(work, contact)
            for owner in sorted(_owners(sessions, plans)):
                await self._wake_alone(owner)
            return len(sessions) + len(plans)

    async def _wake_alone(self, contact: int) -> None:
        """Do what is due for one contact; put it off where even that fails."""
        try:
            await self._wake(contact)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("talk_put_off", contact=contact)
            figures.PUT_OFF.inc()
            await self._put_off(contact)

    async def _put_off(self, contact: int) -> None:
        now = self._desk.clock()
        changes = Changes()
        async with self._desk.store.transaction() as work:
            sessions, plans = await self._due(work, contact)
            for session in sessions:
                row = SessionRow(session, now + PUT_OFF, new=False)
                changes.sessions[session.id] = row
            changes.done_plans += [(p.contact, p.id, "failed") for p in plans]
            await work.save(changes)

    async def _due(
        self, work: Work, contact: int | None
    ) -> tuple[list[Session], list[PlanRow]]:
        now = self._desk.clock()
        sessions = await work.due_sessions(now, LIMIT, contact)
        return sessions, await work.due_plans(now, LIMIT, contact)

    async def _wake(self, contact: int | None) -> int:
        began = perf_counter()
        async with self._desk.store.transaction() as work:
            sessions, plans = await self._due(work, contact)
            if not sessions and not plans:
                return 0
            batch = Batch(self._desk, self._desk.clock())
            owners = sorted(_owners(sessions, plans))
            contacts = await work.contacts(owners)
            plans = await _free(work, contacts, plans)
            await batch.load(work, contacts.values())
            for session in sessions:
                batch.push(session.contact, TimePassed(), session.address)
            await _begin(batch, work, plans)
            await batch.save(work)
        witness.woken(batch, sessions, perf_counter() - began)
        return len(sessions) + len(plans)


def _owners(sessions: Sequence[Session], plans: Sequence[PlanRow]) -> set[int]:
    return {session.contact for session in sessions} | {plan.contact for plan in plans}


async def _free(
    work: Work, contacts: Mapping[int, Contact], plans: Sequence[PlanRow]
) -> list[PlanRow]:
    """Hold the sets of those who were joined; return what may start now.

    The rest belongs to people with whom another worker is at work.
    """
    owners = (contacts[plan.contact] for plan in plans)
    joined = {owner.id for owner in owners if owner.merged_into is not None}
    if not joined:
        return list(plans)
    held = await work.hold_sets(joined)
    return [p for p in plans if p.contact not in joined or p.contact in held]


async def _begin(batch: Batch, work: Work, plans: Sequence[PlanRow]) -> None:
    """Start planned flows; what cannot start is done with, and the reason is kept."""
    if not plans:
        return
    kin = [(one, plan.flow) for plan in plans for one in batch.kin(plan.contact)]
    addresses = await work.addresses(sorted({one for one, _ in kin}))
    lost = await work.lost(sorted({one for one, _ in kin}))
    begun = await work.begun_at(sorted(set(kin)))
    events = await _events(work, plans)
    for plan in plans:
        session = batch.talk(plan.contact)
        if session is not None and session.status == "active":
            continue  # it waits until that talk is over
        own = batch.kin(plan.contact)
        away = frozenset().union(*(lost.get(one, ()) for one in own))
        last = max(
            (begun[o, plan.flow] for o in own if (o, plan.flow) in begun), default=None
        )
        reason = _hindrance(batch, plan, last)
        reachable = [a for one in own for a in addresses.get(one, ()) if a not in away]
        address = address_of(
            batch.desk, reachable, session.address if session else None
        )
        if reason is None and address:
            batch.push(plan.contact, _start(plan, events), address)
            begun[plan.contact, plan.flow] = batch.now
        nowhere = BLOCKED if away else NO_ADDRESS
        outcome = reason or ("started" if address else nowhere)
        batch.changes.done_plans.append((plan.contact, plan.id, outcome))


async def _events(work: Work, plans: Sequence[PlanRow]) -> dict[int, EventRow]:
    """Return the told events that these starts were planned for."""
    pairs = [(plan.contact, id_) for plan in plans if (id_ := event_of(plan))]
    return await work.events(pairs) if pairs else {}


def _start(plan: PlanRow, events: Mapping[int, EventRow]) -> Begun:
    event = events.get(event_of(plan) or 0)
    if event is None:
        return Begun(flow=plan.flow, trigger="start")
    return Begun(flow=plan.flow, trigger="event", event=carried(event))


def _hindrance(batch: Batch, plan: PlanRow, last: datetime | None) -> str | None:
    """Return why a planned flow cannot start, None where it can."""
    script = batch.shelf.current.get(plan.flow)
    if script is None:
        return "no such flow"
    once_every = script.flow.once_every
    if last and once_every and batch.now - last < once_every:
        return "asked within its period"
    return "stopped" if batch.person(plan.contact).stopped else None
