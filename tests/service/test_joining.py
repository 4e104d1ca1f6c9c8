"""One person, several addresses: joined by proof, read as one, and undone."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import WrongUse
from bot.model.contact import Address, Contact
from bot.service import joining
from bot.service.joining import Declined
from bot.service.starting import Start, start_flows
from storage.named import statements
from tests.service.crowd import CRM, PHONE, TELEGRAM, WEB, Crowd, open_crowd

OTHERS = Address("telegram", "2")


@pytest.fixture
async def crowd() -> AsyncIterator[Crowd]:
    """Return a house with nobody in it."""
    async with open_crowd() as opened:
        yield opened


async def both(crowd: Crowd) -> None:
    """Meet one person twice, by a chat on each service."""
    await crowd.say(WEB)
    await crowd.say(TELEGRAM)


# ── proof ────────────────────────────────────────────────────────────────────────


async def test_two_strangers_are_two(crowd: Crowd) -> None:
    """Without proof nobody is anybody else, and nothing is looked up for them."""
    await both(crowd)
    assert (await crowd.contact(WEB)).merged_into is None
    assert not await crowd.one(WEB, TELEGRAM)


async def test_the_operator_joins(crowd: Crowd) -> None:
    """The oldest contact names the set, and each row stays where it was."""
    await both(crowd)
    web, telegram = await crowd.contact(WEB), await crowd.contact(TELEGRAM)
    join = await crowd.join(TELEGRAM, WEB)
    assert (join.proof, join.by) == ("operator", "ops")
    for address, before in ((WEB, web), (TELEGRAM, telegram)):
        after = await crowd.contact(address)
        assert (after.id, after.merged_into) == (before.id, web.id)


async def test_a_join_twice(crowd: Crowd) -> None:
    """Who is one already is not joined again."""
    await both(crowd)
    await crowd.join(WEB, TELEGRAM)
    again = await joining.join(crowd.desk, TELEGRAM, WEB, by="ops")
    assert again == Declined(joining.ALREADY)
    assert len(await crowd.joins(WEB)) == 1


async def test_nobody_is_joined_to_nobody(crowd: Crowd) -> None:
    """An operator is told where nobody is known by an address."""
    await crowd.say(WEB)
    with pytest.raises(WrongUse, match="nobody is known by crm:4711"):
        await joining.join(crowd.desk, WEB, CRM, by="ops")


async def test_a_shared_contact_of_their_own(crowd: Crowd) -> None:
    """Who shares the number that another chat proved is the same person."""
    await crowd.say(WEB, known_as=(PHONE,))
    await crowd.say(TELEGRAM)
    await crowd.say(TELEGRAM, None, known_as=(PHONE,))
    assert await crowd.one(WEB, TELEGRAM, PHONE)
    [join] = await crowd.joins(WEB)
    assert (join.proof, join.by) == ("shared", "telegram:1")


async def test_a_typed_number_is_no_proof(crowd: Crowd) -> None:
    """What somebody types or whose contact they share is only words."""
    await crowd.say(WEB, known_as=(PHONE,))
    await crowd.say(TELEGRAM, PHONE.handle)
    await crowd.say(TELEGRAM, str(CRM))
    assert not await crowd.one(WEB, TELEGRAM)


async def test_two_in_one_signed_payload(crowd: Crowd) -> None:
    """A payload that proves a chat and a customer's number joins the two."""
    await crowd.tell("order.paid")
    await crowd.say(WEB)
    await crowd.say(WEB, known_as=(CRM,))
    [join] = await crowd.joins(CRM)
    assert join.proof == "signed"


async def test_a_message_that_proves_again(crowd: Crowd) -> None:
    """The same proof again adds nothing."""
    await crowd.say(WEB, known_as=(PHONE,))
    for _ in range(3):
        await crowd.say(TELEGRAM, known_as=(PHONE,))
    assert len(await crowd.joins(WEB)) == 1


async def test_whoever_comes_by_a_number_first(crowd: Crowd) -> None:
    """Who shares a known number before all else is joined, which can be undone."""
    await crowd.say(WEB, known_as=(PHONE,))
    await crowd.say(TELEGRAM, known_as=(PHONE,))
    assert await crowd.one(WEB, TELEGRAM)
    [join] = await crowd.joins(WEB)
    await crowd.undo(join)
    assert not await crowd.one(WEB, TELEGRAM)
    assert await crowd.one(WEB, PHONE)


