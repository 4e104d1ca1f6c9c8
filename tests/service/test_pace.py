"""How fast messages leave: never faster than a service allows, and hardly slower."""

import math
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from bot.clock import seeded
from bot.model.changes import Changes
from bot.model.contact import Address, Contact
from bot.model.message import Delivery, Outbound, State
from bot.model.rates import Rate, Rates
from bot.service.outbox import Outbox
from bot.service.pace import Pace
from tests.service.house import House, open_house

TELEGRAM = Rates(
    account=(Rate(30, 1),),
    address=(Rate(1, 1),),
    group=(Rate(1, 1), Rate(20, 60)),
    group_prefix="-",
)
SECOND = timedelta(seconds=1)
START = datetime(2026, 3, 2, 11, tzinfo=UTC)


class Watched:
    """A channel with Telegram's rates that notes when each message left."""

    name = "telegram"
    at_once: int | None = 30
    rates = TELEGRAM

    def __init__(self, house: House) -> None:
        self._clock = house.desk.clock
        self.left: list[tuple[datetime, str, str]] = []

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Take a message, and note it."""
        text = delivery.content.text
        self.left.append((self._clock(), delivery.address.handle, text))
        return "sent", None


async def burst(house: House, handles: list[str]) -> list[tuple[datetime, str, str]]:
    """Have messages to these handles due at once; return when each left."""
    people = {
        handle: Contact(id=house.desk.new_id()) for handle in dict.fromkeys(handles)
    }
    now = house.desk.clock()
    changes = Changes(
        new_contacts=[(contact, now) for contact in people.values()],
        new_addresses=[(Address("telegram", h), c.id) for h, c in people.items()],
        deliveries=[
            Delivery(
                id=house.desk.new_id(),
                contact=people[handle].id,
                address=Address("telegram", handle),
                content=Outbound(text=str(number)),
                due_at=now,
            )
            for number, handle in enumerate(handles)
        ],
    )
    async with house.store.transaction() as work:
        await work.save(changes)
    watched = Watched(house)
    house.outbox = Outbox(house.desk, {"telegram": watched})
    while len(watched.left) < len(handles):
        await house.outbox.drain()
        house.hands.at = house.outbox.next_room() or house.hands.at
    return watched.left


def within(instants: list[datetime], rate: Rate) -> bool:
    """Say whether no more than so many fall into any stretch of so many seconds."""
    span = timedelta(seconds=rate.seconds)
    pairs = zip(instants, instants[rate.most :], strict=False)
    return all(later - earlier >= span for earlier, later in pairs)


def keeps_to(left: list[tuple[datetime, str, str]], rates: Rates) -> bool:
    """Say whether all that left kept to the rates, and each address its order."""
    own: dict[str, list[tuple[datetime, str]]] = {}
    for at, handle, text in left:
        own.setdefault(handle, []).append((at, text))
    ordered = all(
        [int(text) for _, text in each] == sorted(int(text) for _, text in each)
        for each in own.values()
    )
    paced = all(
        within([at for at, _ in each], rate)
        for handle, each in own.items()
        for rate in rates.of(handle)
    )
    account = all(within([at for at, _, _ in left], rate) for rate in rates.account)
    return ordered and paced and account


async def test_a_burst() -> None:
    """10,000 messages to 2,000 chats leave as fast as the caps allow, and no faster.

    The best schedule sends thirty at once, and thirty more each second; whoever gets
    most of them bounds it from below as well.
    """
    chance = seeded(7)
    handles = [str(1000 + chance.randrange(2_000)) for _ in range(10_000)]
    async with open_house() as house:
        left = await burst(house, handles)
        took = house.hands.at
    assert len(left) == 10_000
    assert keeps_to(left, TELEGRAM)
    most = max(Counter(handles).values())
    best = max(math.ceil(len(handles) / 30), most) - 1
    assert (left[-1][0] - left[0][0]) <= timedelta(seconds=best / 0.95)
    assert took >= left[-1][0]


async def test_one_chat_after_the_other() -> None:
    """Where each chat's messages stand together, all turns are used still.

    What came first goes first: a long queue that came last is not put before others.
    """
    handles = [str(1000 + chat) for chat in range(200) for _ in range(5)]
    handles += ["9"] * 30
    async with open_house() as house:
        left = await burst(house, handles)
    assert keeps_to(left, TELEGRAM)
    assert left[-1][0] - left[0][0] <= timedelta(seconds=(1030 / 30 - 1 + 30) / 0.95)


async def test_a_group() -> None:
    """A group gets twenty a minute, and holds nobody else up."""
    async with open_house() as house:
        left = await burst(house, ["-100"] * 41 + ["7"])
    assert keeps_to(left, TELEGRAM)
    last = max(at for at, handle, _ in left if handle == "-100")
    assert last - left[0][0] <= timedelta(seconds=120)
    assert min(at for at, handle, _ in left if handle == "7") == left[0][0]


@given(
    st.lists(st.tuples(st.integers(0, 3_000), st.sampled_from("abc")), max_size=60),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_any_pace(asks: list[tuple[int, str]], most: int, seconds: int) -> None:
    """Whoever asks before each message never sends faster than the rates."""
    rates = Rates(account=(Rate(most, seconds),), address=(Rate(1, 1),))
    now = START
    pace = Pace(rates, lambda: now)
    left: list[tuple[datetime, str, str]] = []
    for number, (wait, handle) in enumerate(asks):
        now += timedelta(milliseconds=wait)
        if pace.room() and handle not in pace.busy():
            pace.leave(handle)
            left.append((now, handle, str(number)))
    assert keeps_to(left, rates)


def test_the_next_turn() -> None:
    """Whoever waits until there is room again finds it, to the microsecond."""
    now = START
    pace = Pace(Rates(account=(Rate(2, 1),), address=(Rate(1, 5),)), lambda: now)
    pace.leave("a")
    now += timedelta(microseconds=333_333)
    pace.leave("b")
    assert (pace.room(), pace.busy()) == (0, ["a", "b"])
    assert pace.next_room() == START + SECOND
    now = START + SECOND
    assert (pace.room(), pace.busy()) == (1, ["a", "b"])
    now = START + 5 * SECOND
    assert (pace.room(), pace.busy()) == (2, ["b"])


def test_an_account_that_is_held() -> None:
    """Who was told to slow down sends nothing until then, and goes on after it."""
    now = START
    pace = Pace(Rates(), lambda: now)
    pace.hold(10 * SECOND)
    pace.hold(2 * SECOND)
    assert (pace.room(), pace.next_room()) == (0, START + 10 * SECOND)
    now += 10 * SECOND
    assert pace.room()


def test_a_clock_set_back() -> None:
    """A clock that is set back keeps nobody waiting for what it said before."""
    now = START
    pace = Pace(TELEGRAM, lambda: now)
    for _ in range(30):
        pace.leave("a")
    now -= timedelta(hours=1)
    assert (pace.room(), pace.busy()) == (30, [])
