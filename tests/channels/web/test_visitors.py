"""Ids that we sign, and facts that sites sign."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from itsdangerous import URLSafeTimedSerializer

from bot import clock
from bot.clock import make_ids
from bot.model.contact import Address
from bot.model.world import Type
from channels.web.visitors import (
    VALID_SECONDS,
    InvalidFacts,
    Visitor,
    Visitors,
    read_facts,
)
from tests.channels.web.serving import SECRET, Serving, serving

HELLO = "how likely are you"


def signed(secret: str = SECRET, **claims: Any) -> str:  # noqa: ANN401 - any claim
    """Return facts as a site signs them, good for a minute."""
    return jwt.encode(
        {"sub": "4711", "exp": int(time.time()) + 60, **claims}, secret, "HS256"
    )


@pytest.fixture
def visitors() -> Visitors:
    """Return what hands ids out."""
    return Visitors("key", make_ids(node=1))


def test_ids_read_back(visitors: Visitors) -> None:
    """An id reads back as whom it was handed to, the customer included."""
    for visitor in (visitors.new(), visitors.new("4711")):
        assert visitors.read(visitors.token(visitor)) == visitor
    assert visitors.new() != visitors.new()


def test_ids_of_another_key(visitors: Visitors) -> None:
    """An id that another key signed is nobody's."""
    other = Visitors("another key", make_ids(node=1))
    assert visitors.read(other.token(other.new())) is None


