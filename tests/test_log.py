"""What reaches the logs, and what never does."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import log
from bot.errors import Refused
from bot.model.message import Delivery, State
from bot.service import inbound
from tests.channels.web.serving import SECRET, serving
from tests.channels.web.test_visitors import signed
from tests.service.house import House, open_house

SURVEY = """
flow: f
expire_after: 2 days
steps:
  q: {ask: "How was it, {contact.first_name|friend}?", answer: nps}
  why: {ask: Why?, answer: text}
"""
CANARY = "canary"
Lines = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def _as_usual() -> Iterator[None]:
    """Leave the log as it was."""
    log.configure()
    yield
    log.configure()


def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Return what was told on stderr: each line an object of JSON."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """An event is one line of JSON on stderr, with its time and level."""
    structlog.get_logger().info("started", flows=3)
    shown = capsys.readouterr()
    line = json.loads(shown.err)
    assert (line["event"], line["level"], line["flows"]) == ("started", "info", 3)
    assert "timestamp" in line
    assert shown.out == ""


@pytest.mark.parametrize("name", sorted(log.PRIVATE))
def test_private_fields(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What names a person, or says what they said, reaches no log."""
    structlog.get_logger().warning("odd", **{name: CANARY})
    assert CANARY not in capsys.readouterr().err


async def test_a_failure_is_told_without_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failing message is told by where it failed, never by what somebody typed."""

    def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    async with open_house(SURVEY) as house:
        await house.begin("f")
        monkeypatch.setattr(inbound, "_handle", fail)
        with pytest.raises(Refused):
            await house.say(CANARY)
    shown = capsys.readouterr().err
    assert "RuntimeError" in shown
    assert "test_log.py" in shown
    assert CANARY not in shown


def test_what_libraries_say(capsys: pytest.CaptureFixture[str]) -> None:
    """A library's complaint is told by where it comes from, without its words."""
    try:
        int(CANARY)
    except ValueError:
        logging.getLogger("some.library").exception("%s was odd", CANARY)
    (line,) = lines(capsys)
    assert (line["event"], line["level"]) == ("library_said", "error")
    assert (line["library"], line["error"]) == ("some.library", "ValueError")
    assert "test_log.py" in line["where"]
    assert CANARY not in str(line)


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_levels(
    level: str, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A level tells what is as grave as it, and graver."""
    log.configure(level)
    for name in ("debug", "info", "warning", "error"):
        getattr(structlog.get_logger(), name)("odd")
    assert [line["level"] for line in lines(capsys)] == told
    assert log.tells_all() == (level == "debug")


# ── the ids of a talk ────────────────────────────────────────────────────────────────


async def talk(house: House) -> None:
    """Have a talk from its beginning to the end that time makes."""
    await house.begin("f")
    await house.say("9")
    await house.wait(days=3)


async def test_a_talk_can_be_followed(capsys: pytest.CaptureFixture[str]) -> None:
    """At debug every room tells what passes through it, with the ids of the talk."""
    log.configure("debug")
    async with open_house(SURVEY) as house:
        await talk(house)
        session = await house.session()
        told = lines(capsys)
        events = {line["event"] for line in told}
        assert events == {
            "message_taken",
            "talk_moved",
            "message_made",
            "message_settled",
            "talk_woken",
        }
        ids = {"talk": session.id, "contact": session.contact, "channel": "web"}
        for line in told:
            assert {name: line[name] for name in ids} == ids, line
        made = {line["delivery"] for line in told if line["event"] == "message_made"}
        assert made == {each.id for each in await house.store.outbox()}
        (taken,) = [line for line in told if line["event"] == "message_taken"]
        assert taken["inbound"] > 0


async def test_a_channel_speaks_of_its_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a channel logs while it sends carries the ids of what it sends."""

    async def send(_delivery: Delivery) -> tuple[State, None]:
        structlog.get_logger().warning("provider_is_slow", seconds=9)
        return "sent", None

    async with open_house(SURVEY) as house:
        monkeypatch.setattr(house.listener, "send", send)
        await house.begin("f")
        session = await house.session()
        (line,) = lines(capsys)
    assert (line["event"], line["seconds"]) == ("provider_is_slow", 9)
    assert (line["talk"], line["contact"]) == (session.id, session.contact)
    assert line["channel"] == "web"
    assert line["delivery"] > 0


async def test_a_healthy_server_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """At the usual level nothing is told of single messages."""
    async with open_house(SURVEY) as house:
        await talk(house)
    assert lines(capsys) == []


async def test_stuck_messages_are_told_with_their_talk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message that is stuck is told at any level, with where it belongs."""

    def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    async with open_house(SURVEY) as house:
        await house.begin("f")
        monkeypatch.setattr("bot.service.batch.resume", fail)
        await house.say(CANARY)
        session = await house.session()
    told = lines(capsys)
    (stuck,) = [line for line in told if line["event"] == "message_stuck"]
    assert (stuck["talk"], stuck["contact"]) == (session.id, session.contact)
    assert (stuck["channel"], stuck["error"]) == ("web", "RuntimeError")
    assert CANARY not in str(told)


async def test_nothing_private_in_a_whole_talk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No text, name, handle or secret of a talk reaches the log, at level debug."""
    config = "brand: {name: Acme}\nchannels: {web: {flow: f}}\nlog: {level: debug}\n"
    facts = signed(sub="4711-canary", first_name="Canary-Ann")
    async with serving(tmp_path, SURVEY, config=config) as server:
        async with server.page(facts=facts) as page:
            await page.heard("How was it, Canary-Ann?")
            await page.say("3, the canary died", key="canary-key-1")
            await page.say("the canary died", key="canary-key-1")
            await page.say("canary")
            (sent, *_) = await server.house.store.outbox()
        answer = await server.http.get("/chat/messages?canary=1")
        assert answer.status_code == 401
    told = capsys.readouterr().err
    assert {"message_taken", "message_known", "talk_moved", "message_settled"} <= {
        json.loads(line)["event"] for line in told.splitlines()
    }
    for private in (CANARY, "died", page.token, sent.address.handle, SECRET):
        assert private.lower() not in told.lower()
