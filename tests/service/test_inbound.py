"""Messages in: stored once, answered once, counted once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.engine import run
from bot.errors import Refused, StoreUnavailable
from bot.service import batch, inbound
from tests.service.house import House, open_house

SURVEY = """
flow: survey
once_every: 90 days
languages: [en, es]
triggers: [{keyword: [survey]}]
steps:
  q:
    ask: {en: How was it?, es: ¿Qué tal?}
    answer: nps
    then:
      detractor:
        - open_case: {team: support}
        - tag: unhappy
        - start: {flow: later, wait: 1 day}
  why: {ask: {en: Why?, es: ¿Por qué?}, answer: text, unless_said: q}
  bye: {say: {en: Thanks., es: Gracias.}}
"""
LATER = "flow: later\nsteps:\n  a: {ask: Better now?, answer: yes_no}\n"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house in memory with the survey published."""
    async with open_house(SURVEY, LATER) as opened:
        yield opened


async def test_a_talk(house: House) -> None:
    """A message is stored, understood, answered and counted in one go."""
    await house.begin("survey")
    await house.say("3, it came late")
    assert house.heard() == ["How was it?", "Thanks."]
    assert (await house.session()).answers == {"q": 3, "why": "it came late"}
    assert await house.histogram() == {"3": 1}
    assert await house.funnel() == {
        "sent": 1,
        "delivered": 1,
        "started": 1,
        "completed": 1,
    }


async def test_the_same_message_twice(house: House) -> None:
    """A message that comes again is known: nothing happens twice."""
    await house.begin("survey")
    message = house.message("9", key="once")
    assert (await house.inbox.take(message)).known is False
    assert (await house.inbox.take(message)).known is True
    assert await house.histogram() == {"9": 1}


async def test_the_same_message_twice_in_a_batch(house: House) -> None:
    """The same key twice in one batch is one message."""
    await house.begin("survey")
    message = house.message("9", key="once")
    taken = await asyncio.gather(*(house.inbox.take(message) for _ in range(5)))
    assert sorted(one.known for one in taken) == [False, *[True] * 4]
    assert await house.histogram() == {"9": 1}


async def test_one_contact_folds_in_order(house: House) -> None:
    """Messages of one contact in one batch are taken one after the other."""
    await house.begin("survey")
    messages = [house.message(text) for text in ("3", "too slow")]
    await asyncio.gather(*(house.inbox.take(m) for m in messages))
    assert (await house.session()).answers == {"q": 3, "why": "too slow"}


async def test_many_at_once(house: House) -> None:
    """A hundred people at once are a few batches, and each gets their own answer."""
    for number in range(100):
        await house.begin("survey", str(number))
    messages = [house.message("9", str(number)) for number in range(100)]
    await asyncio.gather(*(house.inbox.take(m) for m in messages))
    await house.outbox.drain()
    assert await house.histogram() == {"9": 100}
    assert house.heard().count("Why?") == 100


async def test_strangers_are_met(house: House) -> None:
    """Somebody who was never here before is taken in, once, also within a batch."""
    messages = [house.message(text, "new") for text in ("survey", "9", "nice")]
    await asyncio.gather(*(house.inbox.take(m) for m in messages))
    assert (await house.session("new")).answers == {"q": 9, "why": "nice"}


# ── counting ─────────────────────────────────────────────────────────────────────


async def test_a_correction_moves_the_count(house: House) -> None:
    """Going back moves the count, and an open case is told."""
    await house.begin("survey")
    await house.say("3", "back", "8")
    assert await house.histogram() == {"8": 1}
    cases = (await house.traces()).cases
    assert [(case.team, case.cause) for case in cases] == [("support", "q")]


async def test_a_correction_takes_back_what_it_caused(house: House) -> None:
    """What an answer caused and has not left yet is cancelled with it."""
    await house.begin("survey")
    await house.say("3", "back", "9", "fine")
    assert (await house.traces()).tags == ()
    await house.wait(days=2)
    assert "Better now?" not in house.heard()


async def test_a_correction_in_the_same_batch(house: House) -> None:
    """An answer and its correction in one batch leave one count."""
    await house.begin("survey")
    messages = [house.message(text) for text in ("3", "back", "8")]
    await asyncio.gather(*(house.inbox.take(m) for m in messages))
    assert await house.histogram() == {"8": 1}


async def test_once_a_period_the_last_counts(house: House) -> None:
    """Within `once_every` of the first answer the last counts, then a new one does."""
    for days, answer in ((0, "9"), (60, "2"), (60, "7")):
        await house.wait(days=days)
        await house.say("survey", answer, "because")
    assert await house.histogram() == {"2": 1, "7": 1}


async def test_planned_flows_start(house: House) -> None:
    """A flow that an answer plans starts when its time has come, and not before."""
    await house.begin("survey")
    await house.say("3", "slow")
    await house.wait(hours=23)
    assert "Better now?" not in house.heard()
    await house.wait(hours=1)
    assert house.heard()[-1] == "Better now?"


async def test_a_recount_agrees(house: House) -> None:
    """Counting all answers anew gives what was counted on the way."""
    for number, answer in enumerate(["3", "9", "7", "10"]):
        await house.begin("survey", str(number))
        await house.say(answer, "back", "8", handle=str(number))
    assert await house.store.recount() == []


