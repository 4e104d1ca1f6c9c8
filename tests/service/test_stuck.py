"""Messages that could not be handled: kept, tried again, dropped."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.model.contact import Address
from bot.model.message import Inbound
from bot.service import batch
from bot.service.stuck import AGAIN, DROPPED, NOTHING, Came, Stuck
from channels.web import entries, frames
from tests.figures import Counting
from tests.service.house import House, open_house

SURVEY = """
flow: survey
triggers: [{keyword: [survey]}]
steps:
  q: {ask: How was it?, answer: nps}
  why: {ask: Why?, answer: text}
"""
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMELESS = "it names no sender"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house in memory with the survey published."""
    async with open_house(SURVEY) as opened:
        yield opened


@pytest.fixture
def stuck(house: House) -> Stuck:
    """Return what is stuck there, with a channel that can be read again."""
    return Stuck(house.desk, {"web": read})


def read(raw: str) -> Inbound | None:
    """Read what a channel of these tests sent: `sender: words`, or nothing."""
    if not raw:
        return None
    sender, words = raw.split(": ")
    fault = NAMELESS if sender == "?" else None
    address = Address("web", sender)
    return Inbound(address=address, key="another", at=AT, text=words, fault=fault)


def faulty(key: str, raw: str = "?", handle: str = "") -> Inbound:
    """Return a message that its channel could not understand."""
    address = Address("web", handle)
    return Inbound(address=address, key=key, at=AT, raw=raw, fault=NAMELESS)


# ── what a channel cannot understand ─────────────────────────────────────────────────


async def test_a_fault_is_stuck(house: House, stuck: Stuck) -> None:
    """What a channel cannot understand is kept with the reason, and meets nobody."""
    taken = await house.inbox.take(faulty("1", "\x00{broken"))
    assert (taken.known, taken.stuck, taken.session) == (False, True, None)
    [row], count = await stuck.newest(9)
    assert count == 1
    assert (row.id, row.contact, row.handle, row.key) == (taken.id, 0, "", "1")
    assert (row.state, row.error, row.raw) == ("stuck", NAMELESS, "{broken")
    assert await house.store.find(Address("web", "")) is None


async def test_a_fault_is_known_by_its_key(house: House, stuck: Stuck) -> None:
    """It is kept once, however often it comes."""
    first, second = await asyncio.gather(
        house.inbox.take(faulty("1")), house.inbox.take(faulty("1"))
    )
    assert (first.known, second.known) == (False, True)
    assert (await house.inbox.take(faulty("1"))).known
    assert len(await stuck.ids()) == 1


async def test_a_fault_among_others(house: House, stuck: Stuck) -> None:
    """In a batch with others it holds up nobody, and is counted as stuck."""
    await house.begin("survey")
    counting = Counting()
    messages = (
        faulty("a"),
        house.message("9"),
        faulty("b", handle="1"),
        house.message("survey", "2"),
    )
    taken = await asyncio.gather(*(house.inbox.take(m) for m in messages))
    assert [one.stuck for one in taken] == [True, False, True, False]
    counted = counting["voxpop_inbound_messages_total"]
    assert counted == {("web", "stuck"): 2, ("web", "taken"): 2}
    assert await house.histogram() == {"9": 1}
    rows, _ = await stuck.newest(9)
    assert {row.contact for row in rows} == {0, (await house.contact()).id}
    assert (await house.session("2")).flow == "survey"


async def test_a_fault_changes_nobody(house: House) -> None:
    """Whoever sent it, if we know them, is where they were."""
    await house.begin("survey")
    before = await house.session(), await house.contact()
    await house.inbox.take(faulty("1", handle="1"))
    assert (await house.session(), await house.contact()) == before


async def test_a_reason_is_one_harmless_line(house: House, stuck: Stuck) -> None:
    """A reason that holds what no store can keep is kept without it."""
    message = Inbound(address=Address("web", ""), key="1", at=AT, fault="n\0o\ud800\n")
    await house.inbox.take(message)
    [[row], _] = await stuck.newest(9)
    assert row.error == "n o  "


