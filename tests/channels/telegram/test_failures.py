"""Status and body → what the outbox must know, by the real library.

The server is our own fake: none that others wrote fails in these ways.
"""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import pytest
from telegram import Bot, Message
from telegram.request import HTTPXRequest

from bot.errors import (
    AccountRefused,
    Blocked,
    ChannelError,
    Throttled,
    Unreachable,
)
from channels.telegram.failures import PATIENCE, Moved, failure
from tests.channels.telegram.updates import ANA, CANARY
from tests.fakes.bot_knobs import (
    RESET,
    SILENT,
    TRUNCATED,
    Knob,
    broken,
    page,
    refused,
    throttled,
)
from tests.fakes.telegram import TOKEN, FakeTelegram, listening

QUICK: Final = 0.3
"""Seconds until a silent server has been waited for."""

Outcome = tuple[type[ChannelError], str] | None
UNKNOWN: Final = None
BLOCKED: Final = (Blocked, "blocked")
REFUSED: Final = (AccountRefused, "account-refused")
TOO_FAST: Final = (Throttled, "throttled")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    """Return a Bot API of ours."""
    async with listening() as opened:
        yield opened


@asynccontextmanager
async def bot_at(url: str, token: str = TOKEN) -> AsyncIterator[Bot]:
    """Open the real library's bot at an address."""
    request = HTTPXRequest(
        connection_pool_size=1,
        connect_timeout=2.0,
        pool_timeout=0.1,
        read_timeout=QUICK,
        httpx_kwargs={"trust_env": False},
    )
    try:
        yield Bot(token, base_url=url, request=request)
    finally:
        await request.shutdown()


async def failed(url: str, token: str = TOKEN) -> Exception:
    """Return what the library raises when it sends a message there."""
    async with bot_at(url, token) as bot:
        with pytest.raises(Exception) as raised:  # noqa: PT011 - any there is
            await bot.send_message(ANA, CANARY)
    return raised.value


def outcome(error: Exception) -> Outcome:
    """Return what an error means; no sentence tells what was sent or said."""
    found = failure(error)
    if found is None:
        return None
    for private in (CANARY, TOKEN, str(ANA), "nginx", "<html>"):
        assert private not in str(found)
    return type(found), found.code


@pytest.mark.parametrize(
    ("knob", "expected"),
    [
        (refused(403, "Forbidden: bot was blocked by the user"), BLOCKED),
        (refused(403, "Forbidden: user is deactivated"), BLOCKED),
        (
            refused(403, "Forbidden: bot can't initiate conversation with a user"),
            BLOCKED,
        ),
        (refused(403, "Forbidden: bot was kicked from the supergroup chat"), BLOCKED),
        (
            refused(403, "Forbidden: bot is not a member of the channel chat"),
            BLOCKED,
        ),
        (refused(400, "Bad Request: chat not found"), BLOCKED),
        (refused(400, "Bad Request: chat not found", hint=CANARY), BLOCKED),
        (refused(400, "Bad Request: PEER_ID_INVALID"), BLOCKED),
        (refused(400, "Bad Request: user not found"), BLOCKED),
        (refused(400, "Bad Request: INPUT_USER_DEACTIVATED"), BLOCKED),
        (
            refused(403, f"Forbidden: {CANARY} may not"),
            (ChannelError, "no-rights"),
        ),
        (
            refused(400, "Bad Request: not enough rights to send text messages"),
            (ChannelError, "no-rights"),
        ),
        (refused(400, f"Bad Request: {CANARY}"), (ChannelError, "rejected")),
        (refused(400, ""), (ChannelError, "rejected")),
        (
            refused(400, "Bad Request: message text is empty"),
            (ChannelError, "empty"),
        ),
        (refused(400, "Bad Request: message is too long"), (ChannelError, "too-long")),
        (refused(400, "Bad Request: BUTTON_DATA_INVALID"), (ChannelError, "buttons")),
        (
            refused(400, f"Bad Request: message is not modified: {CANARY}"),
            (ChannelError, "not-modified"),
        ),
        (
            refused(400, "Bad Request: query is too old and response timeout expired"),
            (ChannelError, "too-late"),
        ),
        (
            refused(400, "Bad Request: message to edit not found"),
            (ChannelError, "gone"),
        ),
        (refused(413, "Request Entity Too Large"), (ChannelError, "too-long")),
        (refused(400, "Logged out"), REFUSED),
        (refused(401, "Unauthorized"), REFUSED),
        (refused(404, "Not Found"), REFUSED),
        (
            refused(409, "Conflict: terminated by other getUpdates request"),
            (ChannelError, "conflict"),
        ),
        (
            refused(400, "Bad Request: moved", migrate_to_chat_id=-1001),
            (Moved, "moved"),
        ),
        (throttled(17), TOO_FAST),
        (refused(429, "Too Many Requests: retry after 17"), TOO_FAST),
        (refused(429, "Too Many Requests: retry after 0", retry_after=0), TOO_FAST),
        (page(429, CANARY), TOO_FAST),
        (page(400, CANARY), REFUSED),
        (page(403, CANARY), REFUSED),
        (page(404, CANARY), REFUSED),
        (page(301, CANARY), REFUSED),
        (page(405, CANARY), REFUSED),
        (page(407, CANARY), REFUSED),
        (page(413, CANARY), (ChannelError, "too-long")),
        (page(500, CANARY), UNKNOWN),
        (page(502, CANARY), UNKNOWN),
        (page(504, CANARY), UNKNOWN),
        (page(599, CANARY), UNKNOWN),
        (Knob(status=502, body=b" "), UNKNOWN),
        (broken(), UNKNOWN),
        (broken(503), UNKNOWN),
        (refused(418, f"{CANARY}"), UNKNOWN),
        (page(200, CANARY), UNKNOWN),
        (Knob(body=b'{"ok":true,"result":'), UNKNOWN),
        (Knob(body=b'{"ok":true}'), UNKNOWN),
        (Knob(body=b"[]"), UNKNOWN),
        (Knob(status=500, body=b"[]"), UNKNOWN),
        (RESET, UNKNOWN),
        (TRUNCATED, UNKNOWN),
        (SILENT, UNKNOWN),
    ],
)
async def test_what_it_means(fake: FakeTelegram, knob: Knob, expected: Outcome) -> None:
    """Each failure is what the outbox must know, and all that is unclear is unknown."""
    fake.next("sendMessage", knob)
    assert outcome(await failed(fake.base_url)) == expected
    assert len(fake.of("sendMessage")) == 1


