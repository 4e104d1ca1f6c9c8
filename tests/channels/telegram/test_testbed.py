"""The codec against a Bot API that others imitate, through the real library."""

import json
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from telegram import Bot
from telegram.error import Conflict
from telegram.request import HTTPXRequest
from telegram.warnings import PTBUserWarning

from bot.model.answer import Option
from bot.model.message import Outbound, Shown, Tap
from channels.telegram.buttons import Rows, marked
from channels.telegram.decode import read
from channels.telegram.encode import markup, messages, share
from tests.channels.telegram import updates
from tests.channels.telegram.rules import check_send
from tests.channels.telegram.testbed import TOKEN, Testbed, emulator
from tests.channels.telegram.updates import ANA, CANARY, SAID
from tests.model.test_fit import NPS, asked

ROUGH: Final = "<b>{name}</b> *_co_* [x](tg://user?id=1) &amp; \\"
LONG: Final = "step_" * 12


@pytest.fixture
async def bed() -> AsyncIterator[Testbed]:
    """Return the emulator."""
    async with emulator() as opened:
        yield opened


@asynccontextmanager
async def bot_of(bed: Testbed) -> AsyncIterator[Bot]:
    """Open the library's bot, never initialized: sending needs no getMe (trap 16)."""
    request = HTTPXRequest(httpx_kwargs={"trust_env": False})
    polls = HTTPXRequest(httpx_kwargs={"trust_env": False})
    try:
        yield Bot(
            TOKEN,
            base_url=bed.base_url,
            base_file_url=bed.base_file_url,
            request=request,
            get_updates_request=polls,
        )
    finally:
        await request.shutdown()
        await polls.shutdown()


async def say(bot: Bot, content: Outbound) -> Rows:
    """Send what is said as the adapter does; return the last message's rows."""
    rows: Rows = ()
    for each in messages(content, 7):
        rows = each.rows
        await bot.send_message(ANA, each.text, reply_markup=markup(rows))
    return rows


async def polled(bot: Bot) -> list[dict[str, Any]]:
    """Return what waits, as it was sent.

    The library's own get_updates raises for all of them where it cannot read one, and
    keeps none as it came (trap 17); it warns of any other way.
    """
    asked_for = {"timeout": 1, "allowed_updates": ["message", "callback_query"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBUserWarning)
        found = await bot.do_api_request("getUpdates", api_kwargs=asked_for)
    assert isinstance(found, list)
    return found


def seen(bed: Testbed) -> list[dict[str, Any]]:
    """Return what was sent, read as a server reads it."""
    found = []
    for fields in bed.sent:
        read_ = {**fields, "chat_id": int(fields["chat_id"])}
        if "reply_markup" in fields:
            read_["reply_markup"] = bed.decoded(fields["reply_markup"])
        check_send(read_)
        found.append(read_)
    return found


@pytest.mark.parametrize(
    "content",
    [
        Outbound(text=ROUGH),
        Outbound(text="👍 " * 4000, shown=NPS),
        Outbound(text="\u200b\u2800", shown=NPS),
        asked("choice", *(f"Option {at}" for at in range(99)), skip="Skip"),
        asked("choices", ROUGH, "Price", skip="Skip"),
        asked("text", skip="Skip"),
        Outbound(
            text="?",
            shown=Shown(step=LONG, kind="choice", options=(Option(LONG, "a"),)),
        ),
    ],
)
async def test_it_is_taken(bed: Testbed, content: Outbound) -> None:
    """What we say is taken as it is: no markup, 4096 signs, 64 bytes (11 and 15)."""
    async with bot_of(bed) as bot:
        rows = await say(bot, content)
    sent = seen(bed)
    assert len(sent) == len(messages(content, 7))
    keyboard = sent[-1].get("reply_markup", {}).get("inline_keyboard", [])
    assert [[b["callback_data"] for b in row] for row in keyboard] == [
        [brought for _, brought in row] for row in rows
    ]


async def test_names_are_no_markup(bed: Testbed) -> None:
    """Signs of markup arrive to the letter (trap 15)."""
    async with bot_of(bed) as bot:
        await say(bot, Outbound(text=ROUGH))
    assert seen(bed)[0]["text"] == ROUGH


async def test_a_press_comes_back(bed: Testbed) -> None:
    """What a button brings back is our tap, and its keyboard can be marked."""
    async with bot_of(bed) as bot:
        rows = await say(bot, asked("choices", "Speed", "Price"))
        shown = bed.decoded(bed.sent[0]["reply_markup"])
        press = updates.press(rows[0][1][1])["callback_query"]
        press["message"]["reply_markup"] = shown
        await bed.press(press)
        [got] = await polled(bot)
    found = read(json.dumps(got))
    assert found.inbound is not None
    assert found.inbound.tap == Tap(7, "a", ("o1",), "on")
    assert found.press is not None
    assert found.press.rows == rows
    once = marked(found.press.rows, {found.press.data})
    async with bot_of(bed) as bot:
        assert await bot.answer_callback_query(found.press.query)
        await bot.edit_message_reply_markup(
            found.press.chat, found.press.message, reply_markup=markup(once)
        )


async def test_messages_come(bed: Testbed) -> None:
    """Whatever people send comes through a poll as it was said."""
    for update in SAID.values():
        await bed.say(update["message"])
    async with bot_of(bed) as bot:
        said = [read(json.dumps(update)).inbound for update in await polled(bot)]
    assert len(said) == len(SAID)
    assert [each.fault for each in said if each] == [None] * len(SAID)
    assert said[0] is not None
    assert said[0].text == f"nine, {CANARY}"


async def test_shared_by_a_button(bed: Testbed) -> None:
    """A keyboard that asks for a number is taken."""
    async with bot_of(bed) as bot:
        await bot.send_message(ANA, "?", reply_markup=share("phone", "My number"))
        await bot.send_message(ANA, "?", reply_markup=share("location", "Here"))
    assert len(bed.sent) == 2


async def test_either_way(bed: Testbed) -> None:
    """While a webhook is set nobody may poll (trap 1)."""
    async with bot_of(bed) as bot:
        await bot.set_webhook("http://127.0.0.1:9/x", secret_token="s")  # noqa: S106 - opens nothing
        with pytest.raises(Conflict):
            await bot.get_updates()
        await bot.delete_webhook()
        assert await bot.get_updates() == ()


async def test_one_that_the_library_cannot_read(bed: Testbed) -> None:
    """One odd update takes none of its neighbours with it (trap 17)."""
    odd = updates.text(CANARY)["message"]
    del odd["date"]
    for message in (odd, updates.text("9")["message"]):
        await bed.say(message)
    async with bot_of(bed) as bot:
        with pytest.raises(KeyError):
            await bot.get_updates()
        first, second = [
            read(json.dumps(update)).inbound for update in await polled(bot)
        ]
    assert first is not None
    assert first.fault is not None
    assert second is not None
    assert second.text == "9"
