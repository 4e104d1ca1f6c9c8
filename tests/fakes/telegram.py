"""A Bot API of ours: it does what Telegram does, and fails in the ways it is told to.

The fake is ours, after the documentation and the source of Telegram's own server; what
it is for is what the emulator that others wrote lacks: 403, 429, faults of servers and
of networks, webhooks that are called twice, out of order, and all at once.
"""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import httpx

from tests.fakes.bot_knobs import WELL, Knob
from tests.fakes.bot_phones import Call, Phones
from tests.fakes.bot_updates import ApiError, Updates

TOKEN: Final = "123456:FAKE-canary-token"  # noqa: S105 - it opens nothing
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a name
FIRST_UPDATE: Final = 870_001
HEAD_END: Final = b"\r\n\r\n"
BOT: Final[Mapping[str, Any]] = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Fake",
    "username": "fake_bot",
}


class FakeTelegram(Phones):
    """The Bot API at a port of this machine, for one bot."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.updates = Updates()
        self.brought: list[Mapping[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.port = 0
        self._next: defaultdict[str, deque[Knob]] = defaultdict(deque)
        self._always: dict[str, Knob] = {}
        self._messages = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._answers: Mapping[str, Callable[[dict[str, Any]], Awaitable[Any]]] = {
            "getUpdates": self.updates.poll,
            "setWebhook": self.updates.set_webhook,
            "deleteWebhook": self.updates.delete_webhook,
            "getWebhookInfo": self.updates.webhook_info,
        }

    # ── for tests ────────────────────────────────────────────────────────────────

    @property
    def url(self) -> str:
        """Return the service's address, as channels.telegram.base_url has it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """Return what the library calls base_url."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """Return what the library calls base_file_url."""
        return f"{self.url}/file/bot"

    def next(self, method: str, *knobs: Knob) -> None:
        """Answer the next calls of a method so, one after the other."""
        self._next[method].extend(knobs)

    def always(self, method: str, knob: Knob | None) -> None:
        """Answer all calls of a method so that `next` says nothing of; None ends it."""
        self._always.pop(method, None)
        if knob is not None:
            self._always[method] = knob

    async def bring(self, update: Mapping[str, Any]) -> list[int]:
        """Bring something new, as the bot wants to hear of it; keep it in `brought`."""
        told = {"update_id": FIRST_UPDATE + len(self.brought), **update}
        self.brought.append(told)
        return await self.again(told)

    async def again(
        self, *updates: Mapping[str, Any], together: bool = False
    ) -> list[int]:
        """Bring updates under the ids that they have; return what a webhook said."""
        if self.updates.url:
            return await self.deliver(*updates, together=together)
        self.updates.put(*updates)
        return []

    async def deliver(
        self,
        *updates: Mapping[str, Any],
        url: str | None = None,
        secret: str | None = None,
        together: bool = False,
    ) -> list[int]:
        """Post updates to the webhook, in this order or all at once.

        Whoever wants one twice or out of order gives them so. Return the statuses.
        """
        target = url or self.updates.url
        shown = self.updates.secret if secret is None else secret
        headers = {"Content-Type": "application/json"}
        if shown:
            headers[SECRET_HEADER] = shown
        bodies = [json.dumps(update).encode() for update in updates]
        async with httpx.AsyncClient(trust_env=False, timeout=10.0) as client:
            posts = (client.post(target, content=b, headers=headers) for b in bodies)
            if together:
                answers = await asyncio.gather(*posts)
            else:
                answers = [await post for post in posts]
        return [answer.status_code for answer in answers]

    async def open(self) -> None:
        """Listen, at the same port each time."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, limit=1024 * 1024
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections, and cut those that are open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    # ── one connection ───────────────────────────────────────────────────────────

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                while await self._exchange(reader, writer):
                    pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._open.discard(task)
            writer.close()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; return whether the connection lives on."""
        path, headers, body = await _request(reader)
        knob, whole = await self._answer(path, headers, body)
        if knob.hold:
            await asyncio.sleep(knob.hold)
        if knob.cut is None:
            writer.write(whole)
            await writer.drain()
            return True
        if knob.cut:
            writer.write(whole[: knob.cut])
            await writer.drain()
        writer.transport.abort()
        return False

    async def _answer(
        self, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[Knob, bytes]:
        prefix, file_prefix = f"/bot{self.token}/", f"/file/bot{self.token}/"
        if path.startswith(file_prefix):
            return self._file(path.removeprefix(file_prefix))
        if not path.startswith(prefix):
            return WELL, _reply(401, ApiError(401, "Unauthorized").body)
        method, fields = path.removeprefix(prefix), _fields(headers, body)
        knob = self._knob(method)
        self._messages += method.startswith("send")
        number = self._messages
        self.calls.append(Call(method, fields, time.monotonic(), knob.taken, number))
        if knob.body is not None:
            return knob, _reply(knob.status or 200, knob.body)
        try:
            result = await self._result(method, fields)
        except ApiError as error:
            return knob, _reply(error.status, error.body)
        answer = json.dumps({"ok": True, "result": result}).encode()
        return knob, _reply(200, answer)

    def _file(self, name: str) -> tuple[Knob, bytes]:
        """Answer with a file, under the knobs of `file`."""
        knob, found = self._knob("file"), self.files.get(name)
        if knob.body is not None:
            return knob, _reply(knob.status or 200, knob.body)
        if found is None:
            return knob, _reply(404, ApiError(404, "Not Found").body)
        return knob, _reply(200, found)

    def _knob(self, method: str) -> Knob:
        waiting = self._next[method]
        return waiting.popleft() if waiting else self._always.get(method, WELL)

    async def _result(self, method: str, fields: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
        answer = self._answers.get(method)
        if answer is not None:
            return await answer(fields)
        if method == "getMe":
            return BOT
        if method == "getFile":
            name = str(fields["file_id"])
            return {"file_id": name, "file_unique_id": f"u{name}", "file_path": name}
        if method.startswith(("send", "editMessage")):
            return self._message(fields)
        return True

    def _message(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return a message as the Bot API shows what it sent."""
        chat = int(fields["chat_id"])
        kind = {"type": "private", "first_name": "A"}
        shown: dict[str, Any] = {
            "message_id": int(fields.get("message_id", self._messages)),
            "date": 1_790_000_000,
            "from": BOT,
            "chat": {
                "id": chat,
                **(kind if chat > 0 else {"type": "group", "title": "G"}),
            },
        }
        if "text" in fields:
            shown["text"] = fields["text"]
        markup = fields.get("reply_markup")
        if isinstance(markup, dict) and "inline_keyboard" in markup:
            shown["reply_markup"] = markup
        return shown


async def _request(
    reader: asyncio.StreamReader,
) -> tuple[str, Mapping[str, str], bytes]:
    head = (await reader.readuntil(HEAD_END)).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return unquote(first.split(" ")[1]), headers, body


def _fields(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Return what was sent; the library writes structures as JSON in a form.

    Of an upload nothing is kept.
    """
    if headers.get("content-type", "").startswith("multipart/"):
        return {}
    pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body))
    return {name: _value(name, value) for name, value in pairs}


def _value(name: str, value: str) -> Any:  # noqa: ANN401 - any JSON
    if name in {"text", "caption", "url", "secret_token", "callback_query_id"}:
        return value
    with suppress(ValueError):
        return json.loads(value)
    return value


def _reply(status: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} Status\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: application/json\r\n\r\n".encode() + body


@asynccontextmanager
async def listening(token: str = TOKEN) -> AsyncIterator[FakeTelegram]:
    """Open a Bot API, and close it after use."""
    fake = FakeTelegram(token)
    await fake.open()
    try:
        yield fake
    finally:
        await fake.close()
