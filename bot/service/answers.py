"""Which answers count: the last within a period, and corrections move counts."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.model.answer import SCORED, Value
from bot.model.changes import AnswerRow, CaseNote, Changes, CountKey, Withdrawn
from bot.model.contact import Address
from bot.model.event import Answered
from bot.model.session import Session
from bot.service.desk import Desk
from bot.service.ports import Work

_Question = tuple[int, str, str]


class Answers:
    """The answers of one batch, held against those that stand already."""

    def __init__(
        self,
        desk: Desk,
        now: datetime,
        changes: Changes,
        sets: Mapping[int, tuple[int, ...]],
    ) -> None:
        self._desk = desk
        self._now = now
        self._changes = changes
        self._sets = sets  # and not the batch: a ring would be left to the collector
        self._blank = _blank(desk.day(now), now)
        self._lookups: set[_Question] = set()
        self._told: list[tuple[AnswerRow, Answered]] = []
        self._moved: list[tuple[int, int, str]] = []

    def add(self, session: Session, address: Address, event: Answered) -> None:
        """Take in an answer just given."""
        # Python passes up to fourteen keywords fast, and makes a dict of more.
        row = replace(
            self._blank,
            contact=session.contact,
            session=session.id,
            key=event.key,
            flow=event.flow,
            step=event.step,
            kind=event.kind,
            value=event.value,
            segment=event.segment,
            comment=event.comment,
            text=event.text,
            language=session.language,
            channel=address.channel,
            touchpoint=event.touchpoint,
            revision=event.revision,
        )
        row.id = self._desk.new_id()
        self._told.append((row, event))
        self._changes.answers.append(row)
        if session.test:
            row.standing = "test"
        elif event.corrects or _repeats(event):
            for one in self._sets.get(row.contact, (row.contact,)):
                self._lookups.add((one, row.flow, row.step))

    def move_comment(self, session: Session, key: str) -> None:
        """Take the words beside an answer away: they became an answer of their own."""
        for row, _ in reversed(self._told):
            if row.session == session.id and row.key == key:
                row.comment = None
                return
        flow, _, step = key.rpartition(".")
        question = (session.contact, flow or session.flow, step)
        self._lookups.add(question)
        self._moved.append((session.id, session.contact, key))

    async def settle(self, work: Work) -> None:
        """Look up what stands, and say of each answer whether it counts."""
        standing: dict[_Question, AnswerRow] = {}
        if self._lookups:
            for row in await work.counted_answers(sorted(self._lookups)):
                standing[row.contact, row.flow, row.step] = row
        self._forget_comments(standing)
        for row, event in self._told:
            if row.standing == "test":
                continue
            for earlier in self._of_person(row, standing) if standing else ():
                self._settle(row, event, earlier)
            self._count(row, 1)
            standing[row.contact, row.flow, row.step] = row

    def _of_person(
        self, row: AnswerRow, standing: Mapping[_Question, AnswerRow]
    ) -> list[AnswerRow]:
        """Return what stands of a person's answers to a question, oldest first."""
        kin = self._sets.get(row.contact, (row.contact,))
        asked = [(one, row.flow, row.step) for one in kin]
        found = [standing[each] for each in asked if each in standing]
        return sorted(found, key=_id) if len(found) > 1 else found

    def _forget_comments(self, standing: dict[_Question, AnswerRow]) -> None:
        for session, contact, key in self._moved:
            for (owner, _, _), row in standing.items():
                if owner == contact and row.session == session and row.key == key:
                    row.comment = None
                    self._changes.changed_answers[row.id] = row

    def _settle(self, row: AnswerRow, event: Answered, earlier: AnswerRow) -> None:
        if earlier.standing != "counted":
            return
        if event.corrects and earlier.session == row.session:
            row.comment = row.comment or earlier.comment
            self._replace(earlier, row, "corrected")
            self._note(earlier, row)
        elif _repeats(event) and self._now < earlier.period_at + _period(event):
            self._replace(earlier, row, "earlier")

    def _replace(self, earlier: AnswerRow, row: AnswerRow, standing: str) -> None:
        self._count(earlier, -1)
        earlier.standing = "corrected" if standing == "corrected" else "earlier"
        row.period_at = earlier.period_at
        if all(earlier is not mine for mine, _ in self._told):
            self._changes.changed_answers[earlier.id] = earlier

    def _note(self, earlier: AnswerRow, row: AnswerRow) -> None:
        note = f"corrected from {_shown(earlier.value)} to {_shown(row.value)}"
        self._changes.case_notes.append(CaseNote(row.session, row.key, note))

    def _count(self, row: AnswerRow, by: int) -> None:
        if row.kind not in SCORED or row.value is None:
            return
        cell = CountKey(
            row.day,
            row.flow,
            row.step,
            row.channel,
            row.language,
            row.touchpoint,
            row.campaign,
            "answer",
            row.kind,
            str(row.value),
            self._desk.slot,
        )
        self._changes.count(cell, by)


def _blank(day: str, now: datetime) -> AnswerRow:
    """Return what all answers given now have in common; the rest is to be filled in."""
    return AnswerRow(
        id=0,
        contact=0,
        session=0,
        key="",
        flow="",
        step="",
        kind="text",
        value=None,
        language="",
        channel="",
        revision="",
        day=day,
        period_at=now,
        given_at=now,
    )


def withdrawn(session: Session, event: Answered) -> Withdrawn:
    """Return what a corrected answer led to and takes back while it has not left."""
    return Withdrawn(session.id, event.key)


def _id(row: AnswerRow) -> int:
    return row.id


def _period(event: Answered) -> timedelta:
    return event.once_every or timedelta()


def _repeats(event: Answered) -> bool:
    counts = event.kind in SCORED and event.value is not None
    return counts and event.once_every is not None


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "nothing" if value is None else str(value)
