"""Whatever Telegram answers: what becomes of a message, and how often it arrives."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import pytest_asyncio

from bot.model.contact import Address
from bot.service.inbound import received
from channels.telegram import failures
from tests.channels.telegram.serving import until
from tests.channels.telegram.shop import SOON, Shift, Shop, hurry, shop
from tests.fakes.bot_knobs import (
    RESET,
    SILENT,
    TRUNCATED,
    WELL,
    Knob,
    blocked,
    broken,
    page,
    refused,
    throttled,
)


class Case(NamedTuple):
    """How calls are answered; what becomes of the message, and how often it arrives."""

    knobs: tuple[Knob, ...]
    state: str
    reason: str | None
    arrived: int


GOES: Final = ("delivered", None, 1)
UNKNOWN: Final = "unknown"
IN_FRONT: Final = refused(429, "Too Many Requests")
CASES: Final[Mapping[str, Case]] = {
    "throttled": Case((throttled(1),), *GOES),
    "throttled without a number": Case((IN_FRONT, IN_FRONT), *GOES),
    "throttled for soon": Case((refused(429, "Too Many", retry_after="soon"),), *GOES),
    "throttled by a page": Case((page(429),), *GOES),
    "blocked": Case((blocked(),), "failed", "They blocked the bot.", 0),
    "closed": Case(
        (refused(403, "Forbidden: user is deactivated"),),
        "failed",
        "Their account is closed.",
        0,
    ),
    "no chat": Case(
        (refused(400, "Bad Request: chat not found"),),
        "failed",
        "Telegram knows no such chat, or they never wrote to this bot.",
        0,
    ),
    "refused": Case(
        (refused(400, "Bad Request: something else"),),
        "failed",
        "Telegram did not take the message.",
        0,
    ),
    "the account": Case((refused(401, "Unauthorized"),) * 3, *GOES),
    "no such bot": Case((refused(404, "Not Found"),), *GOES),
    "a proxy's page": Case((page(403),), *GOES),
    "500": Case((broken(),), UNKNOWN, None, 1),
    "500 in a page": Case((page(500),), UNKNOWN, None, 0),
    "502 in a page": Case((page(502),), UNKNOWN, None, 0),
    "no JSON of theirs": Case((Knob(status=500, body=b"[]"),), UNKNOWN, None, 1),
    "200 and a page": Case((page(200),), UNKNOWN, None, 0),
    "200 and null": Case((Knob(status=200, body=b"null"),), UNKNOWN, None, 1),
    "reset": Case((RESET,), UNKNOWN, None, 1),
    "truncated": Case((TRUNCATED,), UNKNOWN, None, 1),
    "no answer": Case((SILENT,), UNKNOWN, None, 1),
    "slow": Case((Knob(hold=0.1),), *GOES),
}
ids: Final = count(7000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """Return a shop whose Telegram fails as it is told to."""
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        patch.setattr(failures, "PATIENCE", timedelta(seconds=SOON))
        async with shop(tmp_path_factory.mktemp("shop"), "webhook") as made:
            yield made


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", CASES)
async def test_errors(opened: Shop, name: str) -> None:
    """A message comes as far as it can, never twice; who writes then is asked again."""
    case = CASES[name]
    ann = opened.person(next(ids))
    opened.fake.next("sendMessage", *case.knobs)
    await ann.say("/start")
    await opened.quiet()
    [(state, reason)] = opened.states(ann.id)
    assert (state, reason if state == "failed" else None) == case[1:3]
    assert len(ann.texts()) == case.arrived
    await ann.say("pardon?")
    await until(lambda: len(ann.texts()) == case.arrived + 1)
    await opened.quiet()
    assert [state for state, _ in opened.states(ann.id)] == [case.state, "delivered"]
    await ann.press("9")
    await ann.hears("makes our day")


@pytest.mark.asyncio(loop_scope="module")
async def test_nobody_listens(opened: Shop) -> None:
    """What finds no connection waits until there is one, and leaves once, in order."""
    ann = opened.person(next(ids))
    await ann.say("/start")
    await ann.hears("how likely are you")
    await opened.quiet()
    await opened.fake.close()
    assert await opened.fake.bring(ann.pressing("3")) == [200]
    why = ("due", "Telegram cannot be reached.")
    await until(lambda: why in opened.states(ann.id))
    await opened.fake.open()
    await ann.hears("I'm sorry we let you down.")
    await ann.hears("What went wrong?")
    await opened.quiet()
    assert len(ann.texts()) == 3


@pytest.mark.asyncio(loop_scope="module")
async def test_slowing_down(opened: Shop) -> None:
    """Who is throttled waits as long as told, in order; the web goes on meanwhile."""
    ann, bob = opened.person(next(ids)), opened.person(next(ids))
    await ann.say("/start")
    await ann.hears("how likely are you")
    await opened.quiet()
    opened.fake.next("sendMessage", throttled(1))
    begun = len(opened.fake.calls)
    await ann.press("3")
    await until(lambda: not opened.fake._next["sendMessage"])  # noqa: SLF001 - ours
    await bob.say("/start")
    assert opened.served is not None
    inbox, clock = opened.served.house.inbox, opened.served.house.desk.clock
    visitor = Address("web", "a-visitor")
    await inbox.take(received(visitor, "/feedback", "a-key", clock()))
    assert opened.ask("SELECT state FROM outbox WHERE channel = 'web'") == [("sent",)]
    assert bob.texts() == []
    await ann.hears("I'm sorry we let you down.")
    await ann.hears("What went wrong?")
    await bob.hears("how likely are you")
    calls = [c for c in opened.fake.calls[begun:] if c.method == "sendMessage"]
    assert calls[1].at - calls[0].at >= 1
    assert len(calls) == 4


async def test_blocked(tmp_path: Path, shift: Shift) -> None:
    """Who blocked us is not reminded, and is again once they have written."""
    async with shop(tmp_path, "webhook") as opened:
        ann = opened.person()
        await ann.say("/start")
        await ann.hears("how likely are you")
        await opened.quiet()
        opened.fake.next("sendMessage", blocked())
        shift.later = timedelta(hours=23)
        await until(lambda: len(opened.states()) == 2)
        await opened.quiet()
        assert opened.states()[1] == ("failed", "They blocked the bot.")
        shift.later = timedelta(days=4)
        await until(lambda: len(opened.states()) == 3)
        await opened.quiet()
        assert opened.states()[2] == ("withheld", "blocked")
        assert len(ann.texts()) == 1
        await ann.say("I am back")
        await ann.hears("how likely are you")
        await opened.quiet()
        assert [state for state, _ in opened.states()][3:] == ["delivered"]
        assert opened.ask("SELECT lost FROM addresses") == [(None,)]


LONG: Final = f"""
flow: long
title: A long one
touchpoint: support
languages: [en]
triggers:
  - command: long
steps:
  words:
    say: {{en: "{"👍👍👍 " * 999}"}}
  sure:
    ask: {{en: Is that clear?}}
    answer: yes_no
"""


@pytest.mark.parametrize("knob", [throttled(1), refused(401, "Unauthorized")])
async def test_parts(tmp_path: Path, shift: Shift, knob: Knob) -> None:
    """Of a message in parts those that left do not leave again."""
    assert not shift.later
    async with shop(tmp_path, "polling", {"long": LONG}) as opened:
        ann = opened.person()
        opened.fake.next("sendMessage", WELL, knob)
        await ann.say("/long")
        await ann.hears("Is that clear?")
        await opened.quiet()
        assert [text.count("👍") > 0 for text in ann.texts()] == [True, True, False]
        assert "".join(ann.texts()).count("👍") == 2997
        assert [state for state, _ in opened.states()] == ["delivered", "delivered"]
