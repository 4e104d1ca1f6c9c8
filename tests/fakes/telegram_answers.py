"""A fake of ours that answers as the Bot API does, also where the testbed cannot.

What it answers is set by method: a result, or a status with the words of an error.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

ME = {
    "id": 7,
    "is_bot": True,
    "first_name": "Shop",
    "username": "shop_bot",
    "can_join_groups": False,
    "can_read_all_group_messages": False,
}
NO_HOOK = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}


class Answers:
    """What a bot is told, by method; `slow` seconds late."""

    def __init__(self) -> None:
        self.results: dict[str, Any] = {
            "getMe": ME,
            "getWebhookInfo": NO_HOOK,
            "getMyCommands": [{"command": "stop", "description": "Never again"}],
        }
        self.failing: dict[str, tuple[int, str]] = {}
        self.slow = 0.0
        self.url = ""

    def hook(self, **fields: Any) -> None:  # noqa: ANN401 - any of WebhookInfo
        """Set what is known of the webhook."""
        self.results["getWebhookInfo"] = {**NO_HOOK, **fields}

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        await asyncio.sleep(self.slow)
        method = request.match_info["method"]
        if method in self.failing:
            status, words = self.failing[method]
            failed = {"ok": False, "error_code": status, "description": words}
            if status == 429:
                failed["parameters"] = {"retry_after": 5}
            return web.json_response(failed, status=status)
        return web.json_response({"ok": True, "result": self.results[method]})


@asynccontextmanager
async def answering(answers: Answers) -> AsyncIterator[str]:
    """Serve these answers; give the address of the service."""
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", answers.answer)
    async with serving(app) as url:
        yield url


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Serve an application on a port of its own; give its address."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        [(host, port)] = [place[:2] for place in runner.addresses]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
