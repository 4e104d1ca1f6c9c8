"""One-time links, and what waits for an address."""

from collections.abc import AsyncIterator

import pytest

from bot.model.contact import Address, Contact
from bot.model.joins import PREFIX
from bot.model.message import Opening
from bot.service import linking
from bot.service.starting import Start, start_flows
from tests.service.crowd import CRM, TELEGRAM, WEB, Crowd, open_crowd

STRANGER = Address("telegram", "666")
CARD = """
flow: card
languages: [en]
steps:
  q: {ask: "Which card, {contact.first_name|you}?", answer: text}
"""


@pytest.fixture
async def crowd() -> AsyncIterator[Crowd]:
    """Return a house with nobody in it."""
    async with open_crowd() as opened:
        yield opened


async def test_a_link_joins_a_chat(crowd: Crowd) -> None:
    """Who comes by a link is whom it was made for, and its flow begins."""
    code = await crowd.link(CRM, "survey")
    taken = await crowd.follow(TELEGRAM, code)
    assert await crowd.one(CRM, TELEGRAM)
    assert crowd.said("telegram") == ["How was it?"]
    assert taken.session is not None
    assert taken.session.contact == (await crowd.contact(TELEGRAM)).id
    [join] = await crowd.joins(CRM)
    assert (join.proof, join.by) == ("link", "telegram:1")


async def test_the_code_is_known_to_nobody(crowd: Crowd) -> None:
    """Of a code only the hash is kept, and no two are alike."""
    made = await linking.make(crowd.desk, CRM)
    assert made.code.startswith(PREFIX)
    assert len(made.code) <= 64  # what Telegram lets a link carry
    assert made.code not in repr(made.link)
    assert (await linking.make(crowd.desk, CRM)).code != made.code
    async with crowd.house.store.reading() as work:
        assert set(await work.links([linking.hashed(made.code)])) == {made.link.hash}


async def test_a_link_without_a_flow(crowd: Crowd) -> None:
    """It begins what *start* does; who would be told nothing is told what to say."""
    await crowd.follow(TELEGRAM, await crowd.link(CRM))
    assert await crowd.one(CRM, TELEGRAM)
    assert len(crowd.said("telegram")) == 1


async def test_a_link_of_a_chat_that_is_opened(crowd: Crowd) -> None:
    """What a channel makes of the opening of a chat stands beside the link."""
    code = await crowd.link(CRM)
    await crowd.follow(WEB, code, opens=Opening("survey", again=True))
    assert crowd.said("web") == ["How was it?"]
    assert await crowd.one(CRM, WEB)


async def test_a_link_within_a_talk(crowd: Crowd) -> None:
    """Who is asked something already is asked the link's questions inside."""
    await crowd.say(TELEGRAM, "other")
    await crowd.follow(TELEGRAM, await crowd.link(CRM, "survey"))
    assert crowd.said("telegram") == ["Better?", "How was it?"]


async def test_a_link_works_once(crowd: Crowd) -> None:
    """Who comes by a used link is greeted as anybody, and joined to nobody."""
    code = await crowd.link(CRM, "survey")
    await crowd.follow(TELEGRAM, code)
    await crowd.follow(STRANGER, code)
    assert not await crowd.one(CRM, STRANGER)
    assert crowd.said("telegram").count("How was it?") == 1


async def test_a_link_works_once_in_a_batch(crowd: Crowd) -> None:
    """Of two who come by it together the first is joined."""
    code = await crowd.link(CRM)
    messages = [crowd.message(each, None, link=code) for each in (TELEGRAM, STRANGER)]
    inbox = crowd.house.inbox
    await inbox._store(messages, None)  # noqa: SLF001 - both in one batch
    assert await crowd.one(CRM, TELEGRAM)
    assert not await crowd.one(CRM, STRANGER)


async def test_a_link_ends(crowd: Crowd) -> None:
    """After seven days a link means nothing any more."""
    code = await crowd.link(CRM)
    await crowd.wait(days=7)
    await crowd.follow(TELEGRAM, code)
    assert not await crowd.one(CRM, TELEGRAM)


async def test_a_link_that_nobody_made(crowd: Crowd) -> None:
    """A made-up code greets."""
    await crowd.follow(TELEGRAM, f"{PREFIX}guess")
    assert len(crowd.said("telegram")) == 1


async def test_a_link_of_another_customer(crowd: Crowd) -> None:
    """Who is a customer already does not become another, and the link stays good."""
    await crowd.say(TELEGRAM, known_as=(Address("crm", "4712"),))
    code = await crowd.link(CRM, "survey")
    await crowd.follow(TELEGRAM, code)
    assert not await crowd.one(CRM, TELEGRAM)
    assert "How was it?" not in crowd.said("telegram")
    await crowd.follow(WEB, code)
    assert await crowd.one(CRM, WEB)


