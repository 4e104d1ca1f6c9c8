"""A page talks with the server: by socket, by plain requests, again after a while."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from channels.web.limits import Limits, Rate
from tests.channels.web.serving import Page, Serving, labels, serving

HELLO = "how likely are you"
EVERY = """
flow: every
languages: [en, ar]
steps:
  which: {ask: Which one?, answer: choice, options: {a: Apples, b: Pears}}
  when: {ask: When was it?, answer: date, optional: true}
  photo: {ask: Show us., answer: photo, optional: true}
  done: {say: Thanks.}
"""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    """Return a server with the example flows and one of our own."""
    async with serving(tmp_path, EVERY) as found:
        yield found


async def test_a_whole_talk(server: Serving) -> None:
    """Opening begins the flow; taps and typed words go through to its end."""
    async with server.page(language="en") as page:
        asked = await page.heard(HELLO)
        assert asked["question"]["kind"] == "nps"
        stored = await page.tap("score", "3")
        assert stored["type"] == "stored"
        await page.heard("What went wrong")
        await page.say("it came late")
        question = await page.heard("May someone")
        assert labels(question) == ["Yes", "No"]
        stored = await page.say("sure")
        assert stored["talk"]["open"] is False
        await page.heard("Thank you.")


async def test_the_browsers_language_is_spoken(server: Serving) -> None:
    """What the page tells of the language is taken where the flow speaks it."""
    async with server.page(language="es-MX") as page:
        await page.heard("¿qué probabilidad")
        stored = await page.say("un ocho")
        assert stored["talk"]["language"] == "es"


async def test_a_reload_shows_the_talk_and_begins_nothing(server: Serving) -> None:
    """Who comes again with their id sees what was said, theirs included, once."""
    async with server.page() as page:
        await page.heard(HELLO)
        await page.say("3, it came late", key="the-key-of-the-score")
        await page.heard("May someone")
        before = page.texts()
    async with server.socket() as again:
        welcome = await again.hello(visitor=page.token)
        assert again.texts() == before
        (own,) = [e for e in welcome["messages"] if e["from"] == "me"]
        assert (own["text"], own["key"]) == ("3, it came late", "the-key-of-the-score")
        last = welcome["messages"][-1]["id"]
    async with server.socket() as missed:
        welcome = await missed.hello(visitor=page.token, after=last)
        assert welcome["messages"] == []


async def test_opening_twice_at_once_begins_once(server: Serving) -> None:
    """Two windows of one visitor share one talk."""
    async with server.page() as first:
        await first.heard(HELLO)
        async with server.page(visitor=first.token), server.page(visitor=first.token):
            pass
        assert len(first.texts()) == 1
    async with server.page(visitor=first.token) as again:
        assert again.texts() == first.texts()


async def test_other_windows_see_what_is_said(server: Serving) -> None:
    """What a visitor says in one window stands in the others, too."""
    async with server.page() as one:
        await one.heard(HELLO)
        async with server.page(visitor=one.token) as other:
            await one.say("9")
            while not [e for e in other.log if e["from"] == "me"]:
                await other.receive("messages")
            await other.heard("What do you like")


async def test_the_same_key_twice(server: Serving) -> None:
    """A message that is sent again is stored, and taken once."""
    async with server.page() as page:
        await page.heard(HELLO)
        for _ in range(2):
            assert (await page.say("3", key="one-and-the-same"))["type"] == "stored"
        await page.heard("What went wrong")
        welcome = await page.hello(visitor=page.token)
        assert len([e for e in welcome["messages"] if e["from"] == "me"]) == 1


async def test_start_again(server: Serving) -> None:
    """After the end one may start again; while the talk is open that does nothing."""
    async with server.page() as page:
        await page.heard(HELLO)
        assert (await page.again())["talk"]["open"] is True
        await page.say("8")
        ended = await page.say("price")
        assert ended["talk"]["open"] is False
        first = page.talk["id"] if page.talk else ""
        again = await page.again()
        assert again["talk"]["open"] is True
        assert again["talk"]["id"] != first
        while sum(HELLO in text for text in page.texts()) < 2:
            await page.receive("messages")


async def test_plain_requests(server: Serving) -> None:
    """Where sockets cannot be had, requests do the same."""
    http = server.http
    welcome = (await http.post("/chat/visits", json={"type": "hello"})).json()
    bearer = {"Authorization": f"Bearer {welcome['visitor']}"}
    said = {"type": "say", "key": "a-key-of-mine", "text": "3, it came late"}
    stored = await http.post("/chat/messages", json=said, headers=bearer)
    assert (stored.status_code, stored.json()["type"]) == (200, "stored")
    found = await server.polled(bearer, "May someone")
    assert found["talk"]["asks"] == "callback"
    assert "3, it came late" in [entry["text"] for entry in found["messages"]]
    last = found["messages"][-1]["id"]
    later = await http.get(f"/chat/messages?after={last}", headers=bearer)
    assert later.json()["messages"] == []


async def test_what_was_missed_counts_once_it_is_fetched(server: Serving) -> None:
    """A question that nobody saw is sent; it is delivered when the page comes."""
    http = server.http
    welcome = (await http.post("/chat/visits", json={"type": "hello"})).json()
    bearer = {"Authorization": f"Bearer {welcome['visitor']}"}
    await server.polled(bearer, HELLO)
    await server.polled(bearer, HELLO)
    assert await funnel(server) == {"sent": 1, "delivered": 1}


async def funnel(server: Serving) -> dict[str, int]:
    """Return the counts of whole talks by measure."""
    reports = server.house.store.reports
    cells = await reports.counts(flow="nps", start=None, end=None, by=())
    return {c.measure: c.n for c in cells if c.measure != "answer" and not c.step}


# ── flows ────────────────────────────────────────────────────────────────────────────


async def test_only_allowed_flows(server: Serving) -> None:
    """The page may be asked for flows that the settings name, and no other."""
    http = server.http
    for flow, status in (("nps", 200), ("referral", 200), ("welcome", 404), ("x", 404)):
        assert (await http.get(f"/chat?flow={flow}")).status_code == status
    refused = await http.post("/chat/visits", json={"type": "hello", "flow": "welcome"})
    assert refused.status_code == 400
    async with server.socket() as page:
        await page.send(type="hello", flow="welcome")
        await closed(page, 4400)


async def test_another_flow_runs_inside_an_open_talk(server: Serving) -> None:
    """Asking for another flow in mid-talk runs it, and the talk goes on afterwards."""
    async with server.page() as page:
        await page.heard(HELLO)
    async with server.page(visitor=page.token, flow="referral") as other:
        await other.heard("link")
    async with server.page(visitor=page.token, flow="nps") as back:
        assert back.talk is not None
        assert back.talk["asks"] == "referral.willing"
        assert (await back.say("no"))["talk"]["asks"] == "score"


# ── what is refused ──────────────────────────────────────────────────────────────────


async def closed(page: Page, code: int) -> None:
    """Wait until the server closes with a code."""
    with pytest.raises(ConnectionClosed):
        await page.until(lambda _: False)
    assert page.connection.close_code == code


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "null",
        "[]",
        "{",
        '{"type":"nonsense"}',
        '{"type":"hello","after":"-1"}',
        '{"type":"hello","after":"99999999999999999999"}',
        '{"type":"hello","visitor":5}',
        '{"type":"say","key":"12345678","text":"before hello"}',
        "[" * 10_000,
        b"\x00\x01binary",
        b'{"type":"hello"}',
    ],
    ids=lambda frame: str(frame)[:24],
)
async def test_strange_frames(server: Serving, frame: str | bytes) -> None:
    """What no page says closes the socket, and leaves nothing behind."""
    async with server.socket() as page:
        await page.connection.send(frame)
        await closed(page, 4400)


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "say", "key": "short", "text": "x"},
        {"type": "say", "key": "k" * 65, "text": "x"},
        {"type": "say", "key": "with:colon", "text": "x"},
        {"type": "say", "key": "12345678", "text": None},
        {"type": "tap", "key": "12345678", "talk": "x", "step": "s", "options": []},
        {"type": "tap", "key": "12345678", "talk": "1", "step": "s", "options": "9"},
        {"type": "give", "key": "12345678", "kind": "virus", "media": "x"},
    ],
    ids=json.dumps,
)
async def test_strange_messages(server: Serving, frame: dict[str, object]) -> None:
    """A message of a wrong form closes the socket; by request it is a 400."""
    async with server.page() as page:
        await page.send(**frame)
        await closed(page, 4400)
    bearer = {"Authorization": f"Bearer {page.token}"}
    refused = await server.http.post("/chat/messages", json=frame, headers=bearer)
    assert refused.status_code == 400


async def test_texts_that_are_too_long(server: Serving) -> None:
    """A text beyond the limit is refused, a frame beyond it closes the socket."""
    async with server.page() as page:
        await page.heard(HELLO)
        refused = await page.say("x" * 5_001)
        assert (refused["type"], refused["reason"]) == ("refused", "too_long")
        assert (await page.say(" \n"))["reason"] == "refused"
        assert (await page.say("x" * 5_000))["type"] == "stored"
        await page.send(type="say", key="12345678", text="x" * 1_000_000)
        await closed(page, 1009)
    bearer = {"Authorization": f"Bearer {page.token}"}
    body = {"type": "say", "key": "12345678", "text": "x" * 1_000_000}
    large = await server.http.post("/chat/messages", json=body, headers=bearer)
    assert large.status_code == 413


async def test_taps_on_others_talks(server: Serving) -> None:
    """Who names another's talk in a tap changes nothing there, nor in their own."""
    async with server.page() as victim, server.page() as thief:
        await victim.heard(HELLO)
        await thief.heard(HELLO)
        assert victim.talk is not None
        assert thief.talk is not None
        thief.talk = {**thief.talk, "id": victim.talk["id"]}
        await thief.tap("score", "0")
        welcome = await victim.hello(visitor=victim.token)
        assert welcome["talk"]["asks"] == "score"
        assert (await thief.hello(visitor=thief.token))["talk"]["asks"] == "score"


