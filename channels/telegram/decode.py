"""From what Telegram sends to what happened, as our nouns.

1. What is no update is refused: the webhook answers 400.
2. An update of the documented form is a message, a press, a change of reach, or
   nothing to us: groups, channels, edits, service messages, kinds unknown to us.
3. An update of another form inside is kept with what is wrong, for an operator.
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from msgspec import MsgspecError, Struct

from bot.model.contact import Address
from bot.model.message import Inbound
from channels.telegram import buttons
from channels.telegram.buttons import Rows
from channels.telegram.contents import content
from channels.telegram.faults import NotAnUpdate, faulty, text_of
from channels.telegram.wire import (
    NAME,
    CallbackQuery,
    Chat,
    Keyboard,
    MemberUpdated,
    Message,
    User,
    received,
)

__all__ = ["NotAnUpdate", "Press", "Update", "read"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_GROUPS: Final = frozenset({"group", "supergroup"})
_IN: Final = frozenset({"member", "administrator"})
_OUT: Final = frozenset({"left", "kicked"})


class Press(Struct, frozen=True):
    """A press that waits for its answer, and the keyboard on which it was made.

    `message` is None where its message is out of reach, so that nothing can be marked.
    """

    query: str
    chat: int
    message: int | None
    rows: Rows
    data: str


class Update(Struct, frozen=True, kw_only=True):
    """What one update says; without anything it is none of our business.

    `added_to` is a group that we were just added to, `moved` the old and the new id of
    one that became a supergroup.
    """

    id: int
    inbound: Inbound | None = None
    press: Press | None = None
    added_to: int | None = None
    moved: tuple[int, int] | None = None


def read(
    raw: bytes | str, allowed: Collection[str] = (), *, at: datetime = EPOCH
) -> Update:
    """Return what an update says; `allowed` are the flows that a link may begin.

    `at` is when it came, for presses and faults: Telegram does not tell.
    Raises NotAnUpdate, whose text holds nothing of what was sent.
    """
    text = text_of(raw)
    try:
        return _update(text, allowed, at)
    except (MsgspecError, RecursionError) as error:
        return _at_fault(text, error, at)


def _update(text: str, allowed: Collection[str], at: datetime) -> Update:
    found = received(text)
    id_ = found.update_id
    if found.message is not None:
        return _message(id_, found.message, text, allowed)
    if found.callback_query is not None:
        return _press(id_, found.callback_query, text, at)
    if found.my_chat_member is not None:
        return _membership(id_, found.my_chat_member, text)
    return Update(id=id_)


def _at_fault(text: str, error: Exception, at: datetime) -> Update:
    found = faulty(text, error)
    if found.handle is None:
        return Update(id=found.id)
    inbound = Inbound(
        address=Address(NAME, found.handle),
        key=str(found.id),
        at=at,
        raw=text,
        fault=found.fault,
    )
    return Update(id=found.id, inbound=inbound)


# ── messages ─────────────────────────────────────────────────────────────────────────


def _message(id_: int, message: Message, raw: str, allowed: Collection[str]) -> Update:
    chat, sender = message.chat, message.sender
    if message.migrate_to_chat_id is not None:
        return Update(id=id_, moved=(chat.id, message.migrate_to_chat_id))
    if sender is None or not _private(chat, sender):
        return Update(id=id_)
    said = content(message, raw, allowed)
    if said is None:
        return Update(id=id_)
    inbound = Inbound(
        address=Address(NAME, str(chat.id)),
        key=str(id_),
        at=_instant(message.date),
        text=said.text,
        media=said.media,
        opens=said.opens,
        raw=raw,
        first_name=sender.first_name or None,
        last_name=sender.last_name or None,
        language=_language(sender),
        known_as=said.known_as,
        link=said.link,
    )
    return Update(id=id_, inbound=inbound)


def _private(chat: Chat, sender: User) -> bool:
    return chat.type == "private" and not sender.is_bot


def _language(sender: User) -> str | None:
    code = sender.language_code
    return code if code and _LANGUAGE.match(code) else None


def _instant(date: int) -> datetime:
    return datetime.fromtimestamp(date, UTC)


# ── presses ──────────────────────────────────────────────────────────────────────────


def _press(id_: int, query: CallbackQuery, raw: str, at: datetime) -> Update:
    """Return a press; what is none of ours is only to be answered."""
    sender, message, brought = query.sender, query.message, query.data or ""
    reached = message if message is not None and message.date else None
    press = Press(
        query=query.id,
        chat=message.chat.id if message else sender.id,
        message=reached.message_id if reached else None,
        rows=_rows(reached.reply_markup) if reached else (),
        data=brought,
    )
    tap = buttons.tap(brought)
    own = message is not None and message.chat.id == sender.id
    if message is None or not own or tap is None or not _private(message.chat, sender):
        return Update(id=id_, press=press)
    inbound = Inbound(
        address=Address(NAME, str(sender.id)),
        key=str(id_),
        at=at,
        tap=tap,
        raw=raw,
        first_name=sender.first_name or None,
        last_name=sender.last_name or None,
        language=_language(sender),
    )
    return Update(id=id_, inbound=inbound, press=press)


def _rows(keyboard: Keyboard | None) -> Rows:
    if keyboard is None:
        return ()
    return tuple(
        tuple((b.text, b.callback_data) for b in row if b.callback_data is not None)
        for row in keyboard.inline_keyboard
    )


# ── who is reached ───────────────────────────────────────────────────────────────────


def _membership(id_: int, told: MemberUpdated, raw: str) -> Update:
    """Return that somebody blocked us or let us in again, or a group took us in."""
    before, after = told.old_chat_member.status, told.new_chat_member.status
    if told.chat.type in _GROUPS:
        added = before in _OUT and after in _IN
        return Update(id=id_, added_to=told.chat.id if added else None)
    if told.chat.type != "private" or after not in {"kicked", "member"}:
        return Update(id=id_)
    inbound = Inbound(
        address=Address(NAME, str(told.chat.id)),
        key=str(id_),
        at=_instant(told.date),
        raw=raw,
        reach="lost" if after == "kicked" else "back",
    )
    return Update(id=id_, inbound=inbound)