async def test_a_link_to_oneself(crowd: Crowd) -> None:
    """Who is joined already is asked what the link asks, and joined no more."""
    await crowd.follow(TELEGRAM, await crowd.link(CRM))
    await crowd.follow(TELEGRAM, await crowd.link(CRM, "survey"))
    assert crowd.said("telegram")[-1] == "How was it?"
    assert len(await crowd.joins(CRM)) == 1


async def test_a_link_redelivered(crowd: Crowd) -> None:
    """The same message again changes nothing."""
    code = await crowd.link(CRM, "survey")
    message = crowd.message(TELEGRAM, None, link=code)
    for _ in range(2):
        await crowd.house.inbox.take(message)
    await crowd.settle()
    assert len(await crowd.joins(CRM)) == 1
    assert crowd.said("telegram") == ["How was it?"]


async def test_a_link_whose_message_breaks(crowd: Crowd) -> None:
    """A message that cannot be handled joins nobody; the link stays good."""
    code = await crowd.link(CRM, "survey")
    message = crowd.message(TELEGRAM, None, link=code)
    inbox = crowd.house.inbox
    await inbox._store([message], ValueError("broken"))  # noqa: SLF001 - as it would
    assert not await crowd.one(CRM, TELEGRAM)
    await crowd.follow(TELEGRAM, code)
    assert await crowd.one(CRM, TELEGRAM)


async def test_the_name_that_the_shop_knows(crowd: Crowd) -> None:
    """A flow may speak of what any of the contacts is known by."""
    await crowd.house.publish(CARD)
    ana = Contact(id=crowd.desk.new_id(), first_name="Ana")
    await start_flows(crowd.desk, [Start(begun=None, address=CRM, newcomer=ana)])
    await crowd.follow(TELEGRAM, await crowd.link(CRM, "card"))
    assert crowd.said("telegram") == ["Which card, Ana?"]


# ── what waits for an address ────────────────────────────────────────────────────


async def test_an_event_waits_for_an_address(crowd: Crowd) -> None:
    """What the shop tells of somebody without a chat goes on when they have one."""
    await crowd.tell("order.paid")
    await crowd.wait(days=1)
    await crowd.follow(TELEGRAM, await crowd.link(CRM))
    assert crowd.said("telegram")[-1] == "How was it?"


async def test_the_newest_of_each_flow_goes_on(crowd: Crowd) -> None:
    """Of many orders meanwhile only the last is asked about."""
    for _ in range(3):
        await crowd.tell("order.sent")
    await crowd.follow(TELEGRAM, await crowd.link(CRM))
    for _ in range(3):
        await crowd.say(TELEGRAM, "yes")
    assert crowd.said("telegram").count("Better?") == 1


async def test_a_name_is_no_address(crowd: Crowd) -> None:
    """A phone number that was shared elsewhere names somebody and reaches nobody."""
    await crowd.tell("order.paid")
    await crowd.tell("order.paid", Address("phone", "+1"))
    await crowd.join(CRM, Address("phone", "+1"))
    await crowd.settle()
    assert crowd.said("telegram") == crowd.said("web") == []
    await crowd.follow(TELEGRAM, await crowd.link(CRM))
    assert crowd.said("telegram")[-1] == "How was it?"


async def test_a_signed_payload_is_an_address(crowd: Crowd) -> None:
    """A customer who signs in on the page is asked what waited for them."""
    await crowd.tell("order.paid")
    await crowd.say(WEB, known_as=(CRM,))
    assert "How was it?" in crowd.said("web")


async def test_who_stops_is_asked_nothing_that_waited(crowd: Crowd) -> None:
    """A stop drops what waits for an address."""
    await crowd.tell("order.paid")
    await crowd.tell("order.paid", TELEGRAM)
    await crowd.say(TELEGRAM, "stop")
    await crowd.join(CRM, TELEGRAM)
    await crowd.settle()
    assert crowd.said("telegram").count("How was it?") == 1  # from before the stop


async def test_an_undone_join_takes_the_address_away(crowd: Crowd) -> None:
    """A start that has not begun by then waits again."""
    await crowd.say(TELEGRAM, "other")
    await crowd.tell("order.paid")
    join = await crowd.join(CRM, TELEGRAM)
    await crowd.undo(join)
    await crowd.say(TELEGRAM, "yes")
    assert "How was it?" not in crowd.said("telegram")
    await crowd.join(CRM, TELEGRAM)
    await crowd.settle()
    assert crowd.said("telegram")[-1] == "How was it?"


async def test_two_flows(crowd: Crowd) -> None:
    """Starts of two flows go on one after the other."""
    await crowd.tell("order.paid")
    await crowd.tell("order.sent")
    await crowd.follow(TELEGRAM, await crowd.link(CRM))
    assert crowd.said("telegram")[-1] == "How was it?"
    await crowd.say(TELEGRAM, "9")
    await crowd.say(TELEGRAM, "fine")
    assert crowd.said("telegram")[-1] == "Better?"
