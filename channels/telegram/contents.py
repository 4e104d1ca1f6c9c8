"""What a message of Telegram's says: words, a press of start, media, a place, a number.

What we have no noun for (dice, polls, games, stories, and what Telegram will think of
next) says nothing, in words: the question is asked again rather than the person
ignored. Only service messages, which nobody wrote, are passed over.
"""

import re
from collections.abc import Collection
from typing import Final

from msgspec import Struct

from bot.model.contact import Address
from bot.model.message import Media, Opening
from channels.telegram.wire import Contact, Location, Message, named

START: Final = "/start"
LINK: Final = "join-"
"""What the codes of one-time links begin with."""
PHONE: Final = "phone"
"""The channel of addresses that are telephone numbers."""
_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_FILES: Final = ("audio", "video", "video_note", "animation", "document")

SERVICE: Final = frozenset(
    """boost_added channel_chat_created chat_background_set chat_owner_changed
    chat_owner_left chat_shared checklist_tasks_added checklist_tasks_done
    connected_website delete_chat_photo direct_message_price_changed
    forum_topic_closed forum_topic_created forum_topic_edited forum_topic_reopened
    general_forum_topic_hidden general_forum_topic_unhidden gift gift_upgrade_sent
    giveaway_completed giveaway_created group_chat_created left_chat_member
    managed_bot_created message_auto_delete_timer_changed migrate_from_chat_id
    migrate_to_chat_id new_chat_members new_chat_photo new_chat_title
    paid_message_price_changed passport_data pinned_message poll_option_added
    poll_option_deleted proximity_alert_triggered refunded_payment successful_payment
    suggested_post_approval_failed suggested_post_approved suggested_post_declined
    suggested_post_paid suggested_post_refunded supergroup_chat_created unique_gift
    users_shared video_chat_ended video_chat_participants_invited video_chat_scheduled
    video_chat_started web_app_data write_access_allowed""".split()  # noqa: SIM905 - a list would fill the page
)
"""Fields that only service messages have (telegram/_message.py of 22.8)."""


class Content(Struct, frozen=True, gc=False):
    """What a message says, as the fields of an Inbound."""

    text: str | None = None
    media: Media | None = None
    opens: Opening | None = None
    link: str | None = None
    known_as: tuple[Address, ...] = ()


def content(message: Message, raw: str, allowed: Collection[str]) -> Content | None:
    """Return what a message says, None for a service message."""
    if message.text is not None:
        return _words(message.text, allowed)
    media = _media(message)
    if media is not None:
        return Content(text=message.caption or None, media=media)
    if message.sticker is not None:
        return Content(text=message.sticker.emoji or "")
    if message.contact is not None:
        return _contact(message.contact, message)
    return None if SERVICE & named(raw).message.keys() else Content(text="")


def _words(text: str, allowed: Collection[str]) -> Content:
    """Return typed words; what stands behind /start may have been edited by anybody."""
    if not text.startswith(START):
        return Content(text=text)
    command, payload, *_ = [*text.split(maxsplit=2), ""]
    if command.partition("@")[0] != START:
        return Content(text=text)
    if payload in allowed:
        return Content(opens=Opening(payload, again=True))
    link = payload.startswith(LINK) and _PAYLOAD.match(payload)
    return Content(text=START, link=payload if link else None)


def _media(message: Message) -> Media | None:
    if message.photo:
        return Media("photo", message.photo[-1].file_id)
    if message.voice is not None:
        return Media("voice", message.voice.file_id)
    for name in _FILES:
        file = getattr(message, name)
        if file is not None:
            return Media("file", file.file_id)
    place = message.venue.location if message.venue else message.location
    return None if place is None else Media("location", _place(place))


def _place(place: Location) -> str:
    return f"{_degrees(place.latitude)},{_degrees(place.longitude)}"


def _degrees(value: float) -> str:
    """Return degrees with at most six decimals, which is a step of a foot."""
    return f"{round(value, 6) + 0.0:.6f}".rstrip("0").rstrip(".")


def _contact(contact: Contact, message: Message) -> Content:
    """Return a shared number; one's own, not passed on, is proof of it.

    A contact that is passed on may hold a number that was theirs once.
    """
    phone = _e164(contact.phone_number)
    sender = message.sender.id if message.sender else None
    own = contact.user_id == sender == message.chat.id
    if phone is None or not own or message.forward_origin is not None:
        return Content(text=phone or contact.phone_number)
    return Content(text=phone, known_as=(Address(PHONE, phone),))


def _e164(number: str) -> str | None:
    """Return a number as E.164, None where it is not possible.

    Telegram writes it with its country's code, with or without the plus.
    """
    import phonenumbers  # noqa: PLC0415 - slow to import, rarely needed

    try:
        parsed = phonenumbers.parse("+" + number.strip().removeprefix("+"))
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
