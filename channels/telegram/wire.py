"""What Telegram sends, as far as we read it: Bot API 10.0, strictly typed.

What is not named here is skipped without a look, and what we can do without may be
missing. Errors of these types never hold what
was sent, only the name of the field and what was expected there.
"""

from typing import Annotated, Final

from msgspec import Meta, Raw, Struct, json

NAME: Final = "telegram"
LONGEST_TEXT: Final = 4_096
LARGEST_ID: Final = 2**53
"""Ids of chats and people have 52 bits at most, says the Bot API."""

UpdateId = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Id = Annotated[int, Meta(ge=-LARGEST_ID, le=LARGEST_ID)]
Date = Annotated[int, Meta(ge=1, lt=2**32)]
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Reference = Annotated[str, Meta(pattern=r"^[!-~]{1,512}\Z")]
"""A file_id: letters without spaces."""
QueryId = Annotated[str, Meta(pattern=r"^[!-~]{1,128}\Z")]


class Chat(Struct, gc=False):
    """Where something was sent: private, group, supergroup or channel."""

    id: Id
    type: str


class User(Struct, gc=False):
    """Who sent it."""

    id: Id
    is_bot: bool = False
    first_name: str | None = None
    last_name: str | None = None
    language_code: str | None = None


class File(Struct, gc=False):
    """Something that can be fetched by its file_id."""

    file_id: Reference


class Sticker(Struct, gc=False):
    """A picture that stands for an emoji."""

    emoji: str | None = None


class Location(Struct, gc=False):
    """A place on earth, in degrees."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]


class Venue(Struct, gc=False):
    """A place that has a name."""

    location: Location


class Contact(Struct, gc=False):
    """Somebody's number; Telegram says whose if they are one of its people."""

    phone_number: Annotated[str, Meta(max_length=64)]
    user_id: Id | None = None


class Origin(Struct, gc=False):
    """Where a message was passed on from."""


class Message(Struct, rename={"sender": "from"}):
    """A message, or a service message that tells of something that happened."""

    date: Date
    chat: Chat
    sender: User | None = None
    text: Text | None = None
    caption: Text | None = None
    photo: tuple[File, ...] | None = None
    voice: File | None = None
    audio: File | None = None
    document: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    sticker: Sticker | None = None
    location: Location | None = None
    venue: Venue | None = None
    contact: Contact | None = None
    forward_origin: Origin | None = None
    migrate_to_chat_id: Id | None = None


class Button(Struct, gc=False):
    """A button under a message."""

    text: str
    callback_data: str | None = None


class Keyboard(Struct):
    """The buttons under a message."""

    inline_keyboard: tuple[tuple[Button, ...], ...]


class Tapped(Struct):
    """The message whose button was pressed; one out of reach has the date 0."""

    message_id: Id
    chat: Chat
    date: Annotated[int, Meta(ge=0, lt=2**32)] = 0
    reply_markup: Keyboard | None = None


class CallbackQuery(Struct, rename={"sender": "from"}):
    """A press on a button."""

    id: QueryId
    sender: User
    message: Tapped | None = None
    data: str | None = None


class Member(Struct, gc=False):
    """How somebody belongs to a chat."""

    status: str


class MemberUpdated(Struct):
    """We ourselves were added, removed, blocked or unblocked."""

    chat: Chat
    date: Date
    old_chat_member: Member
    new_chat_member: Member


class Received(Struct):
    """One update: one of these kinds, or one that we do not know."""

    update_id: UpdateId
    message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: MemberUpdated | None = None


class Named(Struct):
    """A message of which only the names of the fields matter."""

    message: dict[str, Raw]


received: Final = json.Decoder(Received).decode
named: Final = json.Decoder(Named).decode
