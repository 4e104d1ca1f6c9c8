"""A batch of pushes, folded in memory and saved at once.

Everything that changes a talk comes through here: messages, time, planned starts.
One contact's pushes are folded one after the other and the talk is saved once.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import structlog
from msgspec.structs import replace

from bot.engine.heard import Facts, Heard, Sprint
from bot.engine.run import resume
from bot.engine.wake import next_wake
from bot.model.changes import Changes, InboundRow, SessionRow
from bot.model.contact import Address, Contact
from bot.model.message import Inbound
from bot.model.session import Session
from bot.service import effects
from bot.service.answers import Answers
from bot.service.desk import Desk
from bot.service.ports import Work

log = structlog.get_logger()


class Batch:
    """What one transaction loaded, folded and is about to save."""

    def __init__(self, desk: Desk, now: datetime) -> None:
        self.desk = desk
        self.now = now
        self.shelf = desk.library.shelf
        self.changes = Changes()
        self.answers = Answers(desk, now, self.changes)
        self.contacts: dict[int, Contact] = {}
        self.sessions: dict[int, Session] = {}
        self.day = desk.day(now)
        self.talks: Counter[tuple[str, str]] = Counter()
        """How many talks of a flow were `begun`, or ended and how; tests left out."""
        self._todays: dict[str | None, date] = {}

    async def load(self, work: Work, contacts: Iterable[Contact]) -> None:
        """Take in contacts with their newest talks and the revisions these keep."""
        for contact in contacts:
            self.contacts[contact.id] = contact
        self.sessions = await work.last_sessions(list(self.contacts))
        pins = {h for s in self.sessions.values() for h in s.pins.values()}
        await self.desk.library.ensure(work, pins)
        self.shelf = self.desk.library.shelf

    def meet(self, contact: Contact, address: Address) -> None:
        """Take in somebody who was never here before."""
        self.contacts[contact.id] = contact
        self.changes.new_contacts.append((contact, self.now))
        self.changes.new_addresses.append((address, contact.id))

    def change(self, contact: int, **fields: Any) -> None:  # noqa: ANN401 - a contact's
        """Change what we know of a contact."""
        changed = replace(self.contacts[contact], **fields)
        self.contacts[contact] = self.changes.contacts[contact] = changed

    def push(
        self, contact: int, heard: Heard, address: Address, hints: Inbound | None = None
    ) -> None:
        """Push a contact's talk with what was heard, and keep what came of it."""
        before = self.sessions.get(contact)
        sprint = resume(self.shelf, before, heard, self.facts(contact, address, hints))
        self._keep(contact, before, sprint, address)
        if self.desk.watch is not None:
            self.desk.watch(contact, sprint)

    def facts(
        self, contact: int, address: Address, hints: Inbound | None = None
    ) -> Facts:
        """Return what the engine is told of a contact now."""
        known = self.contacts[contact]
        language = hints.language if hints else None
        today = self._today(known.zone)
        return self.desk.facts(known, address, self.now, today, language)

    def _today(self, zone: str | None) -> date:
        if zone not in self._todays:
            self._todays[zone] = self.desk.today(self.now, zone)
        return self._todays[zone]

    def _keep(
        self, contact: int, before: Session | None, sprint: Sprint, address: Address
    ) -> None:
        session = sprint.session
        if session is not None and session is not before:
            new = before is None or before.id != session.id
            known = self.changes.sessions.get(session.id)
            wakes_at = next_wake(self.shelf, session)
            self.changes.sessions[session.id] = SessionRow(
                session, wakes_at, new or (known is not None and known.new)
            )
            self.sessions[contact] = session
        effects.keep(self, contact, session, sprint.events, address)

    def stuck(self, row: InboundRow, error: Exception) -> None:
        """Keep a message that could not be handled, for an operator to look at."""
        log.error(
            "message_stuck",
            inbound=row.id,
            talk=session.id if (session := self.sessions.get(row.contact)) else None,
            contact=row.contact,
            channel=row.channel,
            error=type(error).__name__,
        )
        reason = f"{type(error).__name__}: {error}"[:500]
        self.changes.inbound.append(replace(row, state="stuck", error=reason))

    async def save(self, work: Work) -> None:
        """Settle which answers count, and write all of it."""
        await self.answers.settle(work)
        await work.save(self.changes)
