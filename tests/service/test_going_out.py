"""What leaves and what does not, what time wakes, and what is counted of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.engine import run
from bot.model.contact import Address
from bot.model.message import Delivery, State
from bot.service import batch
from tests.service.house import House, open_house

SURVEY = """
flow: survey
triggers: [{keyword: [survey]}]
steps:
  q:
    ask: How was it?
    answer: nps
    then:
      detractor:
        - tag: sad
        - open_case: {team: support}
        - start: {flow: later, wait: 1 hour}
  why: {ask: Why?, answer: text}
"""
LATER = (
    "flow: later\nonce_every: 90 days\nsteps:\n  a: {ask: Better?, answer: yes_no}\n"
)
LOOSE = "flow: loose\nsteps:\n  a: {say: Hello.}\n"
SLOW = "flow: slow\nsteps:\n  w: {wait: 1 hour}\n  q: {ask: Now?, answer: nps}\n"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Return a house in memory with some flows."""
    async with open_house(SURVEY, LATER, LOOSE, SLOW) as opened:
        yield opened


async def together(house: House, *texts: str) -> None:
    """Send several messages of one contact at once, so that they are one batch."""
    await asyncio.gather(*(house.inbox.take(house.message(text)) for text in texts))
    await house.outbox.drain()


async def test_a_correction_takes_back_what_the_same_batch_holds(house: House) -> None:
    """An answer and its correction in one batch leave what the correction causes."""
    await house.begin("survey")
    await together(house, "2", "back", "9")
    await house.say("kind people")
    await house.wait(days=1)
    assert (await house.traces()).tags == ()
    assert "Better?" not in house.heard()


async def test_a_stop_takes_back_what_the_same_batch_holds(house: House) -> None:
    """What was planned and said before a stop in one batch does not go out after it."""
    await house.begin("survey")
    await together(house, "2", "stop")
    await house.say("hello")
    await house.wait(days=1)
    assert "Why?" not in house.heard()
    assert "Better?" not in house.heard()


async def test_one_case_an_answer(house: House) -> None:
    """However often an answer is corrected, one case is open for it."""
    await house.begin("survey")
    await house.say("2", "back", "9", "back", "1")
    assert len((await house.traces()).cases) == 1


async def test_a_plan_waits_for_the_talk_to_end(house: House) -> None:
    """A flow that is due while another talk is open starts once that is over."""
    await house.begin("survey")
    await house.say("2")
    await house.wait(hours=2)
    assert "Better?" not in house.heard()
    await house.say("slow")
    await house.wait(hours=0)
    assert house.heard()[-1] == "Better?"


async def test_once_every_limits_what_we_start(house: House) -> None:
    """A flow that we start is not started again within its `once_every`."""
    for number in range(3):
        await house.say("survey", "2", "slow")
        await house.wait(days=1)
        await house.say("yes")
        assert house.heard().count("Better?") == 1, number


async def test_what_is_not_ours_stays_due(house: House) -> None:
    """A process leaves alone what goes to others, and to channels it does not have."""
    await house.begin("survey")
    contact = await house.contact()
    await house.outbox.drain(Address("web", "somebody else"))
    assert house.heard() == ["How was it?"]
    house.hands.at = house.hands.at.replace(hour=23)
    assert await house.timers.tick(contact.id + 1) == 0


async def test_two_plans_at_once() -> None:
    """Of two flows that are due together, the second starts when the first is over."""
    sources = (
        (
            "flow: a\nsteps:\n"
            "  q: {ask: A?, answer: nps, then: [{start: b}, {start: c}]}\n"
        ),
        "flow: b\nsteps:\n  q: {ask: B?, answer: nps}\n",
        "flow: c\nsteps:\n  q: {ask: C?, answer: nps}\n",
    )
    async with open_house(*sources) as house:
        await house.begin("a")
        await house.say("9")
        await house.wait(hours=0)
        assert house.heard() == ["A?", "B?"]
        await house.say("8")
        await house.wait(hours=0)
        assert house.heard() == ["A?", "B?", "C?"]


async def test_a_correction_that_turns_off_plans_once(house: House) -> None:
    """What an answer behind the corrected one planned is planned once, not again."""
    turning = (
        "flow: t\nsteps:\n  q: {ask: Q?, answer: nps}\n  r: {ask: R?, answer: nps}\n"
        "  say: {say: Thanks., then: [{start: {flow: loose, wait: 1 day}}]}\n"
        "  way: {branch: [{when: answers.q > 6, to: good}, {else: bad}]}\n"
        "  good: {ask: Good?, answer: text, go: end}\n"
        "  bad: {ask: Bad?, answer: text}\n"
    )
    await house.publish(turning)
    await house.begin("t")
    await house.say("9", "9")
    await house.tap("q", "3")
    await house.tap("q", "9")
    await house.say("fine")
    await house.wait(days=2)
    assert house.heard().count("Hello.") == 1


# ── faults ───────────────────────────────────────────────────────────────────────


async def test_one_talk_that_cannot_be_woken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A talk that breaks when woken is put off; the others are woken all the same."""
    for number in range(3):
        await house.begin("slow", str(number))
    broken = await house.session("1")
    push = run.resume

    def resume(*given: object) -> object:
        if getattr(given[1], "id", None) == broken.id:
            raise RuntimeError("no way")
        return push(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(batch, "resume", resume)
        await house.wait(hours=1)
    assert house.heard() == ["Now?", "Now?"]
    await house.wait(hours=1)
    assert house.heard() == ["Now?"] * 3


async def test_a_channel_that_breaks(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What broke while it was sent is unknown, and holds nobody else back."""
    send = house.listener.send

    async def break_for_one(delivery: Delivery) -> tuple[State, str | None]:
        if delivery.address.handle == "1":
            raise RuntimeError("no way")
        return await send(delivery)

    monkeypatch.setattr(house.listener, "send", break_for_one)
    await asyncio.gather(*(house.begin("survey", str(n)) for n in range(3)))
    await house.outbox.drain()
    states = {row.address.handle: row.state for row in await house.store.outbox(9)}
    assert states == {"0": "delivered", "1": "unknown", "2": "delivered"}


# ── the funnel ───────────────────────────────────────────────────────────────────


async def test_a_wait_before_the_first_question(house: House) -> None:
    """A talk is sent when its first question is, also after a wait."""
    await house.begin("slow")
    assert await house.funnel() == {}
    await house.wait(hours=1)
    assert await house.funnel() == {"sent": 1, "delivered": 1}


async def test_answered_before_it_left(house: House) -> None:
    """A question that was answered before it left has reached who answered it."""
    await together(house, "survey", "9", "kind people")
    everything = {"sent": 1, "delivered": 1, "started": 1, "completed": 1}
    assert await house.funnel() == everything


async def test_asked_again_is_sent_once(house: House) -> None:
    """Going back and being asked again does not count a talk twice."""
    await house.begin("survey")
    await house.say("9", "back", "hm", "8", "kind people")
    everything = {"sent": 1, "delivered": 1, "started": 1, "completed": 1}
    assert await house.funnel() == everything


async def test_without_a_question_nothing_is_completed(house: House) -> None:
    """A flow that asks nothing is outside the funnel."""
    await house.begin("loose")
    assert await house.funnel() == {}
