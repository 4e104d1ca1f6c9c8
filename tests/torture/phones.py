"""People's phones: each types its talk, and sends again what was not acknowledged."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from typing import Final

import httpx
from msgspec import Struct, field

from bot.clock import Chance
from tests.fakes.webhook import PATH

FAKE: Final = "fake"
WEB: Final = "web"
AGAIN_SECONDS: Final = 0.05
READING_SECONDS: Final = 0.2
ANSWER_SECONDS: Final = 6.0
"""Longer than the inbox lets anybody wait."""


class Said(Struct, frozen=True):
    """A message that was acknowledged: its key and its words."""

    key: str
    text: str


class Talk(Struct):
    """One person's messages, in the order of their acknowledgements."""

    handle: str
    channel: str
    said: list[Said] = field(default_factory=list)


class Phones:
    """All phones, and what was sent, acknowledged and sent twice."""

    def __init__(
        self, urls: Sequence[str], chance: Chance, *, doubled: float = 0.1
    ) -> None:
        self.talks: list[Talk] = []
        self.tried: set[str] = set()
        self.sent = self.acked = self.doubles = self.refusals = 0
        self.shown: list[str] = []
        self._urls = urls
        self._chance = chance
        self._doubled = doubled
        self._numbers = itertools.count()
        self._http = httpx.AsyncClient(
            timeout=ANSWER_SECONDS,
            trust_env=False,
            limits=httpx.Limits(max_connections=200),
        )
        self._strays: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Wait for the doubles that are under way, and hang up."""
        await asyncio.gather(*self._strays)
        await self._http.aclose()

    async def talk(
        self, talks: Sequence[Sequence[str]], going_on: Callable[[], bool]
    ) -> None:
        """Be one person after the other, each with up to three talks, for a while."""
        while going_on():
            channel = WEB if self._chance.random() < 0.15 else FAKE
            talk = Talk(f"phone{next(self._numbers)}", channel)
            self.talks.append(talk)
            bearer = await self._opened() if channel == WEB else None
            for _ in range(self._chance.randint(1, 3)):
                for text in self._chance.choice(list(talks)):
                    key = f"{talk.handle}-{len(talk.said):04}"
                    await self._until_acked(talk, Said(key, text), bearer)
                    await asyncio.sleep(READING_SECONDS * self._chance.random())
            if bearer:
                await self._look(bearer)

    # ── one message ──────────────────────────────────────────────────────────────

    async def _until_acked(
        self, talk: Talk, said: Said, bearer: dict[str, str] | None
    ) -> None:
        """Send a message until it is acknowledged, and now and then once more."""
        self.tried.add(said.key)
        while not await self._post(talk, said, bearer):  # noqa: ASYNC110 - as they do
            await asyncio.sleep(AGAIN_SECONDS * self._chance.random())
        talk.said.append(said)
        self.acked += 1
        if self._chance.random() < self._doubled:
            old = self._chance.choice(talk.said)
            stray = asyncio.create_task(self._once_more(talk, old, bearer))
            self._strays.add(stray)
            stray.add_done_callback(self._strays.discard)

    async def _once_more(
        self, talk: Talk, said: Said, bearer: dict[str, str] | None
    ) -> None:
        """Deliver a message that was acknowledged long since, out of its order."""
        self.doubles += 1
        await self._post(talk, said, bearer)

    async def _post(
        self, talk: Talk, said: Said, bearer: dict[str, str] | None
    ) -> bool:
        """Post a message to any of the workers; say whether it was acknowledged."""
        self.sent += 1
        url = self._chance.choice(list(self._urls))
        if bearer is not None:
            body = {"type": "say", "key": said.key, "text": said.text}
            return await self._ok(url + "/chat/messages", body, bearer)
        body = {"key": said.key, "sender": talk.handle, "text": said.text}
        return await self._ok(url + PATH, body)

    async def _ok(
        self, url: str, body: dict[str, str], headers: dict[str, str] | None = None
    ) -> bool:
        try:
            answer = await self._http.post(url, json=body, headers=headers)
        except httpx.HTTPError:
            return False
        self.refusals += answer.status_code == 503
        return answer.status_code == 200

    # ── the web chat ─────────────────────────────────────────────────────────────

    async def _opened(self) -> dict[str, str]:
        """Open a chat page, and return what its further requests bear."""
        while True:
            url = self._chance.choice(list(self._urls)) + "/chat/visits"
            body = {"type": "hello", "flow": "torture"}
            try:
                answer = await self._http.post(url, json=body)
                if answer.status_code == 200:
                    return {"Authorization": f"Bearer {answer.json()['visitor']}"}
            except httpx.HTTPError:
                pass
            await asyncio.sleep(AGAIN_SECONDS)

    async def _look(self, bearer: dict[str, str]) -> None:
        """Load the page again, and keep the ids of all that it shows."""
        url = self._chance.choice(list(self._urls)) + "/chat/messages"
        try:
            answer = await self._http.get(url, headers=bearer)
        except httpx.HTTPError:
            return
        if answer.status_code == 200:
            self.shown += [entry["id"] for entry in answer.json()["messages"]]
