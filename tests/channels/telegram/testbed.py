"""Telegram's Bot API as others imitate it: lo-bot-api-emulator, which is not ours.

It takes what the real library sends and refuses what Telegram would; it has no blocked
users, no 429 and no faults, for which there is `tests/fakes/telegram.py`.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator

TOKEN: Final = "123456:TEST"  # noqa: S105 - it opens nothing


class Testbed(LoBotApiEmulator):  # type: ignore[misc] # it has no types
    """The emulator, keeping what the bot sent: method, fields, result."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__(allow_insecure_loopback_webhooks=True)
        self.log: list[tuple[str, dict[str, Any], Any]] = []
        self.port = 0

    def validate(
        self, method: str, fields: dict[str, Any], uploads: dict[str, Any]
    ) -> Any:  # noqa: ANN401 - any JSON
        """Keep a call, with the username that the library needs of a bot."""
        kept = {name: _read(value) for name, value in fields.items()}
        result = super().validate(method, fields, uploads)
        if method == "getMe":
            result = {**result, "username": "fixture_bot"}
        self.log.append((method, kept, result))
        return result

    @property
    def base_url(self) -> str:
        """Return what the library calls base_url."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def base_file_url(self) -> str:
        """Return what the library calls base_file_url."""
        return f"http://127.0.0.1:{self.port}/file/bot"

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Return the messages that were sent, as they were asked for."""
        return [fields for method, fields, _ in self.log if method == "sendMessage"]

    async def say(self, message: Mapping[str, Any]) -> int:
        """Let somebody send a message; return its update_id."""
        told: int = await self.enqueue_update({"message": dict(message)}, token=TOKEN)
        return told

    async def bring(self, update: Mapping[str, Any]) -> None:
        """Have an update for the bot, by whichever way it has them."""
        await self.enqueue_update(dict(update), token=TOKEN)

    def messages(self) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """Return the messages that were sent: their ids, and what was asked for."""
        sent = [(f, r) for method, f, r in self.log if method == "sendMessage"]
        return [(result["message_id"], fields) for fields, result in sent]

    def edits(self) -> Sequence[Mapping[str, Any]]:
        """Return how keyboards were changed, in order."""
        return [f for method, f, _ in self.log if method == "editMessageReplyMarkup"]

    def answers(self) -> Sequence[str]:
        """Return the presses that were answered."""
        asked = [f for method, f, _ in self.log if method == "answerCallbackQuery"]
        return [fields["callback_query_id"] for fields in asked]

    async def press(self, query: Mapping[str, Any]) -> int:
        """Let somebody press a button; return the update_id."""
        update = {"callback_query": dict(query)}
        told: int = await self.enqueue_update(update, token=TOKEN)
        return told


def _read(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a field of a form as the server reads it: JSON where it is JSON."""
    with suppress(TypeError, ValueError):
        return json.loads(value)
    return value


@asynccontextmanager
async def emulator() -> AsyncIterator[Testbed]:
    """Open the emulator at a free port, and close it after use."""
    bed = Testbed()
    runner = web.AppRunner(bed.app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    bed.port = runner.addresses[0][1]
    try:
        yield bed
    finally:
        await runner.cleanup()
