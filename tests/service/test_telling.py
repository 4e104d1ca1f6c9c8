"""What the world outside tells starts the flows that wait for it."""

import pytest

from bot.model.contact import Address
from bot.service.telling import Told, tell
from tests.service.house import House, open_house

FLOW = """\
flow: paid
triggers:
  - event: order.paid
    wait: 1 day
    when: event.total >= 20
once_every: 30 days
steps:
  hi: {say: "Thanks for {event.total|nothing}."}
"""
SURVEY = "flow: survey\nsteps:\n  q: {ask: Well?, answer: nps}\n"


def paid(total: float, handle: str = "1") -> Told:
    """Return that somebody's order was paid."""
    data = {"total": total}
    return Told(event="order.paid", address=Address("web", handle), data=data)


async def told(house: House, *events: Told) -> list[list[str]]:
    """Tell events; return the flows that each one will start."""
    return [[p.flow for p in plans] for plans in await tell(house.desk, events)]


async def test_an_event_starts_flows_after_their_wait() -> None:
    """Events come together; each starts what waits for it, where its `when` holds."""
    async with open_house(FLOW) as house:
        events = [paid(25, "1"), paid(19, "2"), paid(20, "3")]
        assert await told(house, *events) == [["paid"], [], ["paid"]]
        await house.wait(hours=23)
        assert house.heard() == []
        await house.wait(hours=1)
        assert sorted(house.heard()) == ["Thanks for 20.", "Thanks for 25."]


async def test_who_is_told_of_is_kept() -> None:
    """Whom nobody knew is taken in, and the event stays in the log."""
    async with open_house(FLOW) as house:
        await told(house, paid(5))
        assert [e.kind for e in (await house.traces()).events] == ["EventTold"]


async def test_a_flow_keeps_to_its_period() -> None:
    """Several events within `once_every` start the flow once."""
    async with open_house(FLOW) as house:
        await told(house, paid(25), paid(26))
        await told(house, paid(27))
        await house.wait(days=2)
        assert house.heard() == ["Thanks for 25."]


async def test_an_open_talk_comes_first() -> None:
    """What an event starts waits until the open talk is over."""
    async with open_house(FLOW, SURVEY) as house:
        await house.begin("survey")
        await told(house, paid(25))
        await house.wait(days=2)
        assert house.heard() == ["Well?"]
        await house.say("9")
        await house.wait(seconds=1)
        assert house.heard() == ["Well?", "Thanks for 25."]


async def test_a_stop_holds() -> None:
    """Who said stop hears nothing of what is told of them, before or after."""
    async with open_house(FLOW) as house:
        await told(house, paid(25))
        await house.say("stop")
        await told(house, paid(25))
        await house.wait(days=2)
        assert len(house.heard()) == 1  # that we stop


@pytest.mark.parametrize("total", ["many", None])
async def test_a_type_that_does_not_fit(total: str | None) -> None:
    """A condition that cannot compare does not hold, and a wrong type is kept."""
    async with open_house(FLOW) as house:
        event = Told(
            event="order.paid", address=Address("web", "1"), data={"total": total}
        )
        assert await told(house, event) == [[]]
        kinds = [each.kind for each in (await house.traces()).events]
        assert kinds[1:] == (["Misfitted"] if total else [])
