"""The whole server with Telegram at its other end, and people who use it there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from bot.cli.publishing import publish
from bot.config import Settings, load_settings
from bot.serving import Served, served
from channels.web.limits import Limits
from tests.examples import lay_out
from web.binding import bind
from web.server import Server

PATIENCE: Final = 15.0
"""Seconds after which what never comes fails its test."""
DATE: Final = 1_772_449_200
Mode = Literal["polling", "webhook"]


def settings_of(
    folder: Path, base_url: str, token: str, mode: Mode, port: int, **more: str
) -> Settings:
    """Return the settings of a shop that talks through a bot, as it would set them."""
    environ = {
        "VOXPOP_CHANNELS__TELEGRAM__ENABLED": "true",
        "VOXPOP_CHANNELS__TELEGRAM__MODE": mode,
        "VOXPOP_CHANNELS__TELEGRAM__FLOW": "nps",
        "VOXPOP_CHANNELS__TELEGRAM__TOKEN": token,
        "VOXPOP_CHANNELS__TELEGRAM__BASE_URL": base_url,
        "VOXPOP_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
        **more,
    }
    return load_settings(folder / "config.yaml", environ=environ)


@asynccontextmanager
async def serving(
    folder: Path, base_url: str, token: str, mode: Mode = "polling", **more: str
) -> AsyncIterator[Served]:
    """Serve a shop that talks through a bot, with Telegram at this address."""
    if not (folder / "config.yaml").exists():
        lay_out(folder)
    listening = bind("127.0.0.1", 0)
    port = listening.getsockname()[1]
    settings = settings_of(folder, base_url, token, mode, port, **more)
    async with served(None, settings, Limits()) as found:
        await publish(found.house, "test")
        assert found.telegram is not None
        server = Server(await found.app(Limits()), listening, settings.web.proxies)
        running = asyncio.create_task(found.run(server.run))
        await found.telegram.meet()
        try:
            yield found
        finally:
            server.stop()
            await running


class Api(Protocol):
    """Whichever server plays Telegram: it brings updates, and keeps what was sent."""

    async def bring(self, update: Mapping[str, Any]) -> object:
        """Bring an update, as its mode has it."""
        ...

    def messages(self) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """Return the messages that reached phones: id and fields, in their order."""
        ...

    def edits(self) -> Sequence[Mapping[str, Any]]:
        """Return how keyboards were changed, in order."""
        ...

    def answers(self) -> Sequence[str]:
        """Return the presses that were answered."""
        ...


class Person:
    """Somebody with the app, in a private chat with the bot."""

    def __init__(
        self, api: Api, id_: int = 4711, *, language: str = "en", name: str = "Ann"
    ) -> None:
        self.api = api
        self.id = id_
        self._user = {
            "id": id_,
            "is_bot": False,
            "first_name": name,
            "language_code": language,
        }
        self._chat = {"id": id_, "type": "private", "first_name": name}
        self._count = 1000
        self._read = 0

    async def say(self, text: str) -> None:
        """Type something."""
        await self.send(text=text)

    async def send(self, **content: Any) -> None:  # noqa: ANN401 - any content
        """Send a message of any content."""
        await self.api.bring({"message": self.message(**content)})

    def message(self, **content: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return a message of theirs."""
        self._count += 1
        return {
            "message_id": self._count,
            "date": DATE,
            "chat": self._chat,
            "from": self._user,
            **content,
        }

    async def press(self, label: str, number: int | None = None) -> None:
        """Press a button of the newest keyboard, or of the message of this number."""
        await self.api.bring(self.pressing(label, number))

    def pressing(self, label: str, number: int | None = None) -> dict[str, Any]:
        """Return the press of a button as Telegram tells of it."""
        id_, fields = self._with_keyboard(number)
        rows = self.keyboard(id_)
        data = next(
            b["callback_data"] for row in rows for b in row if b["text"] == label
        )
        self._count += 1
        return {
            "callback_query": {
                "id": str(self._count),
                "from": self._user,
                "chat_instance": "1",
                "data": data,
                "message": {
                    "message_id": id_,
                    "date": DATE,
                    "chat": self._chat,
                    "from": {"id": 123456, "is_bot": True, "first_name": "Bot"},
                    "text": fields["text"],
                    "reply_markup": {"inline_keyboard": rows},
                },
            }
        }

    def _with_keyboard(self, number: int | None) -> tuple[int, Mapping[str, Any]]:
        found = [
            (id_, fields)
            for id_, fields in self.api.messages()
            if int(fields["chat_id"]) == self.id and keyboard_of(fields)
        ]
        return found[-1 if number is None else number]

    def keyboard(self, message: int) -> list[list[dict[str, str]]]:
        """Return the keyboard under a message as it is now."""
        rows = next(keyboard_of(f) for id_, f in self.api.messages() if id_ == message)
        for edit in self.api.edits():
            if int(edit["message_id"]) == message:
                rows = keyboard_of(edit)
        return rows

    def message_of(self, number: int) -> int:
        """Return the id of the message with the keyboard of this number."""
        return self._with_keyboard(number)[0]

    def labels(self, number: int | None = None) -> list[list[str]]:
        """Return the labels of the newest keyboard, as they are now."""
        id_, _ = self._with_keyboard(number)
        return [[button["text"] for button in row] for row in self.keyboard(id_)]

    def marked(self, number: int | None = None) -> list[str]:
        """Return which buttons of a keyboard bear the mark."""
        shown = [label for row in self.labels(number) for label in row]
        return [label[2:] for label in shown if label.startswith("✓ ")]

    def texts(self) -> list[str]:
        """Return what the bot said to them so far."""
        return [
            str(fields["text"])
            for _, fields in self.api.messages()
            if int(fields["chat_id"]) == self.id
        ]

    async def hears(self, words: str) -> str:
        """Return the next message with these words, once it is there."""
        found: list[str] = []

        def came() -> bool:
            found[:] = [t for t in self.texts()[self._read :] if words in t]
            return bool(found)

        await until(came)
        self._read = self.texts().index(found[0], self._read) + 1
        return found[0]


def keyboard_of(fields: Mapping[str, Any]) -> list[list[dict[str, str]]]:
    """Return the inline keyboard of a message, empty where it has none."""
    markup = fields.get("reply_markup") or {}
    found: list[list[dict[str, str]]] = markup.get("inline_keyboard", [])
    return found


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.005)