async def test_keys_are_ones_own(server: Serving) -> None:
    """Nobody can use up the key of another's message."""
    async with server.page() as one, server.page() as other:
        for page in (one, other):
            await page.heard(HELLO)
            await page.say("3", key="the-same-key-twice")
            await page.heard("What went wrong")


@pytest.mark.parametrize("name", ["x" * 5_000, "no.such.token", "WyJhIixudWxsXQ.x.y"])
async def test_forged_ids(server: Serving, name: str) -> None:
    """A forged id is nobody's: its bearer is a new visitor, or is told to say hello."""
    async with server.page(visitor=name[:4_000]) as page:
        assert page.token != name
        await page.heard(HELLO)
    bearer = {"Authorization": f"Bearer {name}"}
    missed = await server.http.get("/chat/messages", headers=bearer)
    assert missed.status_code == 401
    assert (await server.http.get("/chat/messages")).status_code == 401


async def test_a_swapped_id(server: Serving) -> None:
    """The signature of one id does not hold for another."""
    async with server.page() as one, server.page() as other:
        payload, _, rest = one.token.partition(".")
        swapped = ".".join([other.token.partition(".")[0], rest])
    bearer = {"Authorization": f"Bearer {swapped}"}
    missed = await server.http.get("/chat/messages", headers=bearer)
    assert payload
    assert missed.status_code == 401


