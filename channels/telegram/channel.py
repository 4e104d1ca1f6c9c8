"""Telegram as a channel that messages are sent through.

A message in several parts leaves part by part, each within the rates; which of them
left is kept with it. Telegram tells no receipts: what it took stands in the chat.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import structlog
from telegram import (
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.errors import ChannelError
from bot.model.contact import Address
from bot.model.files import Fetched
from bot.model.message import Delivery, State
from bot.model.rates import Rate, Rates
from channels.telegram import media
from channels.telegram.account import AT_ONCE, Account
from channels.telegram.buttons import Rows
from channels.telegram.encode import Message, markup, messages, share
from channels.telegram.failures import failure
from channels.telegram.wire import NAME

log = structlog.get_logger()

RATES: Final = Rates(
    account=(Rate(30, 1.0),),
    address=(Rate(1, 1.0),),
    group=(Rate(1, 1.0), Rate(20, 60.0)),
    group_prefix="-",
)
"""Source: core.telegram.org/bots/faq, "My bot is hitting limits"."""
REMEMBERED: Final = 10_000
"""Chats of which we know which keyboard still stands under a question."""
TRIFLES: Final = 200
"""Requests under way beside messages: to answer presses and to mark keyboards."""

TOLD: Final = 100
"""Updates after which we know that a group was told something."""

Place = tuple[int, int]
"""A chat, and one of its messages."""
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None

T = TypeVar("T")


class Telegram:
    """Sends messages, answers presses, and keeps old keyboards from being pressed."""

    name = NAME
    at_once: int | None = AT_ONCE
    rates: Rates = RATES

    def __init__(self, account: Account) -> None:
        self._account = account
        self._keyboards: OrderedDict[int, int] = OrderedDict()
        self._sharing: OrderedDict[int, None] = OrderedDict()
        self._trifles: set[asyncio.Task[None]] = set()
        self._wanted: dict[Place, Rows] = {}
        self._told: deque[int] = deque(maxlen=TOLD)

    async def send(self, delivery: Delivery) -> tuple[State, str | None]:
        """Send the next part of a message; return how far it came, and their ids."""
        chat = _chat(delivery.address)
        parts = messages(delivery.content, delivery.session)
        left = delivery.reference.split() if delivery.reference else []
        part = parts[min(len(left), len(parts) - 1)]
        last = len(left) + 1 >= len(parts)
        keyboard = self._keyboard(chat, delivery, part) if last else None
        id_ = await self._say(chat, part.text, keyboard)
        if id_ is None:
            return "unknown", None
        reference = " ".join([*left, str(id_)])
        if not last:
            return "due", reference
        if isinstance(keyboard, ReplyKeyboardRemove):
            self._sharing.pop(chat, None)
        self._note(chat, id_ if isinstance(keyboard, InlineKeyboardMarkup) else None)
        return "delivered", reference

    async def _say(self, chat: int, text: str, keyboard: Markup) -> int | None:
        """Send one message and return its id; None where nobody knows if it left."""
        try:
            sent = await self._account.bot.send_message(
                chat, text, reply_markup=keyboard
            )
        except Exception as error:  # noqa: BLE001 - the library lets all through
            found = failure(error)
            if found is None:
                log.warning("telegram_unclear", error=type(error).__name__)
                return None
            raise found from None
        return sent.message_id

    def _keyboard(self, chat: int, delivery: Delivery, part: Message) -> Markup:
        """Return what stands under the last part of a message."""
        shown = delivery.content.shown
        if shown is None or shown.share is None:
            shared = chat in self._sharing
            return markup(part.rows) or (ReplyKeyboardRemove() if shared else None)
        _remember(self._sharing, chat, None)
        words = filter(None, [shown.skip])
        return share(
            "phone" if shown.kind == "phone" else "location", shown.share, *words
        )

    def _note(self, chat: int, keyboard: int | None) -> None:
        """Know which message has the last keyboard; the one before it is over."""
        before = self._keyboards.pop(chat, None)
        if before is not None:
            self._show(chat, before, ())
        if keyboard is not None:
            _remember(self._keyboards, chat, keyboard)

    async def fetch(self, reference: str) -> Fetched:
        """Return a file that somebody sent, by what Telegram calls it."""
        return await media.fetch(self._account.bot, reference, self._account.origin)

    # ── beside messages ──────────────────────────────────────────────────────────

    def answered(self, query: str, chat: int, message: int | None, rows: Rows) -> None:
        """Answer a press, and show its keyboard as it is now, where it is in reach.

        The next message leaves it as it is.
        """
        if self._keyboards.get(chat) == message:
            self._keyboards.pop(chat, None)
        self.beside(self._answer(query))
        if message is not None:
            self._show(chat, message, rows)

    def toggled(self, query: str, chat: int, message: int | None, rows: Rows) -> None:
        """Answer a press that is not the last of its keyboard, and show it anew."""
        self.beside(self._answer(query))
        if message is not None:
            self._show(chat, message, rows)

    def ignored(self, query: str) -> None:
        """Answer a press that changes nothing."""
        self.beside(self._answer(query))

    def beside(self, request: Coroutine[Any, Any, None]) -> bool:
        """Do something that nobody waits for; say no where too much is under way."""
        if len(self._trifles) >= TRIFLES:
            request.close()
            return False
        task = asyncio.create_task(request)
        self._trifles.add(task)
        task.add_done_callback(self._trifles.discard)
        return True

    def _show(self, chat: int, message: int, rows: Rows) -> None:
        """Show a keyboard as it is now; of one message no request overtakes another."""
        place = (chat, message)
        under_way = place in self._wanted
        self._wanted[place] = rows
        if not under_way and not self.beside(self._show_newest(place)):
            del self._wanted[place]

    async def _show_newest(self, place: Place) -> None:
        shown: Rows | None = None
        while (rows := self._wanted[place]) != shown:
            await self._show_keyboard(*place, rows)
            shown = rows
        del self._wanted[place]

    async def _answer(self, query: str) -> None:
        """Have the app stop showing that a press is under way."""
        try:
            await self._account.bot.answer_callback_query(query)
        except Exception as error:  # noqa: BLE001 - the library lets all through
            log.debug("telegram_trifle", error=type(error).__name__)

    async def _show_keyboard(self, chat: int, message: int, rows: Rows) -> None:
        try:
            await self._account.bot.edit_message_reply_markup(
                chat, message, reply_markup=markup(rows)
            )
        except Exception as error:  # noqa: BLE001 - the library lets all through
            log.debug("telegram_trifle", error=type(error).__name__)

    def tell_group(self, update: int, chat: int, text: str) -> None:
        """Say something to a group if it can be said, once though told of it again."""
        if update not in self._told:
            self._told.append(update)
            self.beside(self._say_to_group(chat, text))

    async def _say_to_group(self, chat: int, text: str) -> None:
        try:
            await self._say(chat, text, None)
        except ChannelError as error:
            log.warning("telegram_group", code=error.code)

    async def settled(self) -> None:
        """Wait until nothing is under way beside messages."""
        while self._trifles:
            await asyncio.wait(self._trifles)


def _chat(address: Address) -> int:
    """Return the id of a chat; raise ChannelError where an address names none."""
    try:
        return int(address.handle)
    except ValueError:
        raise ChannelError("This is no chat of Telegram's.", code="no-chat") from None


def _remember(known: OrderedDict[int, T], chat: int, what: T) -> None:
    """Keep something of a chat, and forget what was kept longest."""
    known[chat] = what
    while len(known) > REMEMBERED:
        known.popitem(last=False)
