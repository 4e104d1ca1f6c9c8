"""A batch of pushes, folded in memory and saved at once.

Everything that changes a talk comes through here: messages, time, planned starts.
One contact's pushes are folded one after the other and the talk is saved once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

import structlog
from msgspec.structs import replace

from bot.engine.heard import Facts, Heard, PressesLost, Sprint, TimePassed
from bot.engine.run import resume
from bot.engine.wake import next_wake
from bot.model.changes import Changes, InboundRow, SessionRow
from bot.model.contact import Address, Contact, as_one, sets
from bot.model.message import Inbound
from bot.model.session import Session, leading
from bot.service import effects
from bot.service.answers import Answers
from bot.service.desk import Desk
from bot.service.ports import Work

log = structlog.get_logger()

LONGEST_REASON: Final = 500


class Batch:
    """What one transaction loaded, folded and is about to save."""

    def __init__(self, desk: Desk, now: datetime) -> None:
        self.desk = desk
        self.now = now
        self.shelf = desk.library.shelf
        self.changes = Changes()
        self.contacts: dict[int, Contact] = {}
        self.sessions: dict[int, Session] = {}
        self._sets: dict[int, tuple[int, ...]] = {}
        self.answers = Answers(desk, now, self.changes, self._sets)
        self.day = desk.day(now)
        self.talks: Counter[tuple[str, str]] = Counter()
        """How many talks of a flow were `begun`, or ended and how; tests left out."""
        self._todays: dict[str | None, date] = {}

    async def load(self, work: Work, contacts: Iterable[Contact]) -> None:
        """Take in contacts with their newest talks and the revisions these keep.

        With whoever was joined to others come all of the set.
        """
        survivors: set[int] = set()
        for contact in contacts:
            self.contacts[contact.id] = contact
            if contact.merged_into is not None:
                survivors.add(contact.merged_into)
        if survivors:
            members = await work.members(sorted(survivors))
            self.contacts |= {member.id: member for member in members}
            self._sets.update(sets(members))
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

    def merge(self, members: Sequence[int]) -> None:
        """Make these contacts one set, or let one stand alone."""
        oldest = min(members) if len(members) > 1 else None
        for one in members:
            if self.contacts[one].merged_into != oldest:
                self.contacts[one] = replace(self.contacts[one], merged_into=oldest)
                self.changes.merged[one] = oldest
            self._sets[one] = tuple(sorted(members))

    def kin(self, contact: int) -> tuple[int, ...]:
        """Return a contact with all whom they were joined to, oldest first."""
        return self._sets.get(contact) or (contact,)

    def person(self, contact: int) -> Contact:
        """Return what we know of somebody, as read over their set."""
        own = self.contacts[contact]
        if own.merged_into is None:
            return own
        kin = (one for one in self.kin(contact) if one != contact)
        return as_one(own, [self.contacts[one] for one in kin])

    def talk(self, contact: int) -> Session | None:
        """Return the talk that somebody's words belong to, as read over their set."""
        if contact not in self._sets:
            return self.sessions.get(contact)
        kin = self.kin(contact)
        return leading(self.sessions[one] for one in kin if one in self.sessions)

    def push(
        self, contact: int, heard: Heard, address: Address, hints: Inbound | None = None
    ) -> None:
        """Push somebody's talk with what was heard, and keep what came of it.

        What an open talk leads to belongs to the contact of the set whose talk it is.
        Time, and that presses were lost, is told to each talk by itself, whatever else
        its contact does.
        """
        before = self.sessions.get(contact)
        if contact in self._sets and not isinstance(heard, TimePassed | PressesLost):
            before = self.talk(contact)
            if before is not None and before.status == "active":
                contact = before.contact
        sprint = resume(self.shelf, before, heard, self.facts(contact, address, hints))
        self._keep(contact, before, sprint, address)
        if self.desk.watch is not None:
            self.desk.watch(contact, sprint)

    def facts(
        self, contact: int, address: Address, hints: Inbound | None = None
    ) -> Facts:
        """Return what the engine is told of a contact now."""
        known = self.contacts[contact]
        if known.merged_into is not None:
            known = self.person(contact)
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
            contact = session.contact
            self.sessions[contact] = session
        effects.keep(self, contact, session, sprint.events, address)

    def stuck(self, row: InboundRow, why: Exception | str) -> None:
        """Keep a message that could not be handled, for an operator to look at.

        The reason is what was raised, or what its channel says of it.
        """
        log.error(
            "message_stuck",
            inbound=row.id,
            talk=session.id if (session := self.sessions.get(row.contact)) else None,
            contact=row.contact,
            channel=row.channel,
            error="fault" if isinstance(why, str) else type(why).__name__,
        )
        stuck = replace(row, state="stuck", error=reason(why))
        self.changes.inbound.append(stuck)

    async def save(self, work: Work) -> None:
        """Settle which answers count, and write all of it."""
        await self.answers.settle(work)
        await work.save(self.changes)


def reason(why: Exception | str) -> str:
    """Return why a message is stuck, as its row keeps it.

    >>> reason(KeyError("q")), reason("it names no sender")
    ("KeyError: 'q'", 'it names no sender')
    """
    words = why if isinstance(why, str) else f"{type(why).__name__}: {why}"
    shown = (sign if sign.isprintable() else " " for sign in words[:LONGEST_REASON])
    return "".join(shown)
