"""What Telegram is asked of our bot, and what is made of its answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from lo_bot_api_emulator import LoBotApiEmulator
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.model.finding import Finding
from channels.telegram.doctor import TelegramDoctor
from channels.telegram.polling import ALLOWED as NEEDED
from channels.telegram.webhook import PATH as WEBHOOK
from tests.fakes.telegram_answers import ME, Answers, answering, serving

TOKEN = "123456:" + "SECRET"
PUBLIC = "https://chat.example"
HOOK = f"{PUBLIC}{WEBHOOK}"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
Mode = Literal["polling", "webhook"]


@asynccontextmanager
async def bot_at(url: str, seconds: float = 5.0) -> AsyncIterator[Bot]:
    """Return our bot with a service at this address."""
    request = HTTPXRequest(connect_timeout=seconds, read_timeout=seconds)
    async with request:
        yield Bot(
            TOKEN, base_url=f"{url}/bot", request=request, get_updates_request=request
        )


async def asked(
    url: str,
    mode: Mode = "polling",
    public_url: str | None = PUBLIC,
    seconds: float = 5.0,
) -> list[Finding]:
    """Return what is found of our bot with a service at this address."""
    async with bot_at(url, seconds) as bot:
        found = await TelegramDoctor(bot, mode, public_url, lambda: NOW).findings()
    told = " ".join(f"{each.words} {each.mend}" for each in found)
    assert "SECRET" not in told
    assert TOKEN not in told
    return found


async def found_of(
    answers: Answers, mode: Mode = "polling", public_url: str | None = PUBLIC
) -> list[Finding]:
    """Return what is found of our bot where Telegram answers like this."""
    async with answering(answers) as url:
        return await asked(url, mode, public_url)


def wrong(found: list[Finding]) -> list[tuple[str, str]]:
    """Return how grave what is, without what is well."""
    return [(each.level, each.words) for each in found if each.level != "ok"]


# ── the testbed, which is not ours ───────────────────────────────────────────────────


class Testbed(LoBotApiEmulator):  # type: ignore[misc] # without types
    """Adds the name that the library needs."""

    __test__ = False

    def validate(self, method: str, fields: Any, uploads: Any) -> Any:  # noqa: ANN401
        """Answer as it does, with a name."""
        result = super().validate(method, fields, uploads)
        return {**result, "username": "fixture_bot"} if method == "getMe" else result


async def test_a_bot_of_the_testbed() -> None:
    """A bot that polls is well, and is named."""
    async with serving(Testbed().app()) as url:
        [found] = await asked(url)
    assert found.level == "ok"
    assert found.words.startswith("@fixture_bot: the token is accepted")
    assert "may join groups; no command in its menu" in found.words


async def test_a_webhook_of_the_testbed() -> None:
    """Polling and a webhook do not go together; one that is ours is well."""
    testbed = Testbed(allow_insecure_loopback_webhooks=True)
    async with serving(testbed.app()) as url, bot_at(url) as bot:
        own = f"http://127.0.0.1:1{WEBHOOK}"
        await bot.set_webhook(own, allowed_updates=list(NEEDED))
        polling = await asked(url)
        told = "a webhook is set, to 127.0.0.1, so polling brings nothing"
        assert wrong(polling) == [("warning", told)]
        doctor = TelegramDoctor(bot, "webhook", "http://127.0.0.1:1", lambda: NOW)
        found = await doctor.findings()
    assert wrong(found) == [("problem", "Telegram calls https only")]


# ── a fake of ours, for what the testbed does not know ───────────────────────────────


async def test_all_is_well() -> None:
    """Where nothing is wrong one line says so."""
    [found] = await found_of(Answers())
    assert found == Finding(
        "telegram",
        "ok",
        "@shop_bot: the token is accepted; it may not join groups; "
        "1 command in its menu",
    )


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_refused_token(status: int) -> None:
    """A token that is not accepted is told, once, and never shown."""
    answers = Answers()
    answers.failing["getMe"] = (status, f"Unauthorized {TOKEN}")
    assert wrong(await found_of(answers)) == [
        ("problem", "Telegram does not accept the token")
    ]


async def test_no_network() -> None:
    """No connection is another thing than a token that is refused."""
    told = "Telegram cannot be reached: there is no connection"
    assert wrong(await asked("http://127.0.0.1:1")) == [("problem", told)]
    assert wrong(await asked("http://nowhere.invalid")) == [("problem", told)]


async def test_slow() -> None:
    """A service that does not answer is not waited for."""
    answers = Answers()
    answers.slow = 1.0
    async with answering(answers) as url:
        found = await asked(url, seconds=0.1)
    assert wrong(found) == [("problem", "Telegram did not answer in time")]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (429, ("warning", "Telegram wants us to slow down")),
        (
            500,
            ("problem", "Telegram did not answer as it should: NetworkError"),
        ),
        (400, ("problem", "Telegram did not answer as it should: BadRequest")),
    ],
)
async def test_odd_answers(status: int, told: tuple[str, str]) -> None:
    """Any other failure is told by its kind alone."""
    answers = Answers()
    answers.failing["getWebhookInfo"] = (status, TOKEN)
    assert wrong(await found_of(answers)) == [told]


async def test_privacy() -> None:
    """A bot that hears all that is said in groups is warned of."""
    answers = Answers()
    answers.results["getMe"] = {
        **ME,
        "can_join_groups": True,
        "can_read_all_group_messages": True,
    }
    answers.results["getMyCommands"] *= 2
    first, second = await found_of(answers)
    assert "it may join groups; 2 commands in its menu" in first.words
    assert (second.level, "/setprivacy" in (second.mend or "")) == ("warning", True)


async def test_polling_with_a_webhook_of_others() -> None:
    """Of an address that is not ours only the host is shown."""
    answers = Answers()
    answers.hook(url="https://other.example/secret-path", pending_update_count=101)
    found = await found_of(answers)
    assert wrong(found) == [
        ("warning", "a webhook is set, to other.example, so polling brings nothing"),
        ("warning", "101 messages wait at Telegram"),
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"url": HOOK}, []),
        ({"url": ""}, [("warning", "no webhook is set yet")]),
        (
            {"url": f"https://old.example{WEBHOOK}"},
            [("problem", "the webhook leads elsewhere, to old.example")],
        ),
        (
            {"url": HOOK, "allowed_updates": ["message"]},
            [
                (
                    "problem",
                    "the webhook does not bring callback_query, my_chat_member",
                )
            ],
        ),
        ({"url": HOOK, "allowed_updates": [*NEEDED, "poll"]}, []),
        (
            {"url": HOOK, "max_connections": 1},
            [("warning", "the webhook has no more than 1 connections")],
        ),
        (
            {
                "url": HOOK,
                "last_error_date": int((NOW - timedelta(hours=1)).timestamp()),
                "last_error_message": "refused",
            },
            [
                (
                    "warning",
                    "Telegram could not call us at 2026-11-24 11:00 UTC: refused",
                )
            ],
        ),
        (
            {
                "url": HOOK,
                "last_error_date": int((NOW - timedelta(days=2)).timestamp()),
                "last_error_message": "refused",
            },
            [],
        ),
    ],
)
async def test_webhooks(fields: dict[str, Any], told: list[tuple[str, str]]) -> None:
    """A webhook has to lead here, and to bring what we need."""
    answers = Answers()
    answers.hook(**fields)
    assert wrong(await found_of(answers, "webhook")) == told


async def test_a_webhook_that_fails_now() -> None:
    """Where messages wait for us, that Telegram cannot call is a problem."""
    answers = Answers()
    answers.hook(
        url=HOOK,
        pending_update_count=3,
        last_error_date=int(NOW.timestamp()),
        last_error_message="SSL error",
    )
    [(level, words)] = wrong(await found_of(answers, "webhook"))
    assert (level, words.endswith("SSL error")) == ("problem", True)


@pytest.mark.parametrize(
    ("public_url", "told"),
    [
        ("http://chat.example", "Telegram calls https only"),
        (
            "https://chat.example:8080",
            "Telegram does not call port 8080, only 443, 80, 88, 8443",
        ),
    ],
)
async def test_where_telegram_calls(public_url: str, told: str) -> None:
    """Telegram calls https at a few ports only."""
    answers = Answers()
    answers.hook(url=f"{public_url}{WEBHOOK}")
    assert wrong(await found_of(answers, "webhook", public_url)) == [("problem", told)]


@pytest.mark.parametrize("port", ["", ":443", ":80", ":88", ":8443"])
async def test_where_telegram_may_call(port: str) -> None:
    """The ports that Telegram calls are well."""
    answers = Answers()
    answers.hook(url=f"{PUBLIC}{port}{WEBHOOK}")
    assert wrong(await found_of(answers, "webhook", f"{PUBLIC}{port}")) == []
