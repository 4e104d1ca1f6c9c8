"""A real server on loopback, and a page's side of the talk with it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect

from bot.cli.publishing import publish
from bot.config import Settings, load_settings
from bot.serving import Served, served
from channels.web.limits import Limits
from tests.examples import lay_out
from web.binding import bind
from web.server import Server

SECRET = "s" * 32
PATIENCE = 10.0
"""Seconds after which what never comes fails its test."""


class Serving:
    """A running server: its address, its house, and ways to talk with it."""

    def __init__(self, found: Served, port: int, http: httpx.AsyncClient) -> None:
        self.found = found
        self.house = found.house
        self.http = http
        self.host = f"127.0.0.1:{port}"
        self._keys = 0

    def key(self) -> str:
        """Return a key for one more message."""
        self._keys += 1
        return f"message-{self._keys:04}"

    async def polled(self, bearer: dict[str, str], words: str) -> dict[str, Any]:
        """Return what requests tell of a visitor once it holds the bot's words."""
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self.http.get("/chat/messages", headers=bearer)
                found: dict[str, Any] = answer.json()
                if any(words in (e["text"] or "") for e in found["messages"]):
                    return found
                await asyncio.sleep(0)

    @asynccontextmanager
    async def socket(self, **options: Any) -> AsyncIterator["Page"]:  # noqa: ANN401
        """Open a socket that has not said hello."""
        url = f"ws://{self.host}/chat/socket"
        async with connect(url, proxy=None, **options) as connection:
            yield Page(self, connection)

    @asynccontextmanager
    async def page(self, **hello: Any) -> AsyncIterator["Page"]:  # noqa: ANN401
        """Open a socket and say hello."""
        async with self.socket() as page:
            await page.hello(**hello)
            yield page


class Page:
    """One socket from the page's side."""

    def __init__(self, serving: Serving, connection: ClientConnection) -> None:
        self.serving = serving
        self.connection = connection
        self.token = ""
        self.talk: dict[str, Any] | None = None
        self.log: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:  # noqa: ANN401
        """Send one frame."""
        await self.connection.send(json.dumps(frame))

    async def receive(self, kind: str | None = None) -> dict[str, Any]:
        """Return the next frame, or the next of a kind; entries are kept in the log."""
        while True:
            async with asyncio.timeout(PATIENCE):
                frame: dict[str, Any] = json.loads(await self.connection.recv())
            self.log += frame.get("messages", [])
            self.talk = frame.get("talk") or self.talk
            if kind in {None, frame["type"]}:
                return frame

    async def hello(self, **hello: Any) -> dict[str, Any]:  # noqa: ANN401
        """Say hello and return the welcome."""
        await self.send(type="hello", **hello)
        welcome = await self.receive("welcome")
        self.token = welcome["visitor"]
        return welcome

    async def heard(self, words: str) -> dict[str, Any]:
        """Return the first message of the bot's that holds these words, once there."""
        return await self.until(
            lambda entry: entry["from"] == "bot" and words in entry["text"]
        )

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first entry that is wanted, once it is there."""
        while True:
            found = next((entry for entry in self.log if wanted(entry)), None)
            if found is not None:
                return found
            await self.receive()

    async def say(self, text: str, key: str | None = None) -> dict[str, Any]:
        """Say something and return what became of it."""
        key = key or self.serving.key()
        await self.send(type="say", key=key, text=text)
        return await self._answer(key)

    async def tap(self, step: str, *options: str) -> dict[str, Any]:
        """Press options of a question of the talk."""
        key = self.serving.key()
        talk = self.talk["id"] if self.talk else "0"
        await self.send(type="tap", key=key, talk=talk, step=step, options=options)
        return await self._answer(key)

    async def again(self) -> dict[str, Any]:
        """Ask to start again."""
        key = self.serving.key()
        await self.send(type="again", key=key)
        return await self._answer(key)

    async def _answer(self, key: str) -> dict[str, Any]:
        while True:
            frame = await self.receive()
            if frame.get("key") == key and frame["type"] != "messages":
                return frame

    def texts(self) -> list[str]:
        """Return what the bot said so far."""
        return [entry["text"] for entry in self.log if entry["from"] == "bot"]


@asynccontextmanager
async def serving(
    folder: Path,
    *flows: str,
    limits: Limits | None = None,
    config: str = "",
) -> AsyncIterator[Serving]:
    """Serve a shop's folder: the example flows, and further ones as text."""
    if not (folder / "config.yaml").exists():
        lay_out(folder)
    for number, flow in enumerate(flows):
        (folder / "flows" / f"more{number}.yaml").write_text(flow, encoding="utf-8")
    if config:
        (folder / "config.yaml").write_text(config, encoding="utf-8")
    settings = with_secret(load_settings(folder / "config.yaml", environ={}))
    limits = limits or Limits()
    async with served(None, settings, limits) as found:
        await publish(found.house, "test")
        listening = bind("127.0.0.1", 0)
        port = listening.getsockname()[1]
        server = Server(await found.app(limits), listening, settings.web.proxies)
        running = asyncio.create_task(found.run(server.run))
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=base, trust_env=False) as http:
            try:
                yield Serving(found, port, http)
            finally:
                server.stop()
                await running


def with_secret(settings: Settings) -> Settings:
    """Return settings in which sites may sign facts."""
    web = settings.channels.web.model_copy(update={"secret": SecretStr(SECRET)})
    channels = settings.channels.model_copy(update={"web": web})
    return settings.model_copy(update={"channels": channels})


def labels(entry: dict[str, Any]) -> Sequence[str]:
    """Return the labels of a question's options."""
    return [option["label"] for option in entry["question"]["options"]]
