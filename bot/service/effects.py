"""What each event of a sprint leaves in the store; one function an event."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from bot.model import event as told
from bot.model.answer import Value
from bot.model.changes import (
    CaseNote,
    CaseRow,
    Changes,
    ConsentRow,
    CountKey,
    EventRow,
    PlanRow,
    TagRow,
    Withdrawn,
)
from bot.model.contact import Address
from bot.model.event import Event
from bot.model.message import Delivery
from bot.model.session import Session
from bot.service.answers import withdrawn
from bot.service.desk import Desk

if TYPE_CHECKING:
    from bot.service.batch import Batch

_encode = msgspec.json.Encoder().encode


class Place:
    """Where the events of one sprint belong."""

    __slots__ = ("address", "batch", "contact", "session")

    def __init__(
        self, batch: "Batch", contact: int, session: Session | None, address: Address
    ) -> None:
        self.batch = batch
        self.contact = contact
        self.session = session
        self.address = address

    @property
    def session_id(self) -> int | None:
        """Return the talk's id, None between talks."""
        return self.session.id if self.session else None


def keep(
    batch: "Batch",
    contact: int,
    session: Session | None,
    events: Sequence[Event],
    address: Address,
) -> None:
    """Turn events into rows of the batch's changes."""
    place = Place(batch, contact, session, address)
    for event in events:
        _KEEPERS.get(type(event), _log)(place, event)


def _message(place: Place, event: told.MessageCreated) -> None:
    batch = place.batch
    batch.changes.deliveries.append(
        Delivery(
            id=batch.desk.new_id(),
            contact=place.contact,
            address=place.address,
            session=place.session.id if place.session and event.flow else None,
            flow=event.flow,
            asks=event.asks,
            cause=event.cause,
            content=event.content,
            topic=event.topic,
            prompted=event.prompted,
            role=event.role,
            due_at=batch.now,
        )
    )


def _answered(place: Place, event: told.Answered) -> None:
    session, batch = place.session, place.batch
    if session is None:
        return
    if event.corrects:
        take_back(batch.changes, withdrawn(session, event))
    batch.answers.add(session, place.address, event)
    if event.first and not session.test:
        batch.changes.count(funnel(batch.desk, batch.day, session, "started"))


def _kept(place: Place, event: told.AnswerKept) -> None:
    if place.session is not None:
        take_back(place.batch.changes, Withdrawn(place.session.id, event.key))


def take_back(changes: Changes, withdrawn: Withdrawn) -> None:
    """Cancel what an answer caused, also what stands in this very batch."""
    changes.withdrawn.append(withdrawn)
    mine = (withdrawn.session, withdrawn.cause)
    changes.tags = [t for t in changes.tags if (t.session, t.cause) != mine]
    changes.plans = [p for p in changes.plans if (p.session, p.cause) != mine]
    changes.deliveries = [d for d in changes.deliveries if (d.session, d.cause) != mine]


def silence(changes: Changes, contact: int) -> None:
    """Cancel all that waits for a contact who said stop, also in this very batch."""
    changes.silenced.append(contact)
    changes.plans = [p for p in changes.plans if p.contact != contact]
    changes.deliveries = [d for d in changes.deliveries if d.contact != contact]


def _comment_moved(place: Place, event: told.CommentMoved) -> None:
    if place.session is not None:
        place.batch.answers.move_comment(place.session, event.key)


def _started(place: Place, event: told.SessionStarted) -> None:
    if place.session is not None and not place.session.test:
        place.batch.talks[event.flow, "begun"] += 1


def _ended(place: Place, event: told.SessionEnded) -> None:
    session, batch = place.session, place.batch
    if session is not None and not session.test:
        batch.talks[event.flow, event.status] += 1
    asked = session is not None and session.asked_at is not None
    if session and asked and event.status == "completed" and not session.test:
        batch.changes.count(funnel(batch.desk, batch.day, session, "completed"))
    _log(place, event)


def _consent(place: Place, event: told.ConsentRecorded) -> None:
    batch = place.batch
    batch.changes.consents += [
        ConsentRow(
            id=batch.desk.new_id(),
            contact=one,
            topic=event.topic,
            given=event.given,
            wording=event.wording,
            language=event.language,
            revision=event.revision,
            session=place.session_id,
            at=batch.now,
        )
        for one in batch.kin(place.contact)
    ]


def _tag(place: Place, event: told.TagAdded) -> None:
    if place.session is not None:
        place.batch.changes.tags.append(
            TagRow(
                place.contact, event.tag, place.session.id, event.cause, place.batch.now
            )
        )