@pytest.mark.parametrize("met", [True, False])
async def test_a_number_that_is_somebody_elses_now(crowd: Crowd, *, met: bool) -> None:
    """Who got a number after another account of the service does not become them."""
    await crowd.say(TELEGRAM, known_as=(PHONE,))
    after = Address("telegram", "2")
    if met:
        await crowd.say(after)
    await crowd.say(after, known_as=(PHONE,))
    assert not await crowd.one(TELEGRAM, after)
    assert await crowd.joins(after) == []
    assert await crowd.events(after, "JoinRefused") == 1


async def test_one_customer_does_not_become_a_second(crowd: Crowd) -> None:
    """Two customers of the shop are not joined, not even by way of a third."""
    second = Address("crm", "4712")
    await crowd.say(WEB, known_as=(CRM,))
    await crowd.say(TELEGRAM, known_as=(second,))
    refused = await joining.join(crowd.desk, WEB, TELEGRAM, by="ops")
    assert isinstance(refused, Declined)
    assert "two customers" in refused.reason
    await crowd.say(OTHERS)
    await crowd.join(WEB, OTHERS)
    await crowd.say(OTHERS, known_as=(second,))
    assert not await crowd.one(WEB, TELEGRAM)
    assert await crowd.joins(TELEGRAM) == []
    assert await crowd.events(OTHERS, "JoinRefused") == 1
    await crowd.say(OTHERS, known_as=(Address("crm", "4713"),))
    assert await crowd.house.store.find(Address("crm", "4713")) is None


async def test_one_customer_within_a_batch(crowd: Crowd) -> None:
    """Who becomes a customer by a join is no second one in the same batch."""
    second = Address("crm", "4712")
    await crowd.say(WEB, known_as=(CRM,))
    await crowd.say(WEB, known_as=(PHONE,))
    await crowd.say(TELEGRAM)
    messages = [crowd.message(TELEGRAM, known_as=(each,)) for each in (PHONE, second)]
    await crowd.house.inbox._store(messages, None)  # noqa: SLF001 - both in one batch
    assert await crowd.one(WEB, TELEGRAM)
    assert await crowd.house.store.find(second) is None


# ── one person ───────────────────────────────────────────────────────────────────


async def test_a_talk_goes_on_at_the_other_address(crowd: Crowd) -> None:
    """Words at one address answer the talk that began at another, and are its own."""
    await both(crowd)
    await crowd.join(WEB, TELEGRAM)
    await crowd.say(WEB, "survey")
    await crowd.say(TELEGRAM, "9")
    session = await crowd.session(WEB)
    assert session is not None
    assert session.answers == {"q": 9}
    assert crowd.said("telegram")[-1] == "Why?"
    assert await crowd.session(TELEGRAM) is None


async def test_what_was_open_before_a_join(crowd: Crowd) -> None:
    """Of two open talks the newest is heard, and only its reminder goes out."""
    await crowd.say(WEB, "survey")
    await crowd.say(TELEGRAM, "other")
    await crowd.join(WEB, TELEGRAM)
    await crowd.wait(days=1)
    assert crowd.said("web") == ["How was it?"]
    await crowd.say(TELEGRAM, "yes")
    await crowd.say(TELEGRAM, "9")
    old = await crowd.session(WEB)
    assert old is not None
    assert old.answers == {"q": 9}
    assert crowd.said("telegram")[-1] == "Why?"


async def test_an_expired_talk_opens_again_at_the_other_address(crowd: Crowd) -> None:
    """What it then leads to belongs to whose talk it is."""
    await both(crowd)
    await crowd.join(WEB, TELEGRAM)
    await crowd.say(WEB, "survey")
    await crowd.wait(days=30)
    await crowd.say(TELEGRAM, "9")
    session = await crowd.session(WEB)
    assert session is not None
    assert (session.status, session.answers) == ("active", {"q": 9})
    assert crowd.said("telegram")[-1] == "Why?"
    newest, *_ = await crowd.house.store.outbox()
    assert newest.contact == session.contact


