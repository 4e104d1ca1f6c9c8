"""Whatever people do, nobody becomes somebody else without proof."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.model.contact import Address
from bot.model.joins import Join
from bot.model.message import Inbound
from bot.service import joining
from bot.service.joining import Declined, components
from tests.service.crowd import Crowd, open_crowd

PEOPLE: Final = 3
TABLES: Final = ("addresses", "sessions", "answers", "inbound", "events", "consents")
"""What belongs to a contact for good."""
KEYS: Final = {"addresses": "channel || ':' || handle"}
WORDS: Final = ("hello", "survey", "other", "news", "9", "yes", "no", "stop", "start")

person = st.integers(0, PEOPLE - 1)
channel = st.sampled_from(["telegram", "web"])
step = st.one_of(
    st.tuples(st.just("says"), person, channel, st.sampled_from(WORDS)),
    st.tuples(st.just("types_number_of"), person, channel, person),
    st.tuples(st.just("shares_own"), person, channel),
    st.tuples(st.just("shares_foreign"), person, person),
    st.tuples(st.just("signs_in"), person),
    st.tuples(st.just("gets_link"), person),
    st.tuples(st.just("follows_own"), person, channel),
    st.tuples(st.just("replays_code"), person, st.integers(0, 9)),
    st.tuples(st.just("guesses"), person, st.text("abc-", max_size=4)),
    st.tuples(st.just("redelivered"), st.integers(0, 99)),
    st.tuples(st.just("told"), person),
    st.tuples(st.just("operator_joins"), person, channel, person, channel),
    st.tuples(st.just("joined_and_undone"), person, channel, person, channel),
    st.tuples(st.just("undone"), st.integers(0, 9)),
    st.tuples(st.just("days_pass"), st.integers(1, 8)),
)


@pytest.fixture(autouse=True)
def engine() -> None:
    """Stand in for the fixture that runs tests on each engine: this one is slow."""


def at(who: int, channel: str) -> Address:
    """Return an address that is one person's, and nobody else's."""
    return Address(channel, str(who))


class World:
    """A crowd, and what of it nobody but the test knows."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.owned: dict[str, dict[Any, int]] = {table: {} for table in TABLES}
        self.codes: list[tuple[int, str]] = []
        self.spent: list[str] = []
        self.sent: list[Inbound] = []

    async def begins(self) -> None:
        """Meet everybody at each of their chats, and as a customer."""
        for who in range(PEOPLE):
            await self.says(who, "telegram", "hello")
            await self.says(who, "web", "hello")
            await self.told(who)

    async def take(self, message: Inbound) -> None:
        """Send a message that may come again."""
        self.sent.append(message)
        await self.crowd.house.inbox.take(message)
        await self.crowd.settle()

    async def says(self, who: int, where: str, text: str) -> None:
        """Say something; a stop is one of all of their set."""
        await self.take(self.crowd.message(at(who, where), text))
        if text == "stop":
            standings = [
                await self.crowd.standing(a) for a in await self.set_of(who, where)
            ]
            assert all(each.stopped for each in standings)

    async def types_number_of(self, who: int, where: str, other: int) -> None:
        """Type somebody's number, which proves nothing."""
        await self.take(self.crowd.message(at(who, where), f"+49{other}"))
        await self.take(self.crowd.message(at(who, where), f"crm:{other}"))

    async def shares_own(self, who: int, where: str) -> None:
        """Share the contact that the platform says is their own."""
        own = at(who, "phone")
        await self.take(self.crowd.message(at(who, where), None, known_as=(own,)))

    async def shares_foreign(self, who: int, other: int) -> None:
        """Share somebody else's contact, of which a codec makes words."""
        await self.take(self.crowd.message(at(who, "telegram"), f"+49{other}"))

    async def signs_in(self, who: int) -> None:
        """Come from the shop, which signs who they are."""
        message = self.crowd.message(at(who, "web"), known_as=(at(who, "crm"),))
        await self.take(message)

    async def gets_link(self, who: int) -> None:
        """Be sent a link by the shop."""
        self.codes.append((who, await self.crowd.link(at(who, "crm"), "survey")))

    async def follows_own(self, who: int, where: str) -> None:
        """Come by a link of their own."""
        code = next((code for whose, code in self.codes if whose == who), None)
        if code is not None:
            self.codes.remove((who, code))
            self.spent.append(code)
            await self.take(self.crowd.message(at(who, where), None, link=code))

    async def replays_code(self, who: int, number: int) -> None:
        """Come by a link that was used before."""
        if self.spent:
            code = self.spent[number % len(self.spent)]
            await self.take(self.crowd.message(at(who, "telegram"), None, link=code))

    async def guesses(self, who: int, code: str) -> None:
        """Make a code up."""
        await self.take(self.crowd.message(at(who, "web"), None, link=f"join-{code}"))

    async def redelivered(self, number: int) -> None:
        """Have a message come again: nothing changes."""
        if self.sent:
            before = await self.everything()
            await self.crowd.house.inbox.take(self.sent[number % len(self.sent)])
            assert await self.everything() == before

    async def told(self, who: int) -> None:
        """Have the shop tell of an order."""
        await self.crowd.tell("order.paid", at(who, "crm"))

    async def operator_joins(
        self, who: int, where: str, other: int, there: str
    ) -> None:
        """Be joined, rightly or not, on an operator's word."""
        await self.join(at(who, where), at(other, there))

    async def joined_and_undone(
        self, who: int, where: str, other: int, there: str
    ) -> None:
        """Be joined and parted again: all is as it was."""
        before = await self.everything()
        join = await self.join(at(who, where), at(other, there))
        if join is not None:
            await joining.undo(self.crowd.desk, join.id)
            assert await self.everything() == before

    async def join(self, a: Address, b: Address) -> Join | None:
        """Join two if both are known and nothing speaks against it."""
        if None in [await self.crowd.house.store.find(each) for each in (a, b)]:
            return None
        made = await joining.join(self.crowd.desk, a, b, by="ops")
        return None if isinstance(made, Declined) else made

    async def undone(self, number: int) -> None:
        """Have a join undone."""
        standing = [each for each in await self.joins() if each.undone_at is None]
        if standing:
            await joining.undo(self.crowd.desk, standing[number % len(standing)].id)

    async def days_pass(self, days: int) -> None:
        """Let time pass."""
        await self.crowd.wait(days=days)

    # ── looks ────────────────────────────────────────────────────────────────────

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query gives."""
        driver = self.crowd.house.store._driver  # noqa: SLF001 - a look at the tables
        writer = driver._writer  # type: ignore[attr-defined]  # noqa: SLF001
        return [tuple(row) for row in await writer.execute_fetchall(query)]

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all that talks and people left, but for what waits for an address."""
        kept = [table for table in TABLES if table != "events"]
        queries = {t: f"SELECT * FROM {t} ORDER BY 1, 2" for t in kept}  # noqa: S608
        queries["contacts"] = "SELECT * FROM contacts ORDER BY id"
        queries["outbox"] = "SELECT id, contact, handle, state FROM outbox ORDER BY id"
        queries["plans"] = "SELECT id, contact, flow FROM plans ORDER BY id"
        return {name: await self.rows(query) for name, query in queries.items()}

    async def joins(self) -> list[Join]:
        """Return every join there ever was."""
        ids = [row[0] for row in await self.rows("SELECT id FROM contacts")]
        async with self.crowd.house.store.reading() as work:
            return await work.joins_of(ids)

    async def sets(self) -> dict[int, set[Address]]:
        """Return all addresses by the set that they belong to."""
        query = (
            "SELECT coalesce(c.merged_into, c.id), a.channel, a.handle"
            " FROM addresses AS a JOIN contacts AS c ON c.id = a.contact"
        )
        found: dict[int, set[Address]] = {}
        for whose, channel, handle in await self.rows(query):
            found.setdefault(whose, set()).add(Address(channel, handle))
        return found

    async def set_of(self, who: int, where: str) -> set[Address]:
        """Return all addresses of a person's set."""
        return next(s for s in (await self.sets()).values() if at(who, where) in s)

    async def check(self) -> None:
        """See that nobody is somebody else, and that no row moved."""
        whose = {
            c: int(h)
            for c, h in await self.rows("SELECT contact, handle FROM addresses")
        }
        standing = [j for j in await self.joins() if j.undone_at is None]
        said = [(whose[j.a], whose[j.b]) for j in standing if j.proof == "operator"]
        allowed = components(range(PEOPLE), said)
        for members in (await self.sets()).values():
            people = {int(address.handle) for address in members}
            assert any(people <= set(part) for part in allowed)
            assert len({a.handle for a in members if a.channel == "crm"}) <= 1
            await self.check_stop(members)
        for table, known in self.owned.items():
            key = KEYS.get(table, "id")
            now = dict(await self.rows(f"SELECT {key}, contact FROM {table}"))  # noqa: S608
            assert {name: now[name] for name in known} == known
            known.update(now)

    async def check_stop(self, members: set[Address]) -> None:
        """See that a stop of any of a set is all of theirs."""
        rows = [await self.crowd.contact(address) for address in members]
        stopped = any(each.stopped for each in rows)
        standings = [await self.crowd.standing(address) for address in members]
        assert {each.stopped for each in standings} == {stopped}


@settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(step, min_size=15, max_size=40), st.randoms(use_true_random=False))
def test_nobody_takes_over_anybody(steps: list[tuple[Any, ...]], chance: Any) -> None:  # noqa: ANN401
    """No chain of joins puts two people into one set but on an operator's word.

    No row ever changes its contact, and once all joins are undone, in whatever order,
    everybody stands alone.
    """
    asyncio.run(live(steps, chance.shuffle))


async def live(
    steps: list[tuple[Any, ...]], shuffle: Callable[[list[Any]], None]
) -> None:
    """Let all of it happen, and undo every join."""
    async with open_crowd() as crowd:
        world = World(crowd)
        await world.begins()
        for name, *arguments in steps:
            await getattr(world, name)(*arguments)
            await world.check()
        standing = [each for each in await world.joins() if each.undone_at is None]
        shuffle(standing)
        for join in standing:
            await crowd.undo(join)
            await world.check()
        assert (
            await world.rows("SELECT 1 FROM contacts WHERE merged_into NOTNULL") == []
        )