# ── tried again ──────────────────────────────────────────────────────────────────────


async def test_a_retry(house: House, stuck: Stuck) -> None:
    """It is handled as if it came now, by the id and key that it had."""
    taken = await house.inbox.take(faulty("1", "7: survey"))
    assert taken.id is not None
    assert await stuck.retry(taken.id) == Came(taken.id, "handled")
    await house.outbox.drain()
    assert house.heard() == ["How was it?"]
    row = await stuck.one(taken.id)
    assert row is not None
    assert (row.state, row.error, row.key) == ("handled", None, "1")
    assert (row.contact, row.handle) == ((await house.contact("7")).id, "7")
    assert row.received_at == house.hands.at
    assert await stuck.ids() == []


async def test_what_was_retried_is_known(house: House, stuck: Stuck) -> None:
    """When the same comes again, from whoever it is known to come now, it is known."""
    taken = await house.inbox.take(faulty("1", "7: survey"))
    assert taken.id is not None
    await stuck.retry(taken.id)
    assert (await house.inbox.take(house.message("9", "7", key="1"))).known
    assert await stuck.retry(taken.id) is None


async def test_all_of_a_talk_in_its_order(house: House, stuck: Stuck) -> None:
    """Messages of one contact that are tried again oldest first tell one story."""
    for number, words in enumerate(("survey", "9", "because")):
        await house.inbox.take(faulty(str(number), f"7: {words}"))
    for id_ in await stuck.ids():
        await stuck.retry(id_)
    assert (await house.session("7")).answers == {"q": 9, "why": "because"}


async def test_a_talk_goes_on(house: House, stuck: Stuck) -> None:
    """A retry goes on with the talk that is open now."""
    await house.begin("survey")
    taken = await house.inbox.take(faulty("1", "1: 9", handle="1"))
    assert taken.id is not None
    await stuck.retry(taken.id)
    assert await house.histogram() == {"9": 1}


async def test_who_it_came_from_stays(house: House, stuck: Stuck) -> None:
    """An address that was known when the message came is not another one later."""
    await house.begin("survey")
    taken = await house.inbox.take(faulty("1", "somebody else: 9", handle="1"))
    assert taken.id is not None
    await stuck.retry(taken.id)
    assert (await house.session()).answers == {"q": 9}