async def test_names_and_language_over_the_set(crowd: Crowd) -> None:
    """Somebody is spoken to as any of their contacts is, and no row is copied."""
    await crowd.say(WEB)
    spanish = Contact(id=crowd.desk.new_id(), language="es")
    starts = [Start(begun=None, address=TELEGRAM, newcomer=spanish)]
    await start_flows(crowd.desk, starts)
    await crowd.join(WEB, TELEGRAM)
    await crowd.say(WEB, "survey")
    assert crowd.said("web")[-1] == "¿Qué tal?"
    assert (await crowd.contact(WEB)).language is None


async def test_a_stop_is_for_all_of_them(crowd: Crowd) -> None:
    """A stop at one address silences the others, and a start brings all back."""
    await both(crowd)
    await crowd.join(WEB, TELEGRAM)
    await crowd.say(TELEGRAM, "stop")
    for address in (WEB, TELEGRAM):
        assert (await crowd.standing(address)).stopped
        assert (await crowd.contact(address)).stopped
    await crowd.tell("order.paid", WEB)
    assert "How was it?" not in crowd.said("web")
    await crowd.say(WEB, "start")
    assert not (await crowd.standing(TELEGRAM)).stopped


async def test_a_stop_from_before_wins(crowd: Crowd) -> None:
    """Who said stop as one of the two said it as both."""
    await both(crowd)
    await crowd.say(WEB, "stop")
    await crowd.join(WEB, TELEGRAM)
    assert (await crowd.standing(TELEGRAM)).stopped
    assert not (await crowd.contact(TELEGRAM)).stopped
    plans = await crowd.tell("order.paid", TELEGRAM)
    assert plans
    assert "How was it?" not in crowd.said("telegram")


async def test_a_withdrawal_wins(crowd: Crowd) -> None:
    """A no to writing at one address holds for all, until it is a yes."""
    await both(crowd)
    await crowd.say(WEB, "news")
    await crowd.say(WEB, "no")
    await crowd.say(TELEGRAM, "news")
    await crowd.say(TELEGRAM, "yes")
    await crowd.join(WEB, TELEGRAM)
    assert (await crowd.standing(TELEGRAM)).consents == {"survey": False}
    await crowd.say(TELEGRAM, "news")
    await crowd.say(TELEGRAM, "yes")
    assert (await crowd.standing(WEB)).consents == {"survey": True}


async def test_once_a_period_over_the_set(crowd: Crowd) -> None:
    """The last answer within the period counts, at whichever address it was given."""
    await both(crowd)
    await crowd.join(WEB, TELEGRAM)
    for address, score in ((WEB, "9"), (TELEGRAM, "2")):
        await crowd.say(address, "survey")
        await crowd.say(address, score)
        await crowd.say(address, "because")
    assert await crowd.house.histogram() == {"2": 1}
    await crowd.tell("order.paid", WEB)
    assert crowd.said("web").count("How was it?") == 1


async def test_people_of_a_report(crowd: Crowd) -> None:
    """A report by people counts a set once, by its last answer."""
    for address, score in ((WEB, "9"), (TELEGRAM, "2"), (OTHERS, "7")):
        await crowd.say(address, "survey")
        await crowd.say(address, score)
    await crowd.join(WEB, TELEGRAM)
    cells = await crowd.house.store.reports.people_counts(
        flow=None, start=None, end=None, by=()
    )
    counted = {c.value: c.n for c in cells if c.measure == "answer"}
    assert counted == {"2": 1, "7": 1}


async def test_one_open_talk_at_a_time(crowd: Crowd) -> None:
    """A start waits while any of the set has an open talk, then goes where they are."""
    await both(crowd)
    await crowd.join(WEB, TELEGRAM)
    await crowd.say(WEB, "survey")
    await crowd.tell("order.sent", TELEGRAM)
    assert "Better?" not in crowd.said("web") + crowd.said("telegram")
    await crowd.say(WEB, "9")
    await crowd.say(WEB, "nice")
    assert crowd.said("web")[-1] == "Better?"


# ── undone ───────────────────────────────────────────────────────────────────────


