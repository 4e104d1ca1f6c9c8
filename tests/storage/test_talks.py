"""What the inbound path reads and writes: messages, contacts, talks, answers."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from bot.errors import StoreConflict
from bot.model.changes import Changes, ConsentRow, Revision, Standing
from bot.model.contact import Address, Contact
from bot.model.session import Frame, Offer
from bot.service.ports import Store
from storage import SqlStore
from storage.rows import micros, moment
from tests.storage.samples import (
    ANN,
    ANNS,
    BEN,
    BENS,
    MINUTE,
    NOON,
    answer,
    case,
    event,
    inbound,
    meet,
    rows,
    save,
    session,
    tag,
)


@given(
    st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - the zone comes beside it
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))]),
    )
)
def test_times(at: datetime) -> None:
    """Every time comes back from a column as the same instant, in UTC."""
    assert moment(micros(at)) == at
    assert moment(micros(at)).tzinfo is UTC


async def test_seen(store: Store) -> None:
    """A message is known by its channel and its key together."""
    await save(store, inbound=[inbound(1, "a"), inbound(2, "b", channel="telegram")])
    channels = [("web", "a"), ("web", "b"), ("telegram", "b"), ("slack", "a")]
    asked = [(Address(channel, ANNS.handle), key) for channel, key in channels]
    async with store.reading() as work:
        assert await work.seen(asked) == {("web", "a"), ("telegram", "b")}
        assert await work.seen([]) == set()


async def test_a_message_is_stored_once(store: Store) -> None:
    """The same key on the same channel is refused, with all that came along."""
    await save(store, inbound=[inbound(1)])
    with pytest.raises(StoreConflict):
        await save(store, inbound=[inbound(2)], events=[event(1)])
    async with store.reading() as work:
        assert (await work.traces([ANN.id]))[ANN.id].events == ()


async def test_contacts(store: Store) -> None:
    """Contacts are found by any of their addresses and by id, as they were stored."""
    full = Contact(
        id=30,
        first_name="Zoë",
        last_name="O'Neil",
        language="es",
        zone="Europe/Madrid",
        attributes={"plan": "pro", "seats": 3, "rate": 0.5, "vip": True, "no": None},
        stopped=True,
        doubting=True,
        idle_told="2026-03-02",
    )
    await meet(store)
    at = [Address("slack", "U1"), Address("web", "z"), Address("crm", "'; --")]
    addresses = [(address, full.id) for address in at]
    await save(store, new_contacts=[(full, NOON)], new_addresses=addresses)
    async with store.reading() as work:
        found = await work.contacts_at([ANNS, at[2], Address("web", "4711")])
        assert found == {ANNS: ANN, at[2]: full}
        assert await work.contacts([full.id, BEN.id, 99]) == {30: full, 20: BEN}
        assert await work.addresses([full.id, 99]) == {full.id: at}
        assert await work.contacts_at([]) == {}


async def test_finding(store: SqlStore) -> None:
    """Somebody is found by an address, or not known."""
    await meet(store)
    assert await store.find(BENS) == BEN
    assert await store.find(Address("web", "4711")) is None


async def test_stuck(store: SqlStore) -> None:
    """What could not be handled is listed whole, the oldest first."""
    later = inbound(3, "c", state="stuck", error="ValueError: odd", raw='{"text":"é"}')
    sooner = inbound(2, "b", state="stuck", error="KeyError: 'x'")
    dropped = inbound(4, "d", state="dropped", error="ValueError: odd")
    await save(store, inbound=[inbound(1, "a"), later, sooner, dropped])
    assert await store.stuck() == [sooner, later]


async def test_changed_contacts(store: Store) -> None:
    """A contact changes in place; who is new is stored as they are by the end."""
    await meet(store)
    renamed = Contact(id=ANN.id, first_name="Anna", language="es")
    new, newer = Contact(id=30), Contact(id=30, stopped=True)
    await save(
        store,
        new_contacts=[(new, NOON)],
        contacts={renamed.id: renamed, newer.id: newer},
    )
    async with store.reading() as work:
        assert await work.contacts([10, 20, 30]) == {10: renamed, 20: BEN, 30: newer}


async def test_an_address_belongs_to_one(store: Store) -> None:
    """An address cannot be given to a second contact."""
    await meet(store)
    with pytest.raises(StoreConflict):
        await save(store, new_addresses=[(ANNS, BEN.id)])


async def test_last_sessions(store: Store) -> None:
    """Of each contact the newest talk is returned, over or not, as it was stored."""
    await meet(store)
    older = session(100)
    newer = session(
        101,
        status="completed",
        frames=(Frame("nps", "score"), Frame("csat", "happy")),
        event={"order": "4711", "total": 12.5, "first": True},
        answers={"score": 9, "why": None, "topics": ("price", "speed")},
        comments={"score": "it just works"},
        trail=("score", "why"),
        offer=Offer(7, "but"),
        wait_until=NOON,
        ended_at=NOON + MINUTE,
        correcting="score",
        test=True,
    )
    bens = session(102, contact=BEN.id, address=BENS)
    await save(store, sessions=rows(newer, older, bens))
    async with store.reading() as work:
        found = await work.last_sessions([BEN.id, ANN.id, 99])
    assert found == {ANN.id: newer, BEN.id: bens}


async def test_saved_sessions(store: Store) -> None:
    """A talk is saved in place."""
    await meet(store)
    await save(store, sessions=rows(session()))
    moved = session(status="stopped", misses=2)
    await save(store, sessions=rows(moved, new=False))
    async with store.reading() as work:
        assert await work.last_sessions([ANN.id]) == {ANN.id: moved}


async def test_due_sessions(store: Store) -> None:
    """Talks are woken when their time has come, the longest overdue first."""
    await meet(store)
    late, later, asleep = session(101), session(100), session(102)
    changes = Changes(sessions=rows(late, later, asleep))
    for talk, at in ((late, NOON), (later, NOON + MINUTE), (asleep, None)):
        row = changes.sessions[talk.id]
        changes.sessions[talk.id] = replace(row, wakes_at=at)
    async with store.transaction() as work:
        await work.save(changes)
    async with store.transaction() as work:
        assert await work.due_sessions(NOON - MINUTE, 9) == []
        assert await work.due_sessions(NOON, 9) == [late]
        assert await work.due_sessions(NOON + MINUTE, 9) == [late, later]
        assert await work.due_sessions(NOON + MINUTE, 1) == [late]
        assert await work.next_wake() == NOON


async def test_counted_answers(store: Store) -> None:
    """The newest answer that counts is found by contact, flow and step."""
    given = [
        answer(1, 3, standing="earlier"),
        answer(2, 7, comment="but …", touchpoint="order", campaign="spring"),
        answer(3, 8, standing="corrected"),
        answer(4, 9, standing="test"),
        answer(5, ("price", "speed"), step="why", kind="choices", segment=None),
        answer(6, 1, contact=BEN.id),
        answer(7, None, step="more", kind="text", text="skip"),
        answer(8, 4.5, step="amount", kind="number"),
    ]
    await save(store, answers=given)
    asked = [
        (ANN.id, "nps", "score"),
        (ANN.id, "nps", "why"),
        (ANN.id, "nps", "more"),
        (ANN.id, "nps", "amount"),
        (ANN.id, "csat", "score"),
        (BEN.id, "nps", "why"),
    ]
    async with store.reading() as work:
        found = await work.counted_answers(asked)
        assert await work.counted_answers([]) == []
    assert found == [given[1], given[4], given[6], given[7]]


async def test_changed_answers(store: Store) -> None:
    """An answer that another one replaced no longer counts, its words may go."""
    first, second = answer(1, 3, comment="slow"), answer(2, 9)
    await save(store, answers=[first])
    first.standing = "corrected"
    await save(store, answers=[second], changed_answers={1: first})
    second.comment, second.period_at = "better", NOON - MINUTE
    await save(store, changed_answers={2: second})
    async with store.reading() as work:
        assert await work.counted_answers([(ANN.id, "nps", "score")]) == [second]


async def test_traces(store: Store) -> None:
    """What talks left with a contact comes back, each tag once, oldest first."""
    cases = [case(1), case(2, None)]
    events = [event(1, data=b'{"name":"x"}'), event(2, session=None)]
    await save(
        store,
        cases=cases,
        tags=[tag("happy"), tag("vip"), tag("happy", None), tag("vip")],
        events=[*events, event(3, contact=BEN.id)],
    )
    async with store.reading() as work:
        found = await work.traces([ANN.id, 99])
        known = await work.events([(ANN.id, 2), (BEN.id, 3), (ANN.id, 3)])
    traces = found[ANN.id]
    assert found[99] == type(traces)()
    assert known == {2: events[1], 3: event(3, contact=BEN.id)}
    assert set(traces.tags) == {"happy", "vip"}
    assert len(traces.tags) == 2
    assert traces.cases == tuple(cases)
    assert traces.events == tuple(events)


async def test_standings(store: Store) -> None:
    """Policy learns of a stop, the last word on each topic, and the newest talk."""
    await meet(store)
    said = [("survey", True), ("news", False), ("survey", False), ("news", True)]
    consents = [
        ConsentRow(id_, ANN.id, topic, given, "May we?", "en", "abc", None, NOON)
        for id_, (topic, given) in enumerate(said)
    ]
    talk = session()
    stopped = Contact(id=BEN.id, stopped=True)
    await save(
        store,
        consents=consents,
        sessions=rows(talk),
        contacts={BEN.id: stopped},
    )
    async with store.reading() as work:
        found = await work.standings([ANN.id, BEN.id])
    consented = {"survey": False, "news": True}
    assert found[ANN.id] == Standing(consents=consented, session=talk)
    assert found[BEN.id] == Standing(stopped=True)


async def test_revisions(store: Store) -> None:
    """Publishing makes a revision the current one; older ones can still be read."""
    first, second, other = (
        Revision(
            hash=hash_,
            flow=flow,
            source="# día\n".encode(),
            language_version=1,
            published_at=NOON,
            published_by="ann",
        )
        for hash_, flow in (("h1", "nps"), ("h2", "nps"), ("h3", "csat"))
    )
    async with store.transaction() as work:
        await work.publish([first, other])
        await work.publish([second])
        assert await work.current() == {"nps": "h2", "csat": "h3"}
        assert await work.revisions(["h1", "h3", "h9"]) == {"h1": first, "h3": other}
        await work.publish([first])
        assert (await work.current())["nps"] == "h1"
        await work.publish([])


async def test_all_or_nothing(store: Store) -> None:
    """An error inside a transaction takes back all of it, and the store goes on."""

    async def break_down() -> None:
        async with store.transaction() as work:
            await work.save(Changes(new_contacts=[(ANN, NOON)]))
            assert await work.contacts([ANN.id]) == {ANN.id: ANN}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_down()
    async with store.reading() as work:
        assert await work.contacts([ANN.id]) == {}
    await meet(store)