async def test_unknown_may_have_arrived(fake: FakeTelegram) -> None:
    """What is unknown here did reach the phone: to send it again would double it."""
    for knob in (RESET, TRUNCATED, SILENT, broken()):
        fake.next("sendMessage", knob)
        assert outcome(await failed(fake.base_url)) is UNKNOWN
    assert len(fake.sent) == 4


async def test_how_long(fake: FakeTelegram) -> None:
    """We wait as long as Telegram says, wherever it says so, or for our own time."""
    knobs = (
        throttled(17),
        refused(429, "Too Many Requests: retry after 17"),
        page(429),
    )
    fake.next("sendMessage", *knobs)
    waits = []
    for _ in knobs:
        found = failure(await failed(fake.base_url))
        assert isinstance(found, Throttled)
        assert found.retryable
        waits.append(found.retry_after)
    assert waits == [timedelta(seconds=17), timedelta(seconds=17), PATIENCE]


async def test_nobody_listens() -> None:
    """Without a connection nothing left us, so it is tried again."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        found = await failed(f"http://127.0.0.1:{port}/bot")
    assert outcome(found) == (Unreachable, "unreachable")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/bot", "http://a b:x/bot", "nowhere"])
async def test_no_address(url: str) -> None:
    """An address that is none is not reached either."""
    assert outcome(await failed(url)) == (Unreachable, "unreachable")


async def test_no_connection_free(fake: FakeTelegram) -> None:
    """A message that waited in vain for a connection did not leave (trap 9)."""
    fake.always("sendMessage", SILENT)
    async with bot_at(fake.base_url) as bot:
        outcomes = [outcome(each) for each in await _at_once(bot, 2)]
    assert outcomes == [UNKNOWN, (Unreachable, "unreachable")]
    assert len(fake.sent) == 1


async def _at_once(bot: Bot, count: int) -> list[Exception]:
    import asyncio  # noqa: PLC0415 - only here

    sends = (bot.send_message(ANA, CANARY) for _ in range(count))
    found = await asyncio.gather(*sends, return_exceptions=True)
    return [each for each in found if isinstance(each, Exception)]


async def test_another_token(fake: FakeTelegram) -> None:
    """A token that Telegram does not know stops the account, and is not told."""
    error = await failed(fake.base_url, "1:another-secret")
    assert outcome(error) == REFUSED
    assert "secret" not in str(failure(error))


async def test_well(fake: FakeTelegram) -> None:
    """Where nothing fails the message arrives, once."""
    async with bot_at(fake.base_url) as bot:
        sent = await bot.send_message(ANA, CANARY)
    assert isinstance(sent, Message)
    assert [call.fields["text"] for call in fake.sent] == [CANARY]