def _case(place: Place, event: told.CaseOpened) -> None:
    batch, session = place.batch, place.session
    batch.changes.cases.append(
        CaseRow(
            id=batch.desk.new_id(),
            contact=place.contact,
            session=session.id if session else 0,
            flow=event.flow,
            team=event.team,
            urgency=event.urgency,
            cause=event.cause,
            opened_at=batch.now,
        )
    )


def _plan(place: Place, event: told.FlowPlanned) -> None:
    batch = place.batch
    batch.changes.plans.append(
        PlanRow(
            id=batch.desk.new_id(),
            contact=place.contact,
            flow=event.flow,
            due_at=batch.now + event.wait,
            session=place.session_id,
            cause=event.cause,
        )
    )
    _log(place, event)


def _afterword(place: Place, event: told.AfterwordKept) -> None:
    if place.session is not None:
        note = CaseNote(place.session.id, "", f"afterword: {event.text}")
        place.batch.changes.case_notes.append(note)
    _log(place, event)


def _attribute(place: Place, event: told.AttributeSet) -> None:
    contact = place.batch.contacts[place.contact]
    kind = place.batch.desk.world.attributes.get(event.name, "text")
    value = typed(event.value, kind) if isinstance(event.value, str) else event.value
    _change(place, attributes={**contact.attributes, event.name: value})
    _log(place, event)


def typed(text: str, kind: str) -> Value:
    """Return a text as its declared type has it, the text itself where it does not fit.

    >>> typed("12", "number"), typed("yes", "yes_no"), typed("soon", "number")
    (12.0, True, 'soon')
    """
    if kind == "yes_no":
        return _TRUTHS.get(text.casefold(), text)
    if kind != "number":
        return text
    try:
        return float(text)
    except ValueError:
        return text


_TRUTHS: Final = {"yes": True, "true": True, "no": False, "false": False}


def _language(place: Place, event: told.LanguageChosen) -> None:
    _change_all(place, language=event.language)
    _log(place, event)


def _stopped(place: Place, event: told.Stopped) -> None:
    for one in _change_all(place, stopped=True, doubting=False):
        silence(place.batch.changes, one)
    _log(place, event)


def _restarted(place: Place, event: told.Restarted) -> None:
    _change_all(place, stopped=False, doubting=False)
    _log(place, event)


def _doubted(place: Place, event: told.StopDoubted) -> None:
    _change_all(place, doubting=event.open)
    _log(place, event)


def _idle(place: Place, event: told.IdleTold) -> None:
    _change(place, idle_told=event.day)


def _change(place: Place, **fields: Any) -> None:  # noqa: ANN401 - a contact's fields
    place.batch.change(place.contact, **fields)


def _change_all(place: Place, **fields: Any) -> tuple[int, ...]:  # noqa: ANN401
    """Change a person, whatever address they spoke at; return all who are theirs."""
    kin = place.batch.kin(place.contact)
    for one in kin:
        place.batch.change(one, **fields)
    return kin


def _log(place: Place, event: Event) -> None:
    """Keep an event that has no table of its own."""
    batch = place.batch
    batch.changes.events.append(
        EventRow(
            id=batch.desk.new_id(),
            contact=place.contact,
            session=place.session_id,
            kind=type(event).__name__,
            data=_encode(event),
            at=batch.now,
        )
    )


def funnel(
    desk: Desk, day: str, session: Session, measure: str, step: str = ""
) -> CountKey:
    """Return the cell of the funnel that a talk, or one question of it, counts in."""
    pinned = desk.library.shelf.by_hash[session.pins[session.flow]]
    return CountKey(
        day,
        session.flow,
        step,
        session.address.channel,
        session.language,
        pinned.flow.touchpoint,
        "",  # the campaign
        measure,
        "",  # the kind and the value are an answer's
        "",
        desk.slot,
    )


_KEEPERS: Final[Mapping[type, Callable[[Place, Any], None]]] = {
    told.MessageCreated: _message,
    told.Answered: _answered,
    told.AnswerKept: _kept,
    told.CommentMoved: _comment_moved,
    told.SessionStarted: _started,
    told.SessionEnded: _ended,
    told.ConsentRecorded: _consent,
    told.TagAdded: _tag,
    told.CaseOpened: _case,
    told.FlowPlanned: _plan,
    told.AfterwordKept: _afterword,
    told.AttributeSet: _attribute,
    told.LanguageChosen: _language,
    told.Stopped: _stopped,
    told.Restarted: _restarted,
    told.StopDoubted: _doubted,
    told.IdleTold: _idle,
}
