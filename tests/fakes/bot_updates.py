"""What waits for a bot: asked for with an offset, or posted to its webhook.

As in Telegram's own server (Client.cpp): asking is refused with 409 while a webhook is
set, an offset confirms all that is before it, and a second poller ends the first.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

MOST: Final = 100
LONGEST_POLL: Final = 50.0
ENDED: Final = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot "
    "instance is running"
)
ACTIVE: Final = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook "
    "to delete the webhook first"
)


class ApiError(Exception):
    """A refusal, in the words of the Bot API."""

    def __init__(self, status: int, description: str) -> None:
        self.status = status
        told = {"ok": False, "error_code": status, "description": description}
        self.body = json.dumps(told).encode()
        super().__init__(description)


class Updates:
    """The updates that a bot has not confirmed, and how it wants to hear of them."""

    def __init__(self) -> None:
        self.waiting: list[dict[str, Any]] = []
        self.url = ""
        self.secret = ""
        self.allowed: list[str] = []
        self.ended = 0
        """How often a poller was ended by another one."""
        self._polls = 0
        self._changed = asyncio.Event()

    def put(self, *updates: Mapping[str, Any]) -> None:
        """Let updates wait for the bot, under the ids that they have."""
        self.waiting.extend(dict(update) for update in updates)
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def poll(self, fields: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what waits, once there is something or the time is over."""
        if self.url:
            raise ApiError(409, ACTIVE)
        self._polls += 1
        mine = self._polls
        self._wake()
        self._settle(fields)
        loop = asyncio.get_running_loop()
        end = loop.time() + min(float(fields.get("timeout", 0)), LONGEST_POLL)
        while not self.waiting and loop.time() < end:
            changed = self._changed
            try:
                async with asyncio.timeout_at(end):
                    await changed.wait()
            except TimeoutError:
                break
            self._check(mine)
        return self.waiting[: min(int(fields.get("limit", MOST)), MOST)]

    def _settle(self, fields: dict[str, Any]) -> None:
        """Forget what an offset confirms, and keep what the bot wants to hear of."""
        offset = int(fields.get("offset", 0))
        if offset < 0:
            self.waiting = self.waiting[offset:]
        else:
            self.waiting = [u for u in self.waiting if u["update_id"] >= offset]
        self.allowed = fields.get("allowed_updates", self.allowed)

    def _check(self, mine: int) -> None:
        if self.url:
            raise ApiError(409, ACTIVE)
        if mine != self._polls:
            self.ended += 1
            raise ApiError(409, ENDED)

    async def set_webhook(self, fields: dict[str, Any]) -> bool:
        """Take an address to post to; an empty one ends it."""
        self.url = str(fields.get("url", ""))
        self.secret = str(fields.get("secret_token", ""))
        self.allowed = fields.get("allowed_updates", self.allowed)
        if fields.get("drop_pending_updates"):
            self.waiting.clear()
        self._wake()
        return True

    async def delete_webhook(self, fields: dict[str, Any]) -> bool:
        """Post no more."""
        return await self.set_webhook({**fields, "url": "", "secret_token": ""})

    async def webhook_info(self, _fields: dict[str, Any]) -> dict[str, Any]:
        """Return how updates are heard of."""
        return {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.waiting),
            "allowed_updates": self.allowed,
        }