def test_ids_expire(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id is good for a year since it was handed out."""
    token = visitors.token(Visitor("0" * 16))
    year, minute = timedelta(seconds=VALID_SECONDS), timedelta(minutes=1)
    handed_out = clock.now()
    monkeypatch.setattr(clock, "now", lambda: handed_out + year - minute)
    assert visitors.read(token) is not None
    monkeypatch.setattr(clock, "now", lambda: handed_out + year + minute)
    assert visitors.read(token) is None


@pytest.mark.parametrize("payload", [None, "x", 1, [], ["x"], [1, None], ["x", 1]])
def test_ids_of_another_form(visitors: Visitors, payload: object) -> None:
    """What was signed for something else is no id."""
    strange = URLSafeTimedSerializer("key", salt="voxpop.visitor").dumps(payload)
    assert visitors.read(strange) is None


def test_facts() -> None:
    """What a site signs is taken; what is not declared is left out and named."""
    token = signed(first_name="Ana", zone="Europe/Madrid", plan="pro", shoe=38)
    facts, note = read_facts(token, SECRET, {"plan": "text"})
    assert (facts.customer, facts.first_name, facts.zone) == (
        "4711",
        "Ana",
        "Europe/Madrid",
    )
    assert facts.attributes == {"plan": "pro"}
    assert note is not None
    assert "shoe" in note


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("text", "pro", True),
        ("text", True, False),
        ("text", "x" * 501, False),
        ("text", {"a": 1}, False),
        ("number", 1.5, True),
        ("number", True, False),
        ("number", 10**30, False),
        ("number", float("nan"), False),
        ("yes_no", True, True),
        ("yes_no", "yes", False),
        ("date", "2026-11-23", True),
        ("date", "tomorrow", False),
    ],
)
def test_types_of_facts(kind: Type, value: object, *, fits: bool) -> None:
    """A fact of another type than declared is left out, and named."""
    facts, note = read_facts(signed(plan=value), SECRET, {"plan": kind})
    assert facts.attributes == ({"plan": value} if fits else {})
    assert (note is None) is fits


def test_facts_for_somebody_else_too() -> None:
    """An audience is no reason to refuse: the secret says that it is for us."""
    assert read_facts(signed(aud="shop"), SECRET, {})[0].customer == "4711"


def unsigned(claims: Mapping[str, object]) -> str:
    """Return a token that claims to need no signature."""
    return jwt.encode(dict(claims), "", "none")


@pytest.mark.parametrize(
    "token",
    [
        signed("another secret, just as long as it"),
        signed(exp=int(time.time()) - 3600),
        signed(sub=""),
        signed(sub="4711\n4712"),
        signed(sub=4711),
        signed(sub="x" * 501),
        signed(first_name=["Ana"]),
        jwt.encode({"sub": "4711"}, SECRET, "HS256"),
        jwt.encode({"exp": int(time.time()) + 60}, SECRET, "HS256"),
        unsigned({"sub": "4711", "exp": int(time.time()) + 60}),
        "no.token.at.all",
        "",
    ],
    ids=range(12),
)
def test_facts_that_do_not_hold(token: str) -> None:
    """Forged, expired, unsigned or misshapen facts are no facts."""
    with pytest.raises(InvalidFacts):
        read_facts(token, SECRET, {"plan": "text"})


def test_facts_without_a_secret() -> None:
    """Where no secret is set, nobody's facts are taken."""
    with pytest.raises(InvalidFacts, match="secret is not set"):
        read_facts(signed(), None, {})


# ── customers ────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """Return a server with the example flows."""
    async with serving(tmp_path) as found:
        yield found


async def test_facts_reach_the_talk(server: Serving) -> None:
    """What the site tells is known when the first question is asked."""
    facts = signed(first_name="Ana\u202e <b>{secret}</b>", plan="pro")
    async with server.page(facts=facts) as page:
        asked = await page.heard(HELLO)
        assert asked["text"].startswith("Ana <b>{secret}</b>, how likely")
    contact = await server.house.store.find(Address("crm", "4711"))
    assert contact is not None
    assert contact.attributes == {"plan": "pro"}


async def test_a_visitor_who_signs_in(server: Serving) -> None:
    """A visitor who turns out to be a new customer keeps their talk."""
    async with server.page() as page:
        await page.heard(HELLO)
        await page.say("3, it came late")
    async with server.page(visitor=page.token, facts=signed()) as known:
        assert known.talk is not None
        assert known.talk["asks"] == "callback"
    assert await server.house.store.find(Address("crm", "4711")) is not None


async def test_another_customer_at_the_same_browser(server: Serving) -> None:
    """Who signs in where somebody else was sees nothing of the other's talk."""
    async with server.page(facts=signed()) as first:
        await first.heard(HELLO)
        await first.say("3, it came late")
    async with server.page(visitor=first.token, facts=signed(sub="4712")) as second:
        await second.heard(HELLO)
        assert not [entry for entry in second.log if entry["from"] == "me"]


async def test_a_customer_at_another_browser(server: Serving) -> None:
    """A talk that is open elsewhere goes on where its customer comes next, once."""
    async with server.page(facts=signed()) as first:
        await first.heard(HELLO)
    async with server.page(facts=signed()) as second:
        await second.heard(HELLO)
        assert second.talk is not None
        assert first.talk is not None
        assert second.talk["id"] == first.talk["id"]
        assert len(second.texts()) == 1
    async with server.page(visitor=first.token, facts=signed()) as again:
        assert len(again.texts()) == 1


async def test_an_anonymous_visitor_is_not_joined_to_a_known_customer(
    server: Serving,
) -> None:
    """Two who were both known are not made one; the customer's own talk is shown."""
    async with server.page(facts=signed()) as customer:
        await customer.heard(HELLO)
    async with server.page() as anonymous:
        await anonymous.heard(HELLO)
        await anonymous.say("0, my secret")
    async with server.page(visitor=anonymous.token, facts=signed()) as page:
        await page.heard(HELLO)
        assert page.talk is not None
        assert customer.talk is not None
        assert page.talk["id"] == customer.talk["id"]


async def test_facts_that_do_not_hold_do_no_harm(server: Serving) -> None:
    """The chat goes on without them, and tells the site's developer why."""
    forged = signed("another secret, just as long as it", first_name="Eve")
    async with server.socket() as page:
        welcome = await page.hello(facts=forged)
        assert "do not hold" in welcome["note"]
        assert (await page.heard(HELLO))["text"].startswith("Hello,")
    assert await server.house.store.find(Address("crm", "4711")) is None


async def test_an_id_from_before_the_sign_in(server: Serving) -> None:
    """Once a browser is one customer's, its older id opens nothing to anybody else."""
    async with server.page() as page:
        await page.heard(HELLO)
        old = page.token
    async with server.page(visitor=old, facts=signed(sub="ana")) as ana:
        await ana.say("2, my card was charged twice")
    async with server.page(visitor=old, facts=signed(sub="bob")) as bob:
        await bob.heard(HELLO)
        assert not [entry for entry in bob.log if entry["from"] == "me"]
    async with server.page(visitor=old) as nobody:
        await nobody.heard(HELLO)
        assert not [entry for entry in nobody.log if entry["from"] == "me"]
    found = [await server.house.store.find(Address("crm", c)) for c in ("ana", "bob")]
    assert None not in found
    assert found[0] != found[1]


async def test_a_sign_in_that_is_said_twice(server: Serving) -> None:
    """Where the welcome got lost, the same hello shows the same talk."""
    async with server.page() as page:
        await page.heard(HELLO)
        await page.say("3, anonymous words")
    for _ in range(2):
        async with server.page(visitor=page.token, facts=signed()) as known:
            own = [entry["text"] for entry in known.log if entry["from"] == "me"]
            assert own == ["3, anonymous words"]


async def test_two_customers_sign_in_at_once(server: Serving) -> None:
    """Whoever comes second is another visitor, also when both come together."""
    async with server.page() as page:
        await page.heard(HELLO)
    async with server.socket() as one, server.socket() as other:
        hellos = [
            one.send(type="hello", visitor=page.token, facts=signed(sub="ana")),
            other.send(type="hello", visitor=page.token, facts=signed(sub="bob")),
        ]
        await asyncio.gather(*hellos)
        frames = [await one.receive(), await other.receive()]
    names = {frame.get("visitor") for frame in frames if frame["type"] == "welcome"}
    assert len(names) == sum(frame["type"] == "welcome" for frame in frames)


async def test_a_customer_sees_all_their_browsers(server: Serving) -> None:
    """What a customer said at one browser stands in the log at another, once ended."""
    async with server.page(facts=signed()) as first:
        await first.heard(HELLO)
        await first.say("8")
        await first.say("price")
    async with server.page(facts=signed()) as second:
        own = [entry["text"] for entry in second.log if entry["from"] == "me"]
        assert own == ["8", "price"]
        assert second.talk is not None
        assert second.talk["open"] is False


async def test_the_same_facts_again_are_not_stored(server: Serving) -> None:
    """A reload with facts that say nothing new writes nothing."""
    async with server.page(facts=signed(first_name="Ana")) as page:
        await page.heard(HELLO)
    before = await opened(server, page.token)
    for name in ("Ana", "Ana", "Anna", "Anna"):
        facts = signed(first_name=name)
        async with server.page(visitor=page.token, facts=facts) as again:
            page.token = again.token
    assert await opened(server, page.token) == before + 1


async def opened(server: Serving, _token: str) -> int:
    """Return how many openings are stored."""
    driver = server.house.store._driver  # noqa: SLF001 - a look at the table itself
    writer = driver._writer  # type: ignore[attr-defined]  # noqa: SLF001
    query = "SELECT count(*) FROM inbound WHERE key LIKE 'opened:%'"
    ((count,),) = await writer.execute_fetchall(query)
    return int(count)