async def test_other_sites_pages(server: Serving) -> None:
    """The page of another site can neither open a socket nor send a request."""
    evil = "https://evil.example"
    with pytest.raises(InvalidStatus) as refused:
        async with server.socket(origin=evil):
            pass
    assert refused.value.response.status_code == 403
    answer = await server.http.post(
        "/chat/visits", json={"type": "hello"}, headers={"Origin": evil}
    )
    assert answer.status_code == 403
    own = {"Origin": f"http://{server.host}"}
    good = await server.http.post("/chat/visits", json={"type": "hello"}, headers=own)
    assert good.status_code == 200


# ── limits ───────────────────────────────────────────────────────────────────────────


async def test_too_many_messages(tmp_path: Path) -> None:
    """Beyond the rate nothing is stored and the page is told; then it is shown out."""
    limits = Limits(messages=Rate(3, 0.001))
    async with serving(tmp_path, limits=limits) as server, server.page() as page:
        await page.heard(HELLO)
        told = [await page.say("hm") for _ in range(5)]
        kinds = [frame["type"] for frame in told]
        assert kinds == ["stored"] * 3 + ["later"] * 2
        assert told[-1]["reason"] == "too_fast"
        for _ in range(40):
            await page.send(type="say", key=server.key(), text="hm")
        await closed(page, 4429)
        async with server.page() as other:
            await other.heard(HELLO)
            assert (await other.say("3"))["type"] == "stored"


async def test_too_many_visitors_from_one_address(tmp_path: Path) -> None:
    """One address brings only so many new visitors; who is known may always come."""
    limits = Limits(visitors_of_address=Rate(2, 0.001))
    async with serving(tmp_path, limits=limits) as server:
        async with server.page() as page, server.page():
            pass
        async with server.socket() as third:
            await third.send(type="hello")
            later = await third.receive()
            assert (later["type"], later["key"]) == ("later", None)
        refused = await server.http.post("/chat/visits", json={"type": "hello"})
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        async with server.page(visitor=page.token):
            pass
        away = {"X-Forwarded-For": "203.0.113.9"}
        other = await server.http.post(
            "/chat/visits", json={"type": "hello"}, headers=away
        )
        assert other.status_code == 200


async def test_too_many_windows(tmp_path: Path) -> None:
    """The oldest window of too many is closed, and told why by the code."""
    limits = Limits(tabs=1)
    async with (
        serving(tmp_path, limits=limits) as server,
        server.page() as first,
        server.page(visitor=first.token) as second,
    ):
        await closed(first, 4409)
        assert (await second.say("3"))["type"] == "stored"


async def test_strangers_are_shown_out(tmp_path: Path) -> None:
    """Sockets that never say hello give way to those that come after them."""
    limits = Limits(strangers=2)
    async with (
        serving(tmp_path, limits=limits) as server,
        server.socket() as first,
        server.socket(),
        server.socket(),
    ):
        await closed(first, 4408)
        async with server.page() as page:
            await page.heard(HELLO)


async def test_silent_visitors_are_bounded(tmp_path: Path) -> None:
    """Of those who never said a word only the newest are kept; others all stay."""
    async with serving(tmp_path) as server:
        async with server.page() as talker:
            await talker.heard(HELLO)
            await talker.say("3")
        tokens = []
        for _ in range(4):
            async with server.page() as silent:
                await silent.heard(HELLO)
                tokens.append(silent.token)
        assert await server.found.visits.forget_silent(keep=2) == 2
        async with server.socket() as page:
            assert len((await page.hello(visitor=talker.token))["messages"]) > 1
        async with server.page(visitor=tokens[0]) as back:
            await back.heard(HELLO)
        assert (await funnel(server))["delivered"] == 6
        assert await server.found.visits.forget_silent(keep=2) == 1