# ── failures ─────────────────────────────────────────────────────────────────────


async def test_a_poisoned_message_is_stuck(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message the engine cannot bear is stored as stuck and acked; others go on."""
    push = run.resume

    def resume(*given: object) -> object:
        if getattr(given[2], "text", "") == "poison":
            raise RuntimeError("no way")
        return push(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "resume", resume)
    for number in range(5):
        await house.begin("survey", str(number))
    messages = [
        house.message("poison" if number == 2 else "9", str(number))
        for number in range(5)
    ]
    taken = await asyncio.gather(*(house.inbox.take(m) for m in messages))
    assert [one.known for one in taken] == [False] * 5
    assert await house.histogram() == {"9": 4}
    (stuck,) = await house.store.stuck()
    assert (stuck.handle, stuck.raw, stuck.error) == (
        "2",
        "poison",
        "RuntimeError: no way",
    )
    assert (await house.inbox.take(messages[2])).known is True


async def test_too_long(house: House) -> None:
    """A message of a megabyte is refused with a sentence, and nothing is stored."""
    await house.begin("survey")
    with pytest.raises(Refused, match="too long"):
        await house.say("9" * 1_000_000)
    assert await house.histogram() == {}


@pytest.mark.parametrize("key", ["a\0b", "half \ud800", "line\nbreak"])
async def test_odd_keys_are_refused(house: House, key: str) -> None:
    """A key that no store can keep is refused, and everybody else goes on."""
    await house.begin("survey")
    with pytest.raises(Refused, match="control"):
        await house.inbox.take(house.message("9", key=key))
    assert (await house.say("9")).known is False


@pytest.mark.parametrize("text", ["\ud800 9", "9 \udfff", "9\x00"])
async def test_half_characters(house: House, text: str) -> None:
    """Halves of characters and NULs are left out, and the rest is understood."""
    await house.begin("survey")
    await house.say(text)
    assert await house.histogram() == {"9": 1}


async def test_the_inbox_survives_what_cannot_even_be_stuck(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a message cannot even be kept as stuck it is refused; others go on."""
    await house.begin("survey")

    def fail(*_: object) -> None:
        raise RuntimeError("no way")

    with monkeypatch.context() as patched:
        patched.setattr(inbound, "_handle", fail)
        with pytest.raises(Refused, match="at all"):
            await house.say("9")
    assert (await house.say("9")).known is False


async def test_control_characters(house: House) -> None:
    """Control characters are no part of what somebody says."""
    await house.begin("survey")
    await house.say("\x00 9\x1b, \x07slow")
    assert (await house.session()).answers == {"q": 9, "why": "slow"}


async def test_a_full_queue(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too many wait, the next is told so at once instead of waiting too."""
    await house.begin("survey")
    monkeypatch.setattr(inbound, "QUEUE_MESSAGES", 2)
    messages = [house.message("9", str(n)) for n in range(5)]
    taken = await asyncio.gather(
        *(house.inbox.take(m) for m in messages), return_exceptions=True
    )
    assert [isinstance(one, StoreUnavailable) for one in taken] == [
        False,
        False,
        True,
        True,
        True,
    ]


async def test_patience(
    house: House, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """A caller waits no longer than its patience; what comes again counts once.

    What commits late is known later. A message that waits for another worker, and that
    nobody waits for any more, is left to come again.
    """
    await house.begin("survey")
    message = house.message("9", key="slow")
    async with house.store.transaction() as work:
        await work.hold([message.address])
        with monkeypatch.context() as patched:
            patched.setattr(inbound, "PATIENCE", 0.01)
            with pytest.raises(StoreUnavailable, match="in time"):
                await house.inbox.take(message)
    again = await house.inbox.take(message)
    assert again.known or engine == "postgres"
    assert (await house.inbox.take(message)).known is True
    assert await house.histogram() == {"9": 1}


# ── revisions ────────────────────────────────────────────────────────────────────


async def test_a_talk_keeps_its_revision(house: House) -> None:
    """A talk goes on with the revision it began with; the next takes the new one."""
    await house.begin("survey")
    changed = SURVEY.replace("Thanks.", "Many thanks.")
    assert await house.publish(changed) == ["survey"]
    await house.say("9", "nice")
    assert house.heard()[-1] == "Thanks."
    await house.begin("survey", "2")
    await house.say("9", "nice", handle="2")
    assert house.heard()[-1] == "Many thanks."


async def test_publishing_the_same_again_changes_nothing(house: House) -> None:
    """A flow that did not change is not published anew."""
    assert await house.publish(SURVEY, LATER) == []


# ── stop and consent ─────────────────────────────────────────────────────────────


async def test_after_a_stop_nothing_goes_out(house: House) -> None:
    """A stop ends the talk, drops what was planned, and is confirmed once."""
    await house.begin("survey")
    await house.say("3", "stop")
    confirmation = house.heard()[-1]
    assert "START" in confirmation
    await house.wait(days=8)
    assert house.heard()[-1] == confirmation
    assert (await house.session()).status == "stopped"
