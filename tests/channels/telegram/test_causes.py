"""What the library raises without a server having said it, and what it means."""

import warnings
from datetime import timedelta

import httpx
import pytest
from telegram import error as told

from bot.errors import Throttled, Unreachable
from channels.telegram.failures import Moved, failure
from tests.channels.telegram.test_failures import (
    BLOCKED,
    TOO_FAST,
    UNKNOWN,
    Outcome,
    outcome,
)
from tests.channels.telegram.updates import CANARY


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (httpx.ConnectTimeout("x"), (Unreachable, "unreachable")),
        (httpx.ConnectError("x"), (Unreachable, "unreachable")),
        (httpx.PoolTimeout("x"), (Unreachable, "unreachable")),
        (httpx.ProxyError("x"), (Unreachable, "unreachable")),
        (httpx.ReadTimeout("x"), UNKNOWN),
        (httpx.WriteTimeout("x"), UNKNOWN),
        (httpx.ReadError("x"), UNKNOWN),
        (httpx.WriteError("x"), UNKNOWN),
        (httpx.RemoteProtocolError("x"), UNKNOWN),
        (None, UNKNOWN),
    ],
)
@pytest.mark.parametrize("kind", [told.TimedOut, told.NetworkError])
def test_causes(
    cause: Exception | None, expected: Outcome, kind: type[told.NetworkError]
) -> None:
    """Only what surely did not leave is told apart from what may have arrived."""
    error = kind(CANARY)
    error.__cause__ = cause
    assert outcome(error) == expected


def test_refusals_are_network_errors_to_the_library() -> None:
    """In the library a refusal and a timeout are network errors too (trap 9)."""
    assert issubclass(told.BadRequest, told.NetworkError)
    assert issubclass(told.TimedOut, told.NetworkError)
    assert outcome(told.BadRequest("Chat not found")) == BLOCKED


def test_moved() -> None:
    """A group that moved tells where to."""
    found = failure(told.ChatMigrated(-1001))
    assert isinstance(found, Moved)
    assert (found.chat, found.retryable) == (-1001, False)


@pytest.mark.parametrize("setting", ["0", "1"])
def test_seconds_or_a_span(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    """How long to wait is a number or a span, as the library is set (trap 7)."""
    monkeypatch.setenv("PTB_TIMEDELTA", setting)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = failure(told.RetryAfter(9))
    assert isinstance(found, Throttled)
    assert found.retry_after == timedelta(seconds=9)


def test_no_warning() -> None:
    """The library's warning about its own future does not reach whoever runs us."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert outcome(told.RetryAfter(9)) == TOO_FAST


@pytest.mark.parametrize(
    "error", [told.PassportDecryptionError("x"), told.TelegramError("x"), KeyError("x")]
)
def test_anything_else(error: Exception) -> None:
    """Of an error that we do not know nobody knows whether it arrived."""
    assert outcome(error) is UNKNOWN
