"""Nouns to store, with everything filled in that a test does not speak of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bot.model.answer import Value
from bot.model.changes import (
    AnswerRow,
    CaseRow,
    Changes,
    CountKey,
    EventRow,
    InboundRow,
    MediaRow,
    PlanRow,
    SessionRow,
    TagRow,
)
from bot.model.contact import Address, Contact
from bot.model.joins import Join, Link
from bot.model.message import Delivery, Outbound
from bot.model.session import Frame, Session
from bot.service.ports import Store

NOON = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANN, BEN = Contact(id=10, first_name="Ann"), Contact(id=20)
ANNS, BENS = Address("web", "ann"), Address("telegram", "4711")

LINK = Link(
    hash="h4sh", contact=ANN.id, flow="nps", made_at=NOON, expires_at=NOON + MINUTE
)


async def save(store: Store, **changes: Any) -> None:  # noqa: ANN401 - any of Changes
    """Write these changes in a transaction of their own."""
    async with store.transaction() as work:
        await work.save(Changes(**changes))


async def meet(store: Store) -> None:
    """Store two contacts, each with an address."""
    await save(
        store,
        new_contacts=[(ANN, NOON), (BEN, NOON)],
        new_addresses=[(ANNS, ANN.id), (BENS, BEN.id)],
    )


def session(id_: int = 100, **fields: Any) -> Session:  # noqa: ANN401 - any of Session
    """Return a talk of Ann's that waits for a score."""
    talk = Session(
        id=id_,
        contact=ANN.id,
        address=ANNS,
        frames=(Frame("nps", "score"),),
        pins={"nps": "abc"},
        waits="answer",
        began_at=NOON,
        asked_at=NOON,
    )
    return replace(talk, **fields)


def rows(*sessions: Session, new: bool = True) -> dict[int, SessionRow]:
    """Return talks as changes hold them, each to be woken a minute past noon."""
    return {talk.id: SessionRow(talk, NOON + MINUTE, new) for talk in sessions}


def inbound(id_: int, key: str = "1", **fields: Any) -> InboundRow:  # noqa: ANN401
    """Return a message of Ann's as it came."""
    row = InboundRow(id_, ANNS.channel, ANNS.handle, key, ANN.id, NOON, "{}")
    return replace(row, **fields)


def answer(id_: int, value: Value = 9, **fields: Any) -> AnswerRow:  # noqa: ANN401
    """Return an answer of Ann's to the question `nps.score`."""
    row = AnswerRow(
        id=id_,
        contact=ANN.id,
        session=100,
        key="score",
        flow="nps",
        step="score",
        kind="nps",
        value=value,
        segment="promoter",
        language="en",
        channel="web",
        revision="abc",
        day="2026-03-02",
        period_at=NOON,
        given_at=NOON,
    )
    return replace(row, **fields)


def cell(value: str = "9", **fields: Any) -> CountKey:  # noqa: ANN401
    """Return the cell that an answer to `nps.score` counts in."""
    key = CountKey(
        day="2026-03-02",
        flow="nps",
        step="score",
        channel="web",
        language="en",
        touchpoint="",
        campaign="",
        measure="answer",
        kind="nps",
        value=value,
    )
    return key._replace(**fields)


def delivery(id_: int, **fields: Any) -> Delivery:  # noqa: ANN401 - any of Delivery
    """Return a message to Ann that is due at noon."""
    message = Delivery(
        id=id_,
        contact=ANN.id,
        address=ANNS,
        session=100,
        flow="nps",
        content=Outbound(text="Thank you."),
        due_at=NOON,
    )
    return replace(message, **fields)


def case(id_: int, cause: str | None = "score", session: int = 100) -> CaseRow:
    """Return a case that an answer of Ann's led to."""
    return CaseRow(id_, ANN.id, session, "nps", "care", "high", cause, NOON)


def tag(word: str, cause: str | None = "score", session: int = 100) -> TagRow:
    """Return a word that an answer of Ann's marked her with."""
    return TagRow(ANN.id, word, session, cause, NOON)


def plan(id_: int, **fields: Any) -> PlanRow:  # noqa: ANN401 - any of PlanRow
    """Return a start of `onboarding` for Ann that is due at noon."""
    return PlanRow(id_, ANN.id, "onboarding", NOON, 100, "score")._replace(**fields)


def media(id_: int, **fields: Any) -> MediaRow:  # noqa: ANN401 - any of MediaRow
    """Return a photo of Ben's that is to be fetched at noon."""
    row = MediaRow(
        id=id_,
        contact=BEN.id,
        inbound=1,
        channel=BENS.channel,
        kind="photo",
        reference=f"file-{id_}",
        due_at=NOON,
    )
    return replace(row, **fields)


def join(id_: int, **fields: Any) -> Join:  # noqa: ANN401 - any of Join
    """Return that Ann and Ben are one, as an operator says."""
    made = Join(id=id_, a=ANN.id, b=BEN.id, proof="operator", by="ops", at=NOON)
    return replace(made, **fields)


def event(id_: int, **fields: Any) -> EventRow:  # noqa: ANN401 - any of EventRow
    """Return something that happened to Ann."""
    row = EventRow(id_, ANN.id, 100, "Emitted", b"{}", NOON)
    return replace(row, **fields)