async def test_stuck_again(
    house: House, stuck: Stuck, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it fails again nothing of it stands, but the new reason."""
    taken = await house.inbox.take(faulty("1", "7: survey"))
    assert taken.id is not None

    def resume(*_: object) -> object:
        raise RuntimeError("no way")

    with monkeypatch.context() as patched:
        patched.setattr(batch, "resume", resume)
        told = "RuntimeError: no way"
        assert await stuck.retry(taken.id) == Came(taken.id, "stuck", told)
    assert await house.store.find(Address("web", "7")) is None
    row = await stuck.one(taken.id)
    assert row is not None
    assert (row.state, row.error, row.raw) == ("stuck", told, "7: survey")
    assert await stuck.retry(taken.id) == Came(taken.id, "handled")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("no colon", "ValueError: not enough values to unpack"),
        ("?: survey", NAMELESS),
    ],
)
async def test_not_understood(house: House, stuck: Stuck, raw: str, why: str) -> None:
    """What its channel cannot read now either stays stuck, and says why."""
    taken = await house.inbox.take(faulty("1", raw))
    assert taken.id is not None
    came = await stuck.retry(taken.id)
    assert came is not None
    assert came.state == "stuck"
    assert (came.reason or "").startswith(why)
    row = await stuck.one(taken.id)
    assert row is not None
    assert (row.state, row.error) == (came.state, came.reason)


async def test_nothing_in_it(house: House) -> None:
    """What turns out to hold nothing for us is dropped, and says so."""
    stuck = Stuck(house.desk, {"web": lambda _: None})
    taken = await house.inbox.take(faulty("1"))
    assert taken.id is not None
    assert await stuck.retry(taken.id) == Came(taken.id, "dropped", NOTHING)
    row = await stuck.one(taken.id)
    assert row is not None
    assert (row.state, row.error) == ("dropped", NOTHING)


async def test_nobody_to_read_it(house: House) -> None:
    """A channel that nothing reads again is told; the old reason stays."""
    taken = await house.inbox.take(faulty("1"))
    assert taken.id is not None
    came = await Stuck(house.desk, {}).retry(taken.id)
    assert came is not None
    assert came.state == "stuck"
    assert "the channel web has nothing" in (came.reason or "")
    row = await Stuck(house.desk, {}).one(taken.id)
    assert row is not None
    assert row.error == NAMELESS


async def test_it_came_again(house: House, stuck: Stuck, engine: str) -> None:
    """What was taken under its sender's address meanwhile is not taken twice."""
    taken = await house.inbox.take(faulty("1", "7: survey"))
    assert taken.id is not None
    again = await house.inbox.take(house.message("survey", "7", key="1"))
    assert again.known == (engine == "sqlite")  # it finds keys by the channel alone
    came = await stuck.retry(taken.id)
    handled = Came(taken.id, "handled")
    expected = Came(taken.id, "dropped", AGAIN) if not again.known else handled
    assert came == expected
    await house.outbox.drain()
    assert house.heard() == ["How was it?"]


async def test_two_at_once(house: House, stuck: Stuck) -> None:
    """Two who retry the same message handle it once."""
    taken = await house.inbox.take(faulty("1", "7: survey"))
    assert taken.id is not None
    came = await asyncio.gather(stuck.retry(taken.id), stuck.retry(taken.id))
    assert sorted(each is None for each in came) == [False, True]
    await house.outbox.drain()
    assert house.heard() == ["How was it?"]


# ── dropped ──────────────────────────────────────────────────────────────────────────


async def test_dropped(house: House, stuck: Stuck) -> None:
    """What is dropped is kept as such, and is known when it comes again."""
    taken = await house.inbox.take(faulty("1"))
    kept = await house.inbox.take(faulty("2"))
    assert taken.id is not None
    assert await stuck.drop([taken.id, 4711]) == [taken.id]
    assert await stuck.drop([taken.id]) == []
    row = await stuck.one(taken.id)
    assert row is not None
    assert (row.state, row.error) == ("dropped", DROPPED)
    assert await stuck.ids() == [kept.id]
    assert await stuck.retry(taken.id) is None
    assert (await house.inbox.take(faulty("1"))).known


async def test_the_newest_first(house: House, stuck: Stuck) -> None:
    """They are listed from the newest, so many of them."""
    ids = [(await house.inbox.take(faulty(str(n)))).id for n in range(3)]
    rows, count = await stuck.newest(2)
    assert ([row.id for row in rows], count) == ([ids[2], ids[1]], 3)


# ── the chat page ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "message",
    [
        frames.Say("abcdefgh", "9"),
        frames.Tap("abcdefgh", "1", "q", ("9",)),
        frames.Give("abcdefgh", "photo", "p1", "see?"),
        frames.Again("abcdefgh"),
    ],
)
def test_the_page_reads_its_own(message: frames.Message) -> None:
    """What a page said reads back as it was, but for who said it and when."""
    came = entries.inbound("1", message, AT)
    read_back = entries.decode(came.raw)
    assert read_back is not None
    for name in ("text", "tap", "media", "opens", "raw"):
        assert getattr(read_back, name) == getattr(came, name)
    assert read_back.address == Address("web", "")


def test_opening_the_page_is_over() -> None:
    """That somebody opened the page then is nothing to do now."""
    assert entries.decode(entries.OPENED) is None