async def test_a_join_is_undone(crowd: Crowd) -> None:
    """Each is who they were before, once."""
    await both(crowd)
    join = await crowd.join(WEB, TELEGRAM)
    await crowd.undo(join)
    for address in (WEB, TELEGRAM):
        assert (await crowd.contact(address)).merged_into is None
    with pytest.raises(WrongUse, match="undone already"):
        await crowd.undo(join)
    with pytest.raises(WrongUse, match="no join 7"):
        await joining.undo(crowd.desk, 7)


async def test_joins_are_undone_in_any_order(crowd: Crowd) -> None:
    """What still joins them goes on to do so."""
    await both(crowd)
    await crowd.say(OTHERS)
    first = await crowd.join(WEB, TELEGRAM)
    second = await crowd.join(TELEGRAM, OTHERS)
    await crowd.undo(first)
    assert (await crowd.contact(WEB)).merged_into is None
    assert await crowd.one(TELEGRAM, OTHERS)
    telegram = await crowd.contact(TELEGRAM)
    assert telegram.merged_into == telegram.id
    await crowd.undo(second)
    assert (await crowd.contact(OTHERS)).merged_into is None


async def test_an_open_talk_comes_home(crowd: Crowd) -> None:
    """A talk that went on at the other's address goes on at its own once undone."""
    await both(crowd)
    join = await crowd.join(WEB, TELEGRAM)
    await crowd.say(WEB, "survey")
    await crowd.say(TELEGRAM, "9")
    await crowd.undo(join)
    session = await crowd.session(WEB)
    assert session is not None
    assert (session.address, session.status) == (WEB, "active")
    await crowd.wait(days=1)
    assert crowd.said("web")[-1].endswith("Why?")
    assert crowd.said("telegram").count("Why?") == 1


async def test_an_open_talk_without_a_home_ends(crowd: Crowd) -> None:
    """Who has no address of their own is not asked at somebody else's."""
    await crowd.say(TELEGRAM)
    await start_flows(crowd.desk, [Start(begun=None, address=CRM)])
    join = await crowd.join(CRM, TELEGRAM)
    await crowd.tell("order.paid")
    assert crowd.said("telegram")[-1] == "How was it?"
    await crowd.undo(join)
    session = await crowd.session(CRM)
    assert session is not None
    assert session.status == "expired"


async def test_what_waits_for_the_other_address_is_dropped(crowd: Crowd) -> None:
    """A message to an address that is not theirs any longer does not leave."""
    await crowd.say(TELEGRAM)
    await start_flows(crowd.desk, [Start(begun=None, address=CRM)])
    join = await crowd.join(CRM, TELEGRAM)
    await crowd.tell("order.paid")
    before = crowd.said("telegram")
    await crowd.house.inbox.take(crowd.message(TELEGRAM, "9"))
    await crowd.undo(join)
    await crowd.house.outbox.drain()
    assert crowd.said("telegram") == before


async def test_a_silent_visitor_who_was_joined_is_kept(crowd: Crowd) -> None:
    """Who was ever joined is not forgotten with those who never said a word."""
    silent = Contact(id=crowd.desk.new_id(), silent=True)
    await start_flows(crowd.desk, [Start(begun=None, address=WEB, newcomer=silent)])
    await crowd.say(TELEGRAM)
    async with crowd.house.store.transaction() as work:
        assert len(await work.silent_beyond(0)) == 1
    join = await crowd.join(WEB, TELEGRAM)
    await crowd.undo(join)
    async with crowd.house.store.transaction() as work:
        assert await work.silent_beyond(0) == []


# ── what it costs ────────────────────────────────────────────────────────────────


async def test_who_stands_alone_pays_nothing(
    crowd: Crowd, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No statement on sets, joins or links is executed for people without any."""
    known = statements("postgres" if engine == "postgres" else "sqlite")
    for name in ("contacts_merged", "contacts_merge", "joins_of", "links_at"):
        monkeypatch.delitem(known, name)
    await crowd.say(WEB, "survey")
    await crowd.say(WEB, "3", known_as=(PHONE,))
    await crowd.say(WEB, "slow")
    await crowd.tell("order.sent", WEB)
    assert crowd.said("web")[-1] == "Better?"
    await crowd.say(WEB, "stop")
    assert (await crowd.standing(WEB)).stopped
